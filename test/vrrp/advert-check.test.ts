import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ipBytes } from '#platform/native/ip.ts'
import type { ChecksumForm } from '#schemas/config.ts'
import { type Audience, type Carried, type Reading, readAdvert } from '../../services/vrrp/adapters/advert-check.ts'
import { type AdvertForm, encodeAdvert } from '../../services/vrrp/adapters/advert-codec.ts'
import { ALL, MESSAGE_ONLY, SENT, type Vector } from './vectors.ts'

const [gv1, gv2, , gv5, , gv7] = SENT
assert.ok(gv1 !== undefined && gv2 !== undefined && gv5 !== undefined && gv7 !== undefined)

/** The listener's own form: the same, but at another address. */
function listener({ form }: Vector, change: Partial<AdvertForm> = {}): AdvertForm {
  return { ...form, source: ipBytes(form.family === 4 ? '192.0.2.2' : 'fe80::2'), ...change }
}

/** A message on its way from the vector's sender. */
function carried(vector: Vector, message: Buffer, change: Partial<Carried> = {}): Carried {
  const { source, destination } = vector.form
  return { message, source, destination, ttl: 255, ...change }
}

function read(vector: Vector, change: Partial<Carried> = {}, expected: Partial<AdvertForm> = {}): Reading {
  return readAdvert(carried(vector, Buffer.from(vector.hex, 'hex'), change), listener(vector, expected), {
    unicast: null,
    trusted: null,
    seal: null,
  })
}

/** The sum of the words with the checksum field zeroed, put in place: for messages that are bad in one other way. */
function resummed(message: Buffer): Buffer {
  const copy = Buffer.from(message)
  copy.writeUInt16BE(0, 6)
  let sum = 0
  for (let at = 0; at < copy.length; at += 2) sum += copy.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  copy.writeUInt16BE(~sum & 0xffff, 6)
  return copy
}

function altered(vector: Vector, at: number, value: number): Buffer {
  const message = Buffer.from(vector.hex, 'hex')
  message[at] = value
  return resummed(message)
}

const drop = (reason: string) => ({ ok: false, reason })

for (const vector of ALL) {
  test(`${vector.id}: the golden vector is accepted`, () => {
    assert.deepEqual(read(vector), { ok: true, priority: vector.priority, intervalMs: 1_000 })
  })
}

