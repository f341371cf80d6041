import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { ipBytes } from '#platform/native/ip.ts'
import type { AdvertHmac } from '#schemas/config.ts'
import { type Reading, readAdvert } from '../../services/vrrp/adapters/advert-check.ts'
import { encodeAdvert } from '../../services/vrrp/adapters/advert-codec.ts'
import { readSeal, SEAL_LENGTH, type Sender, sealAdvert, stampOf } from '../../services/vrrp/adapters/advert-seal.ts'
import { createReplayGuard, createSeal, createStamper, type Seal } from '../../services/vrrp/wire/seal.ts'
import { SENT, type Vector } from './vectors.ts'

const KEY = Buffer.from(Array.from({ length: 32 }, (_, byte) => byte))
const OTHER = Buffer.alloc(32, 7)
/** 1750000000.5, as in the golden vectors. */
const AT = 1_750_000_000_500
const WINDOW = 5_000

const [gv1, gv5, gv7] = [vectorOf('GV1'), vectorOf('GV5'), vectorOf('GV7')]

function vectorOf(id: string): Vector {
  const vector = SENT.find((each) => each.id === id)
  assert.ok(vector !== undefined)
  return vector
}

function hmac(change: Partial<AdvertHmac> = {}): AdvertHmac {
  const keys = [{ id: 1, key: KEY.toString('hex') }]
  return { keys, activeKeyId: 1, mode: 'enforce', antiReplay: 'time', windowMs: WINDOW, ...change }
}

const sealAt = (at: number, change: Partial<AdvertHmac> = {}) => createSeal(hmac(change), () => at)

/** The vector's advert as its sender signs it. */
function sent({ form, priority }: Vector, by: Seal): Buffer {
  const [message] = by.sign([encodeAdvert(form, priority)], form)
  assert.ok(message !== undefined)
  return message
}

/** What the other side makes of it. */
function read({ form }: Vector, message: Buffer, seal: Seal | null): Reading {
  const { source, destination } = form
  const own = { ...form, source: ipBytes(form.family === 4 ? '192.0.2.2' : 'fe80::2') }
  return readAdvert({ message, source, destination, ttl: 255 }, own, { unicast: null, trusted: null, seal })
}

/** `heard`, or why not. */
function fate(vector: Vector, message: Buffer, seal: Seal | null): string {
  const reading = read(vector, message, seal)
  return reading.ok ? 'heard' : reading.reason
}

function sealed(hex: string, source: string, stamp: bigint): string {
  const sender: Sender = { family: 4, version: 3, virtualRouterId: 51, source: ipBytes(source) }
  return sealAdvert(Buffer.from(hex, 'hex'), sender, { id: 1, key: KEY }, stamp).toString('hex')
}

test('GV9: the signature behind GV5 is that of keepalived', () => {
  const message = sealed(gv5.hex, '192.0.2.1', stampOf(AT))
  assert.equal(message, `${gv5.hex}01010000684ee18080000000ee90bc9b87eb8e28ea39b8e996aac758`)
})

test('GV10: the published image of a signed advert is made and taken', () => {
  const bare = '3133c80100644402c0000264'
  const image = `${bare}0101000068000000800000001b84bc4e8e43892dc6d98448f8ee2265`
  const at = 0x68000000 * 1_000 + 500
  assert.equal(sealed(bare, '198.51.100.10', stampOf(at)), image)
  const vector = { ...gv5, form: { ...gv5.form, source: ipBytes('198.51.100.10') } }
  assert.equal(fate(vector, Buffer.from(image, 'hex'), sealAt(at)), 'heard')
})

test('H1: 28 bytes follow the message: scheme, key, zero, seconds, parts of one, counter, tag', () => {
  for (const vector of [gv1, gv5, gv7]) {
    const message = sent(vector, sealAt(AT))
    const seal = message.subarray(vector.hex.length / 2)
    assert.equal(seal.length, SEAL_LENGTH)
    assert.equal(seal.toString('hex', 0, 12), '01010000684ee18080000000')
    assert.deepEqual(readSeal(seal), { keyId: 1, stamp: (1_750_000_000n << 32n) + (0x8000n << 16n) })
    assert.equal(fate(vector, message, sealAt(AT)), 'heard')
  }
})

test('H1: a signature of another scheme is dropped', () => {
  const message = sent(gv5, sealAt(AT))
  message[12] = 2
  assert.equal(fate(gv5, message, sealAt(AT)), 'hmac-scheme')
})

