import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { config, instance, VIP, VIP_NAME, vip } from './settings.ts'
import { becameBackup, becameMaster, simulatedNode } from './simulated-node.ts'

const expired = { type: 'AddressesLost', instance: 'VI_1', addresses: [VIP_NAME], reason: 'lease-expired' }

function master(busConnected = true) {
  const node = simulatedNode({ busConnected }).start()
  node.hears(becameMaster)
  node.news()
  node.writes()
  return node
}

describe('the lease', () => {
  test('each own advert refreshes it, and it lives as long as they leave', () => {
    const node = master()
    node.adverts(10)
    assert.deepEqual(node.writes(), Array(10).fill(`refresh ${VIP}`))
    assert.deepEqual(node.news(), [])
    assert.equal(node.kernel.has(VIP), true)
  })

  test('adverts in quick succession refresh it no more often than eight times a lease', () => {
    const fast = instance({ advertIntervalMs: 100, leaseMs: 2_000 })
    const node = simulatedNode({ config: config({ instances: [fast] }) }).start()
    node.hears(becameMaster)
    node.writes()
    for (let count = 0; count < 20; count += 1) {
      node.clock.advance(100)
      node.advert()
    }
    assert.equal(node.writes().length, 6)
  })

  test('without adverts it runs out by itself, and that is told', () => {
    const node = master()
    node.clock.advance(3_100)
    assert.deepEqual(node.writes(), [`remove ${VIP}`])
    assert.deepEqual(node.news(), [expired])
    assert.equal(node.kernel.has(VIP), false)
  })

  test('adverts of another interface, router or priority 0 refresh nothing', () => {
    const node = master()
    node.clock.advance(1_000)
    node.advert(150, { interface: 'eth1' })
    node.advert(150, { virtualRouterId: 52 })
    assert.deepEqual(node.writes(), [])
  })

  test('a refresh that the kernel refuses does not count', () => {
    const node = master()
    node.kernel.refuse.addresses = true
    node.adverts(4)
    assert.deepEqual(
      node.news().map(({ type, reason }) => [type, reason]),
      [
        ['KernelRefused', undefined],
        ['AddressesLost', 'lease-expired'],
      ],
    )
  })
})

describe('resurrection', () => {
  test('stopped beyond the lease and continued, adverts read late bring nothing back', () => {
    const node = master(false)
    node.adverts(2)
    node.writes()
    node.sigstop()
    // vrrp goes on for a while, then resigns because the address is gone.
    node.adverts(3)
    node.clock.advance(5_000)
    node.sigcont()
    assert.equal(node.kernel.has(VIP), false)
    assert.deepEqual(node.news(), [expired])
    assert.deepEqual(node.writes(), [`remove ${VIP}`])
    node.clock.advance(10_000)
    assert.equal(node.kernel.has(VIP), false)
  })

  test('an address that the kernel is late to remove is taken away, not refreshed', () => {
    const node = simulatedNode({ lateMs: () => 490 }).start()
    node.hears(becameMaster)
    node.sigstop()
    node.clock.advance(3_200)
    node.writes()
    node.advert()
    node.sigcont()
    assert.deepEqual(node.writes(), [`remove ${VIP}`])
    assert.equal(node.kernel.has(VIP), false)
  })

  test('stopped for less than the lease and continued, only a fresh advert refreshes', () => {
    const node = master()
    node.sigstop()
    node.adverts(2)
    node.clock.advance(700)
    node.sigcont()
    assert.deepEqual(node.writes(), [])
    node.clock.advance(200)
    node.advert()
    assert.deepEqual(node.writes(), [`refresh ${VIP}`])
  })

  test('an event read late, after a stop, does not act: adverts decide', () => {
    const node = simulatedNode().start()
    node.sigstop()
    node.hears(becameMaster)
    node.clock.advance(10_000)
    node.sigcont()
    node.clock.advance(100)
    assert.deepEqual(node.writes(), [])
    node.advert()
    node.clock.advance(20)
    assert.deepEqual(node.writes(), [`add ${VIP} for 3000`])
  })

  test('an advert that was read only after a stop adds nothing', () => {
    const node = simulatedNode().start()
    node.sigstop()
    node.advert()
    node.clock.advance(5_000)
    node.sigcont()
    assert.deepEqual(node.writes(), [])
  })

  test('no announcement leaves after the deadline', () => {
    const node = master()
    node.adverts(4)
    node.sigstop()
    node.clock.advance(20_000)
    node.sigcont()
    assert.equal(node.kernel.announced.length, 1)
  })

  test('after a loss a new mastership brings the addresses back', () => {
    const node = master()
    node.clock.advance(3_100)
    node.news()
    node.hears(becameBackup)
    node.clock.advance(600)
    node.hears(becameMaster)
    assert.equal(node.kernel.has(VIP), true)
    assert.deepEqual(
      node.news().map(({ type }) => type),
      ['AddressesAdded'],
    )
  })

  test('after a loss with the bus down, an advert in the same moment is not enough, a later one is', () => {
    const node = master(false)
    node.clock.advance(3_031)
    assert.deepEqual(node.news(), [expired])
    node.clock.advance(5)
    node.advert()
    assert.equal(node.kernel.has(VIP), false)
    node.clock.advance(30)
    node.advert()
    assert.equal(node.kernel.has(VIP), true)
  })

  test('after a loss with the bus up, adverts must go on for a while without an event', () => {
    const node = master()
    node.clock.advance(3_030)
    node.clock.advance(500)
    node.advert()
    node.adverts(1)
    assert.equal(node.kernel.has(VIP), false)
    node.adverts(1)
    assert.equal(node.kernel.has(VIP), true)
  })
})