test('C11: every single flipped bit of a golden vector is dropped', () => {
  for (const vector of ALL) {
    const original = Buffer.from(vector.hex, 'hex')
    for (let bit = 0; bit < original.length * 8; bit += 1) {
      const message = Buffer.from(original)
      message[bit >> 3] = (message[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const reading = readAdvert(carried(vector, message), listener(vector), {
        unicast: null,
        trusted: null,
        seal: null,
      })
      assert.equal(reading.ok, false, `${vector.id}, bit ${bit}`)
    }
  }
})

test('F2: another type than 1 is dropped', () => {
  assert.deepEqual(read(gv1, { message: altered(gv1, 0, 0x22) }), drop('type'))
})

test('F5: an advert without addresses is dropped', () => {
  const none = { addresses: Buffer.alloc(0) }
  for (const vector of [gv1, gv5]) {
    const message = encodeAdvert({ ...vector.form, ...none }, 100)
    assert.deepEqual(read(vector, { message }, none), drop('address-list'))
  }
})

test('F6: reserved bits of a version 3 advert are ignored', () => {
  assert.deepEqual(read(gv5, { message: altered(gv5, 4, 0xa0) }), { ok: true, priority: 100, intervalMs: 1_000 })
})

test('F15: a padded advert is accepted, as far as Ethernet pads', () => {
  for (const [vector, most] of [
    [gv1, 10],
    [gv5, 18],
  ] as const) {
    for (let padding = 1; padding <= most; padding += 1) {
      const message = Buffer.concat([Buffer.from(vector.hex, 'hex'), Buffer.alloc(padding)])
      assert.equal(read(vector, { message }).ok, true)
    }
    const message = Buffer.concat([Buffer.from(vector.hex, 'hex'), Buffer.alloc(most + 5)])
    assert.deepEqual(read(vector, { message }), drop('packet-length'))
  }
})

test('F16: an advert that is cut off anywhere is dropped', () => {
  for (const vector of ALL) {
    const whole = Buffer.from(vector.hex, 'hex')
    for (let length = 0; length < whole.length; length += 1) {
      assert.deepEqual(read(vector, { message: whole.subarray(0, length) }), drop('packet-length'))
    }
  }
})

test('C5: an IPv4 version 3 checksum counts with and without pseudo header, whichever we send, and no other does', () => {
  for (const checksum of ['pseudo-header', 'message-only'] as const) {
    for (const vector of [gv5, ...MESSAGE_ONLY]) assert.equal(read(vector, {}, { checksum }).ok, true)
  }
  const message = Buffer.from(gv5.hex, 'hex')
  message.writeUInt16BE(0x1234, 6)
  assert.deepEqual(read(gv5, { message }), drop('checksum'))
})

test('C6: a checksum that is neither form is dropped by who sends that of RFC 9568, too', () => {
  const message = Buffer.from(gv5.hex, 'hex')
  for (let sum = 0; sum <= 0xffff; sum += 1) {
    message.writeUInt16BE(sum, 6)
    const right = sum === 0x0572 || sum === 0xa802
    assert.equal(read(gv5, { message }, { checksum: 'message-only' }).ok, right, sum.toString(16))
  }
})

test('C2: with the checksum of RFC 9568 a version 3 advert over IPv4 is summed up without its IP header', () => {
  const [gv4] = MESSAGE_ONLY
  assert.ok(gv4 !== undefined)
  for (const destination of ['224.0.0.18', '192.0.2.2'].map(ipBytes)) {
    assert.equal(encodeAdvert({ ...gv4.form, destination }, 100).toString('hex'), gv4.hex)
  }
})

test('C7: over IPv6 the pseudo header is part of the checksum, whatever is asked for over IPv4', () => {
  assert.equal(encodeAdvert({ ...gv7.form, checksum: 'message-only' }, 100).toString('hex'), gv7.hex)
})

test('C9: the checksum of keepalived before 1.3.7 is taken only where it is asked for, and only from unicast peers', () => {
  // Made for the group, and sent to us.
  const sent = { destination: ipBytes('192.0.2.2') }
  const audience: Audience = { unicast: { peers: new Map(), peersOnly: false }, trusted: null, seal: null }
  const take = (checksum: ChecksumForm) =>
    readAdvert(carried(gv5, Buffer.from(gv5.hex, 'hex'), sent), listener(gv5, { checksum }), audience)
  assert.deepEqual(take('pseudo-header'), drop('checksum'))
  assert.deepEqual(take('message-only'), drop('checksum'))
  assert.equal(take('old-unicast').ok, true)
})

test('an IPv6 checksum without pseudo header is dropped', () => {
  assert.deepEqual(read(gv7, { message: resummed(Buffer.from(gv7.hex, 'hex')) }), drop('checksum'))
})

test('A4: a TTL other than 255 is dropped, and so is one that is not known', () => {
  assert.deepEqual(read(gv1, { ttl: 254 }), drop('ttl'))
  assert.deepEqual(read(gv1, { ttl: null }), drop('ttl'))
})

test('A8: an advert that was not sent to the group is dropped', () => {
  assert.deepEqual(read(gv1, { destination: ipBytes('192.0.2.2') }), drop('destination'))
})

test('R1: an advert of another version is dropped', () => {
  assert.deepEqual(read(gv1, { message: Buffer.from(gv5.hex, 'hex') }), drop('version'))
  assert.deepEqual(read(gv5, { message: Buffer.from(gv1.hex, 'hex') }), drop('version'))
})

test('R2: a version 2 advert with another interval than ours is dropped', () => {
  assert.deepEqual(read(gv1, {}, { intervalMs: 2_000 }), drop('interval'))
})

test('R3: a version 3 advert with another interval than ours is accepted with its interval', () => {
  assert.deepEqual(read(gv5, {}, { intervalMs: 3_000 }), { ok: true, priority: 100, intervalMs: 1_000 })
})

test('R4: a version 3 advert with interval 0 is dropped', () => {
  assert.deepEqual(read(gv5, { message: altered(gv5, 5, 0) }), drop('interval'))
})

test('R5: a version 2 advert with other addresses is dropped, unless the owner sends it', () => {
  const others = { addresses: ipBytes('192.0.2.101') }
  assert.deepEqual(read(gv1, {}, others), drop('address-list'))
  const two = { addresses: Buffer.concat([gv1.form.addresses, ipBytes('192.0.2.101')]) }
  assert.deepEqual(read(gv1, {}, two), drop('address-list'))
  assert.equal(read(gv1, { message: encodeAdvert(gv1.form, 255) }, others).ok, true)
})

test('R5: a version 3 advert with other addresses is accepted', () => {
  assert.equal(read(gv5, {}, { addresses: ipBytes('192.0.2.101') }).ok, true)
})

test('F11: the order of the addresses does not matter to the receiver', () => {
  const one = ipBytes('192.0.2.100')
  const other = ipBytes('192.0.2.101')
  const message = encodeAdvert({ ...gv1.form, addresses: Buffer.concat([other, one]) }, 100)
  assert.equal(read(gv1, { message }, { addresses: Buffer.concat([one, other]) }).ok, true)
})

test('R9: an advert with another auth type than ours is a mismatch, not a failure', () => {
  assert.deepEqual(read(gv2, {}, { password: null }), drop('auth-mismatch'))
  assert.deepEqual(read(gv1, {}, { password: Buffer.from('1111') }), drop('auth-mismatch'))
})

test('an advert with another password is an authentication failure', () => {
  assert.deepEqual(read(gv2, {}, { password: Buffer.from('1112') }), drop('auth-failure'))
})

test('R11 S19: an advert from our own address is dropped', () => {
  assert.deepEqual(read(gv1, {}, { source: gv1.form.source }), drop('own-address'))
})

test('the length is judged before the TTL, the TTL before the version, the version before what it contains', () => {
  const short = Buffer.from(gv1.hex, 'hex').subarray(0, 10)
  assert.deepEqual(read(gv1, { message: short, ttl: 1 }), drop('packet-length'))
  const otherVersion = Buffer.from(gv5.hex, 'hex')
  assert.deepEqual(read(gv2, { message: otherVersion, ttl: 1 }), drop('ttl'))
  assert.deepEqual(read(gv2, { message: otherVersion }), drop('version'))
  const badSum = Buffer.from(gv1.hex, 'hex')
  badSum[6] = 0
  assert.deepEqual(read(gv2, { message: badSum }), drop('auth-mismatch'))
  assert.deepEqual(read(gv1, { message: badSum }, { intervalMs: 2_000 }), drop('interval'))
  assert.deepEqual(read(gv1, { message: badSum }, { addresses: ipBytes('192.0.2.9') }), drop('checksum'))
})
