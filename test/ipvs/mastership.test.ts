import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { config, instance, VIP, VIP_NAME, vip } from './settings.ts'
import {
  becameBackup,
  becameFault,
  becameMaster,
  commitOverdue,
  instanceStopped,
  mastershipResumed,
  simulatedNode,
} from './simulated-node.ts'

const added = { type: 'AddressesAdded', instance: 'VI_1', addresses: [VIP_NAME], tookMs: 0, announced: 5 }
const removed = { type: 'AddressesRemoved', instance: 'VI_1', addresses: [VIP_NAME] }

function master() {
  const node = simulatedNode().start()
  node.hears(becameMaster)
  node.news()
  node.writes()
  return node
}

describe('becoming master', () => {
  test('an event adds the addresses with their lease and announces them in the same turn', () => {
    const node = simulatedNode().start()
    node.hears(becameMaster)
    assert.deepEqual(node.writes(), [`add ${VIP} for 3000`])
    assert.deepEqual(node.kernel.announced, [{ at: node.clock.now(), sent: 5 }])
    assert.deepEqual(node.news(), [{ ...added, trigger: 'event' }])
  })

  test('excluded addresses are added too, after the others, and removed before them', () => {
    const other = vip('192.168.105.212')
    const node = simulatedNode({ config: config({ instances: [instance({ excludedAddresses: [other] })] }) }).start()
    node.hears(becameMaster)
    node.hears(becameBackup)
    const names = ['add 192.168.105.211 for 3000', 'add 192.168.105.212 for 3000']
    assert.deepEqual(node.writes(), [...names, 'remove 192.168.105.212', 'remove 192.168.105.211'])
  })

  test('the same event twice adds once', () => {
    const node = master()
    node.hears(becameMaster)
    assert.deepEqual(node.writes(), [])
  })

  test('an event of the replay does not act by itself', () => {
    const node = simulatedNode().start()
    node.hears(becameMaster, 60_000, 'replay')
    node.caughtUp()
    assert.deepEqual(node.writes(), [])
  })

  test('a mastership that began just before the log could be read is acted on when it has been', () => {
    const node = simulatedNode().start()
    node.hears(becameMaster, 100, 'replay')
    node.caughtUp()
    assert.deepEqual(node.writes(), [`add ${VIP} for 3000`])
  })

  test('an address that the kernel refuses is told once, and the mastership is tried again with the next advert', () => {
    const node = simulatedNode({ busConnected: false }).start()
    node.kernel.refuse.addresses = true
    node.hears(becameMaster)
    node.adverts(2)
    const entity = `${VIP_NAME} dev eth0`
    assert.deepEqual(node.news(), [{ type: 'KernelRefused', entity, code: 'KERNEL_ADDRESS', message: 'EPERM' }])
    node.kernel.refuse.addresses = false
    node.adverts(1)
    assert.deepEqual(node.news(), [{ ...added, trigger: 'advert' }])
  })

  test('an instance without addresses asks nothing of the kernel', () => {
    const node = simulatedNode({ config: config({ instances: [instance({ addresses: [] })] }) }).start()
    node.hears(becameMaster)
    node.adverts(2)
    node.hears(becameBackup)
    assert.deepEqual([...node.writes(), ...node.news()], [])
  })
})

describe('a vrrp that misses its addresses', () => {
  test('gets them, when we had not heard of its mastership', () => {
    const node = simulatedNode().start()
    node.hears(commitOverdue)
    assert.deepEqual(node.writes(), [`add ${VIP} for 3000`])
  })

  test('makes us look into the kernel, when we thought them in place', () => {
    const node = master()
    node.hears(commitOverdue)
    assert.deepEqual([...node.writes(), ...node.news()], [])
  })
})

