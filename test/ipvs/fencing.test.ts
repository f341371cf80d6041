import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instance, VIP } from './settings.ts'
import { becameBackup, becameMaster, simulatedNode } from './simulated-node.ts'

/** The kernel's granularity, DESIGN S2. */
const GRANULARITY_MS = 1_250
const STEP_MS = 50

/** mulberry32: the same sequence for the same seed, so that a failure can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * One life full of accidents: vrrp sends, resigns, falls silent, is stopped; ipvs is stopped, continued, killed and
 * restarted; the bus comes and goes and holds events back. Returns the longest time the VIP was held after the last
 * own advert left.
 */
function longestHold(seed: number): { heldMs: number; heldAtAll: boolean } {
  const random = randomNumbers(seed)
  const chance = (one: number) => random() < 1 / one
  const node = simulatedNode({ lateMs: () => random() * 500 }).start()
  const { leaseMs } = instance()
  let lastAdvert = Number.NEGATIVE_INFINITY
  let sending = false
  let nextAdvert = 0
  let connected = true
  let heldMs = 0
  let heldAtAll = false

  function vrrp(now: number): void {
    if (!sending && chance(40)) {
      sending = true
      nextAdvert = now
      if (connected && !chance(4)) node.hears(becameMaster, random() * 3)
    } else if (sending && chance(100)) {
      sending = false
      const farewell = Math.floor(random() * 3)
      if (farewell === 0) node.advert(0)
      if (farewell === 1 && connected) node.hears(becameBackup)
    }
    if (!sending || now < nextAdvert) return
    node.advert()
    lastAdvert = now
    nextAdvert = now + 1_000
  }

  function accidents(): void {
    if (chance(60)) node.sigstop()
    if (chance(40)) node.sigcont()
    if (chance(120)) node.restart()
    if (chance(80)) {
      connected = !connected
      node.bus(connected)
    }
    // An event of another time, drained from the outbox.
    if (connected && chance(100)) node.hears(chance(2) ? becameMaster : becameBackup, 2_000 + random() * 60_000)
  }

  for (let step = 0; step < 1_200; step += 1) {
    node.clock.advance(STEP_MS)
    vrrp(node.clock.now())
    accidents()
    if (!node.kernel.has(VIP)) continue
    heldAtAll = true
    heldMs = Math.max(heldMs, node.clock.now() - lastAdvert)
    assert.ok(
      node.clock.now() - lastAdvert <= leaseMs + GRANULARITY_MS,
      `seed ${seed}: held ${node.clock.now() - lastAdvert} ms after the last own advert`,
    )
  }
  return { heldMs, heldAtAll }
}

test('whatever is stopped, killed or delayed, a VIP outlives the last own advert by no more than its lease', () => {
  const lives = Array.from({ length: 150 }, (_, seed) => longestHold(seed))
  const held = lives.filter(({ heldAtAll }) => heldAtAll).length
  assert.ok(held > 100, `only ${held} lives ever held the VIP: the test proves nothing`)
  const longest = Math.max(...lives.map(({ heldMs }) => heldMs))
  assert.ok(longest > instance().leaseMs, 'no lease was ever left to run out')
})
