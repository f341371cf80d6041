import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeClock } from '#platform/clock-fake.ts'
import type { AnnouncementPacing } from '#schemas/announcement.ts'
import type { VipAddress } from '#schemas/config.ts'
import { createPacing } from '../../services/ipvs/adapters/announcement-pacing.ts'
import { vip } from './settings.ts'

const six = (address: string, device = 'eth0'): VipAddress => ({ ...vip(address, device), family: 6, prefix: 128 })

function paced(change: Partial<AnnouncementPacing>) {
  const clock = fakeClock(1_000)
  const pacing = createPacing(clock)
  pacing.pace({ arpGapMs: 0, neighbourGapMs: 0, groups: [], ...change })
  const sent: [number, string][] = []
  const say = (address: VipAddress) => sent.push([Math.round((clock.now() - 1_000) * 1_000) / 1_000, address.address])
  return {
    clock,
    pacing,
    sent,
    send(address: VipAddress, isWanted = () => true) {
      if (pacing.claim(address)) return void say(address)
      pacing.wait(address, () => {
        if (!isWanted()) return false
        say(address)
        return true
      })
    },
  }
}

test('without a pause everything leaves at once', () => {
  const { send, sent } = paced({})
  for (const last of [1, 2, 3]) send(vip(`10.0.0.${last}`))
  assert.deepEqual(
    sent.map(([at]) => at),
    [0, 0, 0],
  )
})

test('the first message leaves at once, and each other after the pause, in order', () => {
  const { send, sent, clock } = paced({ arpGapMs: 10 })
  for (const last of [1, 2, 3]) send(vip(`10.0.0.${last}`))
  clock.advance(100)
  send(vip('10.0.0.4'))
  assert.deepEqual(sent, [
    [0, '10.0.0.1'],
    [10, '10.0.0.2'],
    [20, '10.0.0.3'],
    [100, '10.0.0.4'],
  ])
})

test('interfaces do not wait for each other, nor gratuitous ARP for neighbour advertisements', () => {
  const { send, sent } = paced({ arpGapMs: 10, neighbourGapMs: 10 })
  for (const address of [vip('10.0.0.1'), vip('10.0.0.2', 'eth1'), six('2001:db8::1')]) send(address)
  assert.deepEqual(
    sent.map(([at]) => at),
    [0, 0, 0],
  )
})

test('the interfaces of a group share their pause, and others keep the global one', () => {
  const groups = [{ interfaces: ['eth0', 'eth1'], arpGapMs: 50, neighbourGapMs: 0 }]
  const { send, sent, clock } = paced({ arpGapMs: 10, groups })
  for (const device of ['eth0', 'eth1', 'eth2', 'eth2']) send(vip(`10.0.0.${device.at(-1)}`, device))
  send(six('2001:db8::1'))
  clock.advance(100)
  assert.deepEqual(sent, [
    [0, '10.0.0.0'],
    [0, '10.0.0.2'],
    [0, '2001:db8::1'],
    [10, '10.0.0.2'],
    [50, '10.0.0.1'],
  ])
})

test('what is not wanted any more costs no time', () => {
  const { send, sent, clock } = paced({ arpGapMs: 10 })
  let wanted = true
  send(vip('10.0.0.1'))
  send(vip('10.0.0.2'), () => wanted)
  send(vip('10.0.0.3'), () => wanted)
  send(vip('10.0.0.4'))
  wanted = false
  clock.advance(100)
  assert.deepEqual(sent, [
    [0, '10.0.0.1'],
    [10, '10.0.0.4'],
  ])
})

test('with a pause of microseconds a message falls due more than once between two timers', () => {
  const { send, sent, clock } = paced({ arpGapMs: 0.01 })
  for (let count = 0; count < 1_000; count += 1) send(vip('10.0.0.1'))
  clock.advance(20)
  assert.equal(sent.length, 1_000)
  const [last] = sent.at(-1) ?? []
  assert.ok(last !== undefined && last > 7 && last < 12, `the last left after ${last} ms`)
})

test('a process that was held up does not make up for the pauses with a storm', () => {
  const { send, sent, clock } = paced({ arpGapMs: 10 })
  for (const last of [1, 2, 3, 4]) send(vip(`10.0.0.${last}`))
  clock.advance(0)
  // fakeClock runs timers at their time; a late look at it is a claim after a long pause.
  clock.advance(1_000)
  send(vip('10.0.0.5'))
  send(vip('10.0.0.6'))
  assert.deepEqual(sent.map(([at]) => at).slice(-1), [1_000])
  clock.advance(10)
  assert.deepEqual(sent.at(-1), [1_010, '10.0.0.6'])
})