test('H2: a flipped bit anywhere in message or signature is dropped', () => {
  for (const vector of [gv1, gv5, gv7]) {
    const original = sent(vector, sealAt(AT))
    for (let bit = 0; bit < original.length * 8; bit += 1) {
      const message = Buffer.from(original)
      message[bit >> 3] = (message[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.notEqual(fate(vector, message, sealAt(AT)), 'heard', `${vector.id}, bit ${bit}`)
    }
  }
})

test('H2: the signature counts for its sender alone, and its virtual router', () => {
  const message = sent(gv5, sealAt(AT))
  const moved = { ...gv5, form: { ...gv5.form, source: ipBytes('192.0.2.9') } }
  assert.equal(fate(moved, message, sealAt(AT)), 'hmac-invalid')
  const other = { ...gv5, form: { ...gv5.form, virtualRouterId: 52 } }
  assert.equal(fate(other, message, sealAt(AT)), 'hmac-invalid')
})

test('H3: each mode drops a wrong signature, and only enforce one that is missing', () => {
  const good = sent(gv5, sealAt(AT))
  const bad = sent(
    gv5,
    createSeal(hmac({ keys: [{ id: 1, key: OTHER.toString('hex') }] }), () => AT),
  )
  const none = Buffer.from(gv5.hex, 'hex')
  const fates = (mode: AdvertHmac['mode']) =>
    [none, good, bad].map((message) => fate(gv5, message, sealAt(AT, { mode })))
  assert.deepEqual(fates('enforce'), ['hmac-missing', 'heard', 'hmac-invalid'])
  assert.deepEqual(fates('permissive'), ['heard', 'heard', 'hmac-invalid'])
  assert.deepEqual(fates('receive-only'), ['heard', 'heard', 'hmac-invalid'])
})

test('H3: receive-only signs nothing, and who does not know of signatures says that they do not match', () => {
  assert.equal(sent(gv5, sealAt(AT, { mode: 'receive-only' })).toString('hex'), gv5.hex)
  assert.equal(sent(gv5, sealAt(AT, { mode: 'permissive' })).length, gv5.hex.length / 2 + SEAL_LENGTH)
  assert.equal(fate(gv5, sent(gv5, sealAt(AT)), null), 'hmac-unexpected')
})

test('H3: the signature is judged before what the advert says', () => {
  const { form } = gv5
  const [silly] = sealAt(AT).sign([encodeAdvert({ ...form, intervalMs: 0 }, 200)], form)
  assert.ok(silly !== undefined)
  assert.equal(fate(gv5, silly, sealAt(AT)), 'interval')
  silly[SEAL_LENGTH] = 0
  assert.equal(fate(gv5, silly, sealAt(AT)), 'hmac-invalid')
})

test('H3: a key of another number is no key of ours', () => {
  const message = sent(gv5, sealAt(AT))
  const keys = [{ id: 2, key: KEY.toString('hex') }]
  assert.equal(fate(gv5, message, sealAt(AT, { keys, activeKeyId: 2 })), 'hmac-key')
})

test('H4: an advert from outside the window is stale, on either side, and one within it counts', () => {
  const message = sent(gv5, sealAt(AT))
  const fates = [-WINDOW - 1, -WINDOW, WINDOW, WINDOW + 1].map((off) => fate(gv5, message, sealAt(AT + off)))
  assert.deepEqual(fates, ['hmac-stale', 'heard', 'heard', 'hmac-stale'])
})

test('H4: what was heard once is not heard again, nor anything made before it', () => {
  for (const antiReplay of ['time', 'monotonic'] as const) {
    const sender = createSeal(hmac({ antiReplay }), () => AT)
    const [first, second] = [sent(gv5, sender), sent(gv5, sender)]
    const receiver = sealAt(AT, { antiReplay })
    const fates = [second, second, first].map((message) => fate(gv5, message, receiver))
    assert.deepEqual(fates, ['heard', 'hmac-replayed', 'hmac-replayed'])
  }
})

test('H4: with monotonic the clocks of the nodes do not matter', () => {
  const message = sent(gv5, sealAt(AT, { antiReplay: 'monotonic' }))
  assert.equal(fate(gv5, message, sealAt(AT + 86_400_000, { antiReplay: 'monotonic' })), 'heard')
})

test('H4: each sender is remembered by itself', () => {
  const guard = createReplayGuard('time', WINDOW)
  assert.equal(guard('a', stampOf(AT + 100), AT), null)
  assert.equal(guard('b', stampOf(AT), AT), null)
  assert.equal(guard('a', stampOf(AT), AT), 'hmac-replayed')
})

/** One advert each second for so long; when the receiver heard none at all, from first to last, in milliseconds. */
function deafness(
  clocks: { sender(second: number): number; receiver(second: number): number },
  seconds: number,
): number {
  let now = 0
  const sender = createSeal(hmac(), () => clocks.sender(now))
  const receiver = createSeal(hmac(), () => clocks.receiver(now))
  const deaf: number[] = []
  for (now = 0; now < seconds; now += 1) if (fate(gv5, sent(gv5, sender), receiver) !== 'heard') deaf.push(now)
  const [first] = deaf
  return first === undefined ? 0 : ((deaf.at(-1) ?? first) - first + 1) * 1_000
}

const HOUR = 3_600_000

test('H5: clocks that are set forward together, and back again, lose nothing', () => {
  const stepped = (second: number) => AT + second * 1_000 + (second >= 5 && second < 20 ? HOUR : 0)
  assert.equal(deafness({ sender: stepped, receiver: stepped }, 60), 0)
})

test('H5: the clock of one node that is set forward and back costs no more than the time it was wrong', () => {
  const right = (second: number) => AT + second * 1_000
  const wrong = (second: number) => right(second) + (second >= 5 && second < 20 ? HOUR : 0)
  assert.equal(deafness({ sender: wrong, receiver: right }, 60), 15_000)
  assert.equal(deafness({ sender: right, receiver: wrong }, 60), 15_000)
})

test('H5: a step within the window costs nothing, where one bit of doubt would be two masters', () => {
  const stepped = (second: number) => AT + second * 1_000 - (second >= 5 ? 4_000 : 0)
  const right = (second: number) => AT + second * 1_000
  for (const clocks of [
    { sender: stepped, receiver: right },
    { sender: right, receiver: stepped },
    { sender: stepped, receiver: stepped },
  ])
    assert.equal(deafness(clocks, 60), 0)
})

test('H5: stamps grow while a clock stands still or goes back, with monotonic by any distance', () => {
  for (const [mode, back] of [
    ['time', WINDOW],
    ['monotonic', HOUR],
  ] as const) {
    const next = createStamper(mode, WINDOW)
    const stamps = [AT, AT, AT - back, AT - back + 1, AT + 1].map(next)
    assert.deepEqual(
      stamps,
      stamps.toSorted((a, b) => (a < b ? -1 : 1)),
    )
    assert.equal(new Set(stamps).size, stamps.length)
  }
  const next = createStamper('time', WINDOW)
  assert.ok(next(AT) > next(AT - HOUR), 'nobody would take a stamp from so far ahead')
})

test('H2: over IPv6 the signature covers the family and all of the source address', () => {
  const message = sent(gv7, sealAt(AT))
  const [bare, seal] = [message.subarray(0, -SEAL_LENGTH), message.subarray(-SEAL_LENGTH)]
  const unsummed = Buffer.from(bare)
  unsummed.writeUInt16BE(0, 6)
  const signed = createHmac('sha256', KEY)
  signed.update(Buffer.from('06033300fe800000000000000000000000000001', 'hex'))
  signed.update(unsummed).update(seal.subarray(0, 12)).update(Buffer.alloc(16))
  assert.equal(seal.toString('hex', 12), signed.digest('hex').slice(0, 32))
})

test('H7: the checksum is that of the message alone, and over IPv6, where the kernel makes it, of all', () => {
  const message = sent(gv5, sealAt(AT))
  assert.equal(message.toString('hex', 6, 8), gv5.hex.slice(12, 16))
  const ipv6 = sent(gv7, sealAt(AT))
  // As the kernel does: over everything, with the length of everything.
  ipv6.writeUInt16BE(0, 6)
  let sum = ipv6.length + 112
  for (const part of [ipv6, gv7.form.source, gv7.form.destination]) {
    for (let at = 0; at < part.length; at += 2) sum += part.readUInt16BE(at)
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  ipv6.writeUInt16BE(~sum & 0xffff, 6)
  assert.equal(fate(gv7, ipv6, sealAt(AT)), 'heard')
})

test('N46: what was heard under former keys is not heard again after a change of keys', () => {
  const keys = [1, 2].map((id) => ({ id, key: (id === 1 ? KEY : OTHER).toString('hex') }))
  for (const antiReplay of ['time', 'monotonic'] as const) {
    const message = sent(gv5, sealAt(AT, { antiReplay }))
    const before = sealAt(AT, { antiReplay })
    assert.equal(fate(gv5, message, before), 'heard')
    const after = createSeal(hmac({ keys, activeKeyId: 2, antiReplay }), () => AT, before.memory)
    assert.equal(fate(gv5, message, after), 'hmac-replayed')
  }
})

test('N47: nodes that get a new key one after the other, in any order, understand each other all the way', () => {
  const old = { id: 1, key: KEY.toString('hex') }
  const fresh = { id: 2, key: OTHER.toString('hex') }
  const sweeps: Partial<AdvertHmac>[] = [
    { keys: [old], activeKeyId: 1 },
    { keys: [old, fresh], activeKeyId: 1 },
    { keys: [old, fresh], activeKeyId: 2 },
    { keys: [fresh], activeKeyId: 2 },
  ]
  for (const [index, now] of sweeps.entries()) {
    for (const peer of sweeps.slice(Math.max(0, index - 1), index + 2)) {
      assert.equal(fate(gv5, sent(gv5, sealAt(AT, now)), sealAt(AT, peer)), 'heard')
    }
  }
  // What the middle sweep is for.
  assert.equal(fate(gv5, sent(gv5, sealAt(AT, sweeps[3])), sealAt(AT, sweeps[0])), 'hmac-key')
})

test('F16: a signed advert that is cut off anywhere is dropped', () => {
  for (const vector of [gv1, gv5, gv7]) {
    const whole = sent(vector, sealAt(AT))
    for (let length = 0; length < whole.length; length += 1) {
      assert.notEqual(fate(vector, whole.subarray(0, length), sealAt(AT)), 'heard')
    }
  }
})