describe('leaving', () => {
  test('without a bus vrrp says past it that the addresses are let go, and with one its event does', () => {
    const letGo = { unicast: true }
    const node = master()
    node.clock.advance(100)
    node.advert(0, letGo)
    assert.deepEqual(node.writes(), [], 'the event comes, and says why')
    node.bus(false)
    node.advert(0, letGo)
    assert.deepEqual(node.writes(), [`remove ${VIP}`])
  })

  for (const event of [becameBackup, becameFault, instanceStopped]) {
    test(`${event.type} removes the addresses`, () => {
      const node = master()
      node.hears(event)
      assert.deepEqual(node.news(), [{ ...removed, reason: 'not-master' }])
      assert.equal(node.kernel.has(VIP), false)
    })
  }

  test('our own resignation on the wire removes them without waiting for an event', () => {
    const node = master()
    node.advert(0)
    assert.deepEqual(node.news(), [{ ...removed, reason: 'resigned' }])
    node.hears(instanceStopped)
    assert.deepEqual(node.news(), [])
  })

  for (const busConnected of [true, false]) {
    const bus = busConnected ? 'up' : 'down'
    test(`an advert that left before we did and is read later does not bring them back, bus ${bus}`, () => {
      const node = simulatedNode({ busConnected }).start()
      node.hears(becameMaster)
      node.clock.advance(1_000)
      node.hears(becameBackup)
      node.clock.advance(2)
      node.advert(150, { agoMs: 2.5 })
      node.advert(0)
      node.clock.advance(2)
      node.advert(150, { agoMs: 2.5 })
      node.clock.advance(100)
      assert.equal(node.kernel.has(VIP), false)
    })

    test(`nor does one that lay unread when nothing was held, bus ${bus}`, () => {
      const node = simulatedNode({ busConnected }).start()
      node.hears(becameBackup)
      node.advert(150, { agoMs: 0.5 })
      node.clock.advance(100)
      assert.equal(node.kernel.has(VIP), false)
    })
  }

  test('a resignation older than the event that made us master is history', () => {
    const node = master()
    node.clock.advance(5)
    node.advert(0, { agoMs: 20 })
    assert.equal(node.kernel.has(VIP), true)
  })

  test('somebody elses instance does not concern us', () => {
    const node = master()
    node.hears({ ...becameBackup, instance: 'VI_9' })
    node.advert(0, { virtualRouterId: 52 })
    node.advert(0, { interface: 'eth1' })
    assert.equal(node.kernel.has(VIP), true)
  })
})

describe('our own adverts in place of events', () => {
  test('with the bus down an advert adds the addresses at once', () => {
    const node = simulatedNode({ busConnected: false }).start()
    node.advert()
    assert.deepEqual(node.news(), [{ ...added, trigger: 'advert' }])
  })

  test('with the bus up it adds them at once too, and they are told with the event that follows', () => {
    const node = simulatedNode().start()
    node.advert()
    assert.deepEqual(node.writes(), [`add ${VIP} for 3000`])
    assert.deepEqual(node.news(), [])
    node.clock.advance(0.3)
    node.hears(becameMaster)
    assert.deepEqual(node.news(), [{ ...added, trigger: 'advert', tookMs: 0 }])
    node.clock.advance(200)
    assert.deepEqual([...node.writes(), ...node.news()], [])
  })

  test('and when no event follows within 100 ms they are told without it', () => {
    const node = simulatedNode().start()
    node.advert()
    node.clock.advance(99)
    assert.deepEqual(node.news(), [])
    node.clock.advance(1)
    assert.deepEqual(node.news(), [{ ...added, trigger: 'advert', tookMs: 0 }])
  })

  test('a resignation before the event comes tells of the addition first', () => {
    const node = simulatedNode().start()
    node.advert()
    node.clock.advance(10)
    node.advert(0)
    assert.deepEqual(
      node.news().map(({ type }) => type),
      ['AddressesAdded', 'AddressesRemoved'],
    )
    node.clock.advance(200)
    assert.deepEqual(node.news(), [])
  })

  test('an event that the bus held back does not undo what newer adverts say', () => {
    const node = simulatedNode({ busConnected: false }).start()
    node.advert()
    node.adverts(3)
    node.writes()
    node.bus(true)
    node.hears(becameBackup, 60_000)
    node.hears(becameMaster, 50_000)
    assert.deepEqual(node.writes(), [])
    assert.equal(node.kernel.has(VIP), true)
  })

  test('a restarted vrrp that goes on as master changes nothing', () => {
    const node = master()
    node.adverts(1)
    node.writes()
    node.hears(mastershipResumed)
    assert.deepEqual([...node.writes(), ...node.news()], [])
  })
})

describe('dont_track_primary', () => {
  const cutOff = (trackPrimary: boolean) => {
    const node = simulatedNode({ config: config({ instances: [instance({ trackPrimary })] }) }).start()
    node.hears(becameMaster)
    node.news()
    for (let second = 0; second < 10; second += 1) {
      node.clock.advance(1_000)
      node.advert(150, { unicast: true })
    }
    return node.news().map(({ type }) => type)
  }

  test('signs of life keep the addresses while no advert can leave the interface', () => {
    assert.deepEqual(cutOff(false), [])
  })

  test('without it they are nobody’s, and the lease ends', () => {
    assert.deepEqual(cutOff(true), ['AddressesLost'])
  })
})
