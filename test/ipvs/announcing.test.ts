import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { VrrpInstance } from '#schemas/config.ts'
import { parse } from '../platform/config/parse.ts'
import { config, instance, vip } from './settings.ts'
import { becameBackup, becameMaster, rivalHeard, rivalSilenced, simulatedNode } from './simulated-node.ts'

type Announcement = VrrpInstance['announcement']

/** A master with these settings for announcements. */
function master(change: Partial<Announcement> = {}, others: Partial<VrrpInstance> = {}) {
  const announcement = { ...instance().announcement, ...change }
  const node = simulatedNode({ config: config({ instances: [instance({ announcement, ...others })] }) }).start()
  node.hears(becameMaster)
  return node
}

/** When announcements left, counted from the first, and how many messages. */
function announced({ kernel }: ReturnType<typeof master>): [number, number][] {
  const start = kernel.announced[0]?.at ?? 0
  return kernel.announced.map(({ at, sent }) => [at - start, sent])
}

describe('a master', () => {
  test('G6: sends five messages for each address at once, five more after five seconds, and no more', () => {
    const node = master()
    node.adverts(20)
    assert.deepEqual(announced(node), [
      [0, 5],
      [5_000, 5],
    ])
  })

  test('G7: with vrrp_min_garp sends exactly one message for each address, and no second set', () => {
    const text = `global_defs {
  vrrp_min_garp
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    192.168.105.211
    192.168.105.212
  }
}`
    const node = simulatedNode({ config: config({ instances: parse(text).config?.instances ?? [] }) }).start()
    node.hears(becameMaster)
    node.adverts(20)
    assert.deepEqual(announced(node), [[0, 2]])
  })

  test('G8: with garp_master_refresh announces again and again, until it leaves', () => {
    const node = master({ refreshMs: 4_000, refreshRepeat: 2 })
    node.adverts(13)
    assert.deepEqual(announced(node), [
      [0, 5],
      [4_000, 2],
      [5_000, 5],
      [8_000, 2],
      [12_000, 2],
    ])
    node.hears(becameBackup)
    node.clock.advance(20_000)
    assert.equal(announced(node).length, 5)
  })

  test('G10: that leaves before the second set does not send it', () => {
    const node = master()
    node.adverts(2)
    node.hears(becameBackup)
    node.clock.advance(10_000)
    assert.equal(announced(node).length, 1)
  })

  test('that comes back within the delay sends its second set at its own time', () => {
    const node = master()
    node.adverts(2)
    node.hears(becameBackup)
    node.clock.advance(100)
    node.hears(becameMaster)
    node.adverts(7)
    assert.deepEqual(
      announced(node).map(([at]) => at),
      [0, 2_100, 7_100],
    )
  })

  test('announces on interfaces without adverts again and again, with garp_extra_if all', () => {
    const addresses = [vip(), vip('10.0.0.1', 'eth1')]
    const node = master({ delayMs: 0, extra: { everyMs: 3_000, everywhere: true } }, { addresses })
    node.adverts(7)
    assert.deepEqual(announced(node), [
      [0, 10],
      [3_000, 1],
      [6_000, 1],
    ])
  })
})

test('with garp_extra_if alone only those on interfaces with a virtual hardware address are announced again', () => {
  const made = { parent: 'eth1', hardwareAddress: '00:00:5e:00:01:33', group: null }
  const addressDevices = [{ type: 'macvlan', name: 'vrrp.51.1', ...made }] as const
  const addresses = [vip(), vip('10.0.0.1', 'eth2'), vip('10.0.0.2', 'vrrp.51.1')]
  const extra = { everyMs: 3_000, everywhere: false }
  const node = master({ delayMs: 0, extra }, { addresses, addressDevices: [...addressDevices] })
  node.adverts(4)
  assert.deepEqual(announced(node).slice(1), [[3_000, 1]])
})

describe('a rival', () => {
  test('G9: is answered with announcements at once, and with more after garp_lower_prio_delay', () => {
    const node = master({ delayMs: 0, lowerPriorityRepeat: 3, lowerPriorityDelayMs: 2_000 })
    node.hears(rivalHeard)
    node.adverts(10)
    assert.deepEqual(announced(node), [
      [0, 5],
      [0, 3],
      // The rival may still be announcing itself.
      [10, 1],
      [25, 1],
      [45, 1],
      [2_000, 3],
    ])
  })

  test('that falls silent is followed by announcements at once and a tenth of a second later', () => {
    const node = master({ delayMs: 0, lowerPriorityRepeat: 3, lowerPriorityDelayMs: 0 })
    node.adverts(1)
    node.hears(rivalSilenced)
    node.clock.advance(300)
    node.adverts(10)
    assert.deepEqual(announced(node), [
      [0, 5],
      [1_000, 3],
      [1_100, 3],
    ])
  })

  test('does not take the second burst away', () => {
    const node = master({ lowerPriorityDelayMs: 0 })
    node.hears(rivalHeard)
    node.adverts(6)
    assert.equal(announced(node).length, 6)
  })

  test('is not answered with garp_lower_prio_repeat 0', () => {
    const node = master({ delayMs: 0, lowerPriorityRepeat: 0 })
    node.hears(rivalHeard)
    node.hears(rivalSilenced)
    node.adverts(10)
    assert.deepEqual(announced(node), [[0, 5]])
  })

  test('that falls silent just before we leave is not answered any more', () => {
    const node = master({ delayMs: 0, lowerPriorityDelayMs: 0 })
    node.hears(rivalSilenced)
    node.hears(becameBackup)
    node.clock.advance(1_000)
    assert.equal(announced(node).length, 2)
  })

  test('is none of our business while we hold nothing', () => {
    const node = simulatedNode().start()
    node.hears(rivalHeard)
    assert.deepEqual(node.kernel.announced, [])
  })
})
