import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { config, instance, VIP, VIP_NAME, vip } from './settings.ts'
import { becameBackup, becameMaster, simulatedNode } from './simulated-node.ts'

const kept = { type: 'AddressesKept', instance: 'VI_1', addresses: [VIP_NAME] }

function master(busConnected = true) {
  const node = simulatedNode({ busConnected }).start()
  node.hears(becameMaster)
  node.news()
  node.writes()
  return node
}

describe('a restart', () => {
  test('keeps leased addresses without a write and refreshes them with the next advert', () => {
    const node = master()
    node.adverts(1)
    node.writes()
    node.kill()
    node.clock.advance(400)
    node.restart()
    node.caughtUp()
    assert.deepEqual(node.news(), [kept])
    assert.deepEqual(node.writes(), [])
    node.adverts(3)
    assert.deepEqual(node.writes(), Array(3).fill(`refresh ${VIP}`))
  })

  test('lets them run out when no advert leaves any more', () => {
    const node = master()
    node.kill()
    node.clock.advance(1_500)
    node.restart()
    node.clock.advance(2_000)
    assert.deepEqual(
      node.news().map(({ type }) => type),
      ['AddressesKept', 'AddressesLost'],
    )
    assert.equal(node.kernel.has(VIP), false)
  })

  test('removes an address without a lease when the log knows of no mastership', () => {
    const node = simulatedNode()
    node.kernel.put(vip(), null)
    node.start()
    assert.deepEqual(node.writes(), [])
    node.caughtUp()
    assert.deepEqual(node.news(), [
      { type: 'AddressesRemoved', instance: 'VI_1', addresses: [VIP_NAME], reason: 'left-over' },
    ])
  })

  test('removes it without the log too, once no advert has left in time', () => {
    const node = simulatedNode({ busConnected: false })
    node.kernel.put(vip(), null)
    node.start()
    node.clock.advance(1_999)
    assert.equal(node.kernel.has(VIP), true)
    node.clock.advance(1)
    assert.equal(node.kernel.has(VIP), false)
  })

  test('gives it a lease when we are master', () => {
    for (const log of [true, false]) {
      const node = simulatedNode({ busConnected: log })
      node.kernel.put(vip(), null)
      node.start()
      if (log) {
        node.hears(becameMaster, 60_000, 'replay')
        node.caughtUp()
      }
      node.clock.advance(500)
      node.advert()
      assert.deepEqual(node.writes(), [`add ${VIP} for 3000`])
    }
  })

  test('does not refresh a set of which a part is gone: vrrp has resigned over that', () => {
    const other = vip('192.168.105.212')
    const node = simulatedNode({ config: config({ instances: [instance({ addresses: [vip(), other] })] }) })
    node.kernel.put(vip(), 2_000)
    node.start()
    node.caughtUp()
    assert.deepEqual(node.news(), [])
    node.advert()
    node.clock.advance(20)
    assert.deepEqual(node.writes(), [`add ${VIP} for 3000`, 'add 192.168.105.212 for 3000'])
  })

  test('leaves foreign addresses alone', () => {
    const node = simulatedNode()
    node.kernel.put(vip('192.168.105.201'), null)
    node.kernel.put(vip(VIP, 'eth1'), null)
    node.start()
    node.caughtUp()
    node.clock.advance(10_000)
    assert.deepEqual([...node.writes(), ...node.news()], [])
  })
})

describe('stop and reload', () => {
  test('stop removes what is held', () => {
    const node = master()
    node.stop()
    const stopped = { type: 'AddressesRemoved', instance: 'VI_1', addresses: [VIP_NAME], reason: 'stop' }
    assert.deepEqual(node.news(), [stopped])
    node.adverts(3)
    assert.equal(node.kernel.has(VIP), false)
  })

  test('a reload adds and removes the difference only', () => {
    const node = master()
    const addresses = [vip('192.168.105.212')]
    node.reload(config({ instances: [instance({ addresses: [vip(), ...addresses] })] }))
    assert.deepEqual(node.writes(), ['add 192.168.105.212 for 3000'])
    const [event] = node.news()
    assert.deepEqual([event?.addresses, event?.besides], [['192.168.105.212/32'], [VIP_NAME]])
    node.reload(config({ instances: [instance({ addresses })] }))
    assert.deepEqual(node.writes(), [`remove ${VIP}`])
    node.adverts(1)
    assert.deepEqual(node.writes(), ['refresh 192.168.105.212'])
  })

  test('the same configuration again writes nothing', () => {
    const node = master()
    node.reload(config())
    assert.deepEqual([...node.writes(), ...node.news()], [])
  })

  test('an instance that gets another name keeps its addresses, and gives them up under the new one', () => {
    const node = master()
    const renamed = instance({ name: 'VI_new' })
    node.reload(config({ instances: [renamed] }))
    node.hears({ type: 'InstanceRenamed', instance: 'VI_new', formerly: 'VI_1', role: 'master' })
    assert.deepEqual([...node.writes(), ...node.news()], [])
    node.adverts(1)
    assert.deepEqual(node.writes(), [`refresh ${VIP}`])
    node.hears({ ...becameBackup, instance: 'VI_new' })
    const removed = { type: 'AddressesRemoved', instance: 'VI_new', addresses: [VIP_NAME], reason: 'not-master' }
    assert.deepEqual(node.news(), [removed])
  })

  test('addresses that wait for their explanation during a renaming are told once, under the new name', () => {
    const node = simulatedNode().start()
    node.caughtUp()
    node.advert()
    node.reload(config({ instances: [instance({ name: 'VI_new' })] }))
    node.clock.advance(1_000)
    assert.deepEqual(
      node.news().map((event) => [event.type, event.instance]),
      [['AddressesAdded', 'VI_new']],
    )
  })

  test('an instance that is gone takes its addresses along, and a new interface is watched', () => {
    const node = master()
    node.reload(
      config({ instances: [instance({ name: 'VI_2', interface: 'eth7', addresses: [vip('10.0.0.9', 'eth7')] })] }),
    )
    assert.deepEqual(node.writes(), [`remove ${VIP}`])
    assert.deepEqual(node.watched.at(-1), ['eth7', 'lo'])
  })
})