describe('a foreign removal', () => {
  const two = () => config({ instances: [instance({ addresses: [vip(), vip('192.168.105.212')] })] })

  test('is told and undone at once, for no longer than the lease goes on', () => {
    const node = master()
    node.adverts(1)
    node.clock.advance(200)
    node.writes()
    node.kernel.take(vip())
    node.clock.advance(1)
    assert.deepEqual(node.writes(), [`add ${VIP} for 2000`])
    const [lost, added, ...rest] = node.news()
    assert.deepEqual([lost, rest], [{ ...expired, reason: 'removed-by-another' }, []])
    assert.ok(added?.type === 'AddressesAdded')
    assert.deepEqual([added.trigger, added.addresses, added.announced], ['repair', [VIP_NAME], 5])
  })

  test('without an advert after it, the repaired address goes when the lease would have', () => {
    const node = master()
    node.clock.advance(1_200)
    node.kernel.take(vip())
    node.clock.advance(1)
    assert.equal(node.kernel.has(VIP), true)
    node.clock.advance(1_900)
    assert.equal(node.kernel.has(VIP), false)
  })

  test('repeated over and over is left to vrrp, until the next mastership', () => {
    const node = master()
    node.adverts(1)
    for (let removal = 0; removal < 4; removal += 1) {
      node.kernel.take(vip())
      node.clock.advance(1)
      assert.equal(node.kernel.has(VIP), removal < 3, `after removal ${removal + 1}`)
    }
    node.hears(becameBackup)
    node.clock.advance(100)
    node.hears(becameMaster)
    node.kernel.take(vip())
    node.clock.advance(1)
    assert.equal(node.kernel.has(VIP), true)
  })

  test('now and then is undone each time', () => {
    const node = master()
    for (let removal = 0; removal < 8; removal += 1) {
      node.adverts(4)
      node.kernel.take(vip())
      node.clock.advance(1)
      assert.equal(node.kernel.has(VIP), true)
    }
  })

  test('of an address with no_track is told and stands, over refreshes and restarts, until the next mastership', () => {
    const loose = { ...vip('192.168.105.212'), noTrack: true }
    const node = simulatedNode({ config: config({ instances: [instance({ addresses: [vip(), loose] })] }) }).start()
    node.hears(becameMaster)
    node.news()
    node.kernel.take(loose)
    node.adverts(2)
    assert.deepEqual(node.news(), [{ ...expired, addresses: ['192.168.105.212/32'], reason: 'removed-by-another' }])
    assert.equal(node.kernel.has('192.168.105.212'), false)
    node.restart()
    assert.deepEqual(node.news(), [{ type: 'AddressesKept', instance: 'VI_1', addresses: [VIP_NAME] }])
    node.adverts(2)
    assert.deepEqual([node.kernel.has(VIP), node.kernel.has('192.168.105.212')], [true, false])
    node.hears(becameBackup)
    node.clock.advance(100)
    node.hears(becameMaster)
    assert.equal(node.kernel.has('192.168.105.212'), true)
  })

  test('of an interface with all that is on it is left to vrrp', () => {
    const node = simulatedNode({ config: two() }).start()
    node.hears(becameMaster)
    node.news()
    node.kernel.refuse.addresses = true
    node.kernel.take(vip())
    node.clock.advance(1)
    assert.deepEqual(
      node.news().map(({ type }) => type),
      ['AddressesLost', 'KernelRefused'],
    )
    node.hears(becameBackup)
    const rest = { type: 'AddressesRemoved', instance: 'VI_1', addresses: ['192.168.105.212/32'], reason: 'not-master' }
    assert.deepEqual(node.news(), [rest])
  })

  test('the echo of our own removal is not taken for one', () => {
    const node = master()
    node.hears(becameBackup)
    node.hears(becameMaster)
    node.clock.advance(1)
    assert.deepEqual(
      node.news().map(({ type }) => type),
      ['AddressesRemoved', 'AddressesAdded'],
    )
  })

  test('another address of the interface does not concern us', () => {
    const node = master()
    node.kernel.put(vip('10.0.0.1'), null)
    node.kernel.take(vip('10.0.0.1'))
    node.clock.advance(1)
    assert.deepEqual(node.news(), [])
  })
})
