import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ipBytes } from '#platform/native/ip.ts'
import { decodeAdvert, encodeAdvert, virtualRouterIdOf } from '../../services/vrrp/adapters/advert-codec.ts'
import { ALL, SENT, V2_VECTORS } from './vectors.ts'

const [GV1] = SENT
assert.ok(GV1 !== undefined)

for (const { id, form, priority, hex } of ALL) {
  test(`${id}: an advert is encoded to the bytes of the golden vector`, () => {
    assert.equal(encodeAdvert(form, priority).toString('hex'), hex)
  })
}

for (const { id, form, priority, hex } of ALL) {
  test(`${id}: the golden vector decodes to what it was made of`, () => {
    const advert = decodeAdvert(Buffer.from(hex, 'hex'), form.family)
    assert.ok(advert !== null)
    const { version, virtualRouterId, intervalMs, addresses } = form
    const got = { version: advert.version, virtualRouterId: advert.virtualRouterId, intervalMs: advert.intervalMs }
    assert.deepEqual(got, { version, virtualRouterId, intervalMs })
    assert.equal(advert.type, 1)
    assert.equal(advert.priority, priority)
    assert.deepEqual(Buffer.from(advert.addresses), addresses)
  })
}

test('F1: the first byte carries the version above the type, which is always 1', () => {
  assert.equal(encodeAdvert(GV1.form, 100)[0], 0x21)
  assert.equal(encodeAdvert({ ...GV1.form, version: 3 }, 100)[0], 0x31)
})

test('F4: the priority byte carries what the state machine says, from 0 for a resignation to 255 for the owner', () => {
  for (const priority of [0, 1, 100, 254, 255]) assert.equal(encodeAdvert(GV1.form, priority)[2], priority)
})

test('the virtual router id is the second byte', () => {
  assert.equal(virtualRouterIdOf(encodeAdvert({ ...GV1.form, virtualRouterId: 255 }, 100)), 255)
  assert.equal(virtualRouterIdOf(Buffer.alloc(7)), null)
})

test('F8: a version 2 advert has the auth type and the interval in seconds in bytes 4 and 5', () => {
  const message = encodeAdvert({ ...GV1.form, password: Buffer.from('x'), intervalMs: 255_000 }, 100)
  assert.deepEqual([message[4], message[5]], [1, 255])
})

test('F9: a version 2 advert always ends in 8 bytes of auth data, zero without authentication', () => {
  for (const count of [1, 2, 20]) {
    const addresses = Buffer.concat(Array.from({ length: count }, (_, index) => ipBytes(`192.0.2.${index + 1}`)))
    const message = encodeAdvert({ ...GV1.form, addresses }, 100)
    assert.equal(message.length, 8 + 4 * count + 8)
    assert.deepEqual(message.subarray(-8), Buffer.alloc(8))
  }
})

test('F10: a version 3 advert carries no auth data', () => {
  const [, , , , , gv7] = SENT
  assert.ok(gv7 !== undefined)
  assert.equal(encodeAdvert({ ...GV1.form, version: 3 }, 100).length, 12)
  assert.equal(encodeAdvert({ ...gv7.form, addresses: ipBytes('fe80::64') }, 100).length, 24)
})

test('F7: a version 3 interval is 12 bits of hundredths of a second', () => {
  const message = encodeAdvert({ ...GV1.form, version: 3, intervalMs: 40_950 }, 100)
  assert.equal(message.readUInt16BE(4), 0x0fff)
})

test('F11: addresses go out in configured order', () => {
  const addresses = Buffer.concat([ipBytes('192.0.2.9'), ipBytes('192.0.2.1')])
  const message = encodeAdvert({ ...GV1.form, addresses }, 100)
  assert.deepEqual(message.subarray(8, 16), addresses)
})

test('a password longer than 8 bytes goes out as its first 8', () => {
  const message = encodeAdvert({ ...GV1.form, password: Buffer.from('123456789') }, 100)
  assert.equal(message.subarray(-8).toString(), '12345678')
})

test('C1: the version 2 checksum covers the whole message with its auth data', () => {
  for (const { form, priority, hex } of V2_VECTORS) {
    assert.equal(encodeAdvert(form, priority).toString('hex', 6, 8), hex.slice(12, 16))
  }
})

test('C3: with the checksum of keepalived a version 3 advert over IPv4 is summed up with its IP header', () => {
  const v3 = { ...GV1.form, version: 3 } as const
  assert.equal(encodeAdvert(v3, 100).readUInt16BE(6), 0x0572)
  assert.notEqual(encodeAdvert({ ...v3, source: ipBytes('192.0.2.9') }, 100).readUInt16BE(6), 0x0572)
})

test('C10: with unicast that header has the address of the peer', () => {
  const v3 = { ...GV1.form, version: 3 } as const
  assert.equal(encodeAdvert({ ...v3, destination: ipBytes('192.0.2.2') }, 100).readUInt16BE(6), 0x2382)
})

test('F16: a message that is cut off anywhere decodes to nothing', () => {
  for (const { hex, form } of ALL) {
    const message = Buffer.from(hex, 'hex')
    for (let length = 0; length < message.length; length += 1) {
      assert.equal(decodeAdvert(message.subarray(0, length), form.family), null)
    }
  }
})

test('F15: a message padded to the least Ethernet frame decodes, one padded beyond it does not', () => {
  for (const { hex, form } of ALL.filter(({ form: { family } }) => family === 4)) {
    const message = Buffer.from(hex, 'hex')
    const padded = (length: number) => decodeAdvert(Buffer.concat([message, Buffer.alloc(length)]), form.family)
    for (let padding = 1; message.length + padding <= 30; padding += 1) assert.notEqual(padded(padding), null)
    assert.equal(padded(31 - message.length), null)
    assert.equal(padded(30 - message.length + 5), null)
  }
})
