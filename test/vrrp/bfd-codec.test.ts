import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeControl, encodeControl } from '../../services/vrrp/adapters/bfd-codec.ts'
import { packet } from './bfd-given.ts'

// Captured from FRR's bfdd 8.4.4 at 50 ms x 3: before it heard us, and up, asking for the faster pace.
const BFDD_DOWN = '20400318701103a300000000000f4240000f42400000c350'
const BFDD_UP = '20e00318701103a3accf6fb90000c3500000c3500000c350'

test('what bfdd sends reads as what it means', () => {
  const down = packet({
    ...{ multiplier: 3, discriminator: 0x701103a3, yourDiscriminator: 0 },
    ...{ desiredTxMs: 1_000, requiredRxMs: 1_000, requiredEchoMs: 50 },
  })
  const pace = { desiredTxMs: 50, requiredRxMs: 50 }
  const up = { ...down, ...pace, state: 'up' as const, poll: true, yourDiscriminator: 0xaccf6fb9 }
  assert.deepEqual(decodeControl(Buffer.from(BFDD_DOWN, 'hex')), { ok: true, packet: down })
  assert.deepEqual(decodeControl(Buffer.from(BFDD_UP, 'hex')), { ok: true, packet: up })
  assert.equal(encodeControl(up).toString('hex'), BFDD_UP)
})

test('a control packet has the layout of RFC 5880 4.1, with times in microseconds', () => {
  const up = packet({
    state: 'up',
    poll: true,
    diagnostic: 3,
    discriminator: 0x01020304,
    yourDiscriminator: 0xa0b0c0d0,
  })
  const hex = '23e0041801020304a0b0c0d0000186a00000ea6000000000'
  assert.equal(encodeControl(up).toString('hex'), hex)
  assert.deepEqual(decodeControl(Buffer.from(hex, 'hex')), { ok: true, packet: up })
})

for (const state of ['admin-down', 'down', 'init', 'up'] as const) {
  test(`what is sent while ${state} reads as that`, () => {
    const sent = packet({ state, final: true, demand: true, desiredTxMs: 3.312, requiredRxMs: 4_294_967.295 })
    assert.deepEqual(decodeControl(encodeControl(sent)), { ok: true, packet: sent })
  })
}

/** A good packet with some bytes replaced, as hexadecimal digits by place. */
function spoiled(bytes: Record<number, number>, length = 24): Buffer {
  const out = Buffer.alloc(length)
  encodeControl(packet({ state: 'up' })).copy(out)
  for (const [at, value] of Object.entries(bytes)) out.writeUInt8(value, Number(at))
  return out
}

const up = encodeControl(packet({ state: 'up' })).readUInt8(1)

const BAD: [what: string, message: Buffer, reason: string][] = [
  ['version 0', spoiled({ 0: 0x03 }), 'version'],
  ['version 2', spoiled({ 0: 0x43 }), 'version'],
  ['less than 24 bytes', spoiled({}).subarray(0, 23), 'length'],
  ['a length below 24', spoiled({ 3: 23 }), 'length'],
  ['a length beyond the datagram', spoiled({ 3: 25 }), 'length'],
  ['multiplier 0', spoiled({ 2: 0 }), 'multiplier'],
  ['the multipoint bit', spoiled({ 1: up | 0x01 }), 'multipoint'],
  ['no discriminator of its own', spoiled({ 4: 0, 5: 0, 6: 0, 7: 0 }), 'discriminator'],
  ['no discriminator of ours while it says up', spoiled({ 8: 0, 9: 0, 10: 0, 11: 0 }), 'discriminator'],
  ['authentication', spoiled({ 1: up | 0x04, 3: 26 }, 26), 'authentication'],
]

for (const [what, message, reason] of BAD) {
  test(`RFC 5880 6.8.6: a packet with ${what} is dropped`, () => {
    assert.deepEqual(decodeControl(message), { ok: false, reason })
  })
}

test('RFC 5880 6.8.6: without our discriminator a neighbour may be down or taken out of service', () => {
  for (const state of ['down', 'admin-down'] as const) {
    assert.ok(decodeControl(encodeControl(packet({ state, yourDiscriminator: 0 }))).ok)
  }
})

test('bytes behind the packet are of no concern', () => {
  assert.ok(decodeControl(spoiled({}, 60)).ok)
})
