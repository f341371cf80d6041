import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SyncGroup, VrrpInstance } from '#schemas/config.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { type Node, node, other } from './fake-node.ts'
import { instance, link, VIP, vip } from './given.ts'

const ONE = instance()
const TWO = other({ interface: 'eth1', addresses: [{ ...vip('198.51.100.100'), device: 'eth1' }] })
const FIRST = { virtualRouterId: 51 }
const SECOND = { virtualRouterId: 52, addresses: TWO.addresses }

function group(change: Partial<SyncGroup> = {}): SyncGroup {
  const notify = { master: null, backup: null, fault: null, stop: null, any: null }
  return { name: 'G', members: ['VI_1', 'VI_2'], notify, smtpAlert: false, ...change }
}

interface Pair extends Node {
  /** Events since the last call. */
  news(): string[]
  carrier(device: string, carrier: boolean): void
  lease(remainingMs?: number): void
}

/** Two routers on two interfaces; nothing has started. */
function unstarted(): Pair {
  const all = node()
  all.links.links.set('eth1', link({ interface: 'eth1', index: 3 }))
  let read = 0
  return {
    ...all,
    news() {
      const events = all.events().slice(read)
      read += events.length
      return events
    },
    carrier(device, carrier) {
      const changed = link({ interface: device, index: device === 'eth0' ? 2 : 3, carrier })
      all.links.links.set(device, changed)
      all.links.tell({ type: 'LinkChanged', link: changed })
    },
    lease(remainingMs = 3_000) {
      all.links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs })
      all.links.tell({ type: 'AddressPresent', interface: 'eth1', address: '198.51.100.100', remainingMs })
    },
  }
}

function started(one: VrrpInstance = ONE, two: VrrpInstance = TWO): Pair {
  const pair = unstarted()
  pair.routers.apply({ instances: [one, two], syncGroups: [group()], trackers: NO_TRACKERS })
  return pair
}

/** Both members are master, and hold their addresses. */
function masters(): Pair {
  const pair = started()
  pair.clock.advance(3_700)
  pair.lease()
  assert.deepEqual(pair.news().slice(3), ['VI_1 BecameMaster', 'VI_2 BecameMaster', 'G GroupBecameMaster'])
  return pair
}

/** Both members follow a master of priority 200, heard just now. */
function backups(): Pair {
  const pair = started()
  pair.hear(200, FIRST)
  pair.hear(200, SECOND)
  pair.news()
  return pair
}

test('members start as backup, and then the group has', () => {
  assert.deepEqual(started().news(), ['VI_1 BecameBackup', 'VI_2 BecameBackup', 'G GroupBecameBackup'])
})

test('S28: one whose timer has ended waits until the timers of all members have', () => {
  const pair = backups()
  for (let n = 0; n < 8; n += 1) {
    pair.clock.advance(900)
    pair.hear(200, SECOND)
  }
  assert.deepEqual(pair.news(), [])
  pair.clock.advance(3_700)
  assert.deepEqual(pair.news(), ['VI_1 BecameMaster', 'VI_2 BecameMaster', 'G GroupBecameMaster'])
})

test('S28: an advert that arrives while one waits for the others begins its interval again', () => {
  const pair = backups()
  for (let n = 0; n < 5; n += 1) {
    pair.clock.advance(900)
    pair.hear(200, SECOND)
  }
  pair.hear(200, FIRST)
  pair.clock.advance(3_500)
  assert.deepEqual(pair.news(), [])
  pair.clock.advance(200)
  assert.deepEqual(pair.news(), ['VI_1 BecameMaster', 'VI_2 BecameMaster', 'G GroupBecameMaster'])
})

test('S28: adverts that lie unread for another member when the last timer ends are heard first', () => {
  const pair = backups()
  pair.clock.advance(100)
  // VI_1 has nothing left to wait for; what is unread for VI_2 comes to light with its own timer.
  pair.hear(200, SECOND)
  pair.clock.advance(3_550)
  pair.miss(200)
  pair.clock.advance(200)
  assert.deepEqual(pair.news(), [])
})

test('who hears a better master takes the others along, and they resign with priority 0', () => {
  const pair = masters()
  const before = pair.sockets[1]?.sent.length ?? 0
  pair.hear(200, FIRST)
  const changes = ['VI_1 BecameBackup', 'VI_2 BecameBackup', 'G GroupBecameBackup']
  assert.deepEqual(pair.news(), [...changes, 'VI_1 UnexpectedRouter'])
  assert.deepEqual(pair.causes().slice(-4, -1), [null, 'VI_1 BecameBackup', 'VI_1 BecameBackup'])
  const sent = pair.sockets[1]?.sent.slice(before).map((message) => message.readUInt8(2))
  assert.deepEqual(sent, [0])
  const event = { type: 'GroupBecameBackup', group: 'G', members: ['VI_1', 'VI_2'], by: 'VI_1' }
  assert.deepEqual(pair.last(2), event)
})

test('who cannot hold its address takes the others along', () => {
  const pair = masters()
  pair.links.tell({ type: 'AddressGone', interface: 'eth1', address: '198.51.100.100' })
  pair.clock.advance(60)
  assert.deepEqual(pair.news(), ['VI_2 BecameBackup', 'VI_1 BecameBackup', 'G GroupBecameBackup'])
})

test('S28: a fault of one is a fault of all, and is over when all are clear', () => {
  const pair = masters()
  pair.carrier('eth0', false)
  assert.deepEqual(pair.news(), ['VI_1 BecameFault', 'VI_2 BecameFault', 'G GroupBecameFault'])
  assert.deepEqual(pair.causes().slice(-3), [null, 'VI_1 BecameFault', 'VI_1 BecameFault'])
  pair.carrier('eth1', false)
  pair.carrier('eth0', true)
  assert.deepEqual(pair.news(), [])
  pair.carrier('eth1', true)
  assert.deepEqual(pair.news(), ['VI_1 BecameBackup', 'VI_2 BecameBackup', 'G GroupBecameBackup'])
  pair.clock.advance(3_700)
  assert.deepEqual(pair.news(), ['VI_1 BecameMaster', 'VI_2 BecameMaster', 'G GroupBecameMaster'])
})

test('a fault says of which member it is', () => {
  const pair = masters()
  pair.carrier('eth1', false)
  assert.deepEqual(pair.news(), ['VI_2 BecameFault', 'VI_1 BecameFault', 'G GroupBecameFault'])
  assert.deepEqual(pair.last(), { type: 'GroupBecameFault', group: 'G', members: ['VI_1', 'VI_2'], by: 'VI_2' })
})

test('S28: with a member that has no interface at the start nobody becomes master', () => {
  const pair = unstarted()
  pair.links.links.delete('eth1')
  pair.routers.apply({ instances: [ONE, TWO], syncGroups: [group()], trackers: NO_TRACKERS })
  pair.clock.advance(10_000)
  assert.deepEqual(pair.news(), ['VI_2 BecameFault', 'VI_1 BecameFault', 'G GroupBecameFault'])
})

test('an owner waits for the others of its group', () => {
  const pair = started(instance({ priority: 255 }))
  assert.deepEqual(pair.news(), ['VI_1 BecameBackup', 'VI_2 BecameBackup', 'G GroupBecameBackup'])
  pair.clock.advance(3_500)
  assert.deepEqual(pair.news(), [])
  pair.clock.advance(200)
  assert.deepEqual(pair.news(), ['VI_1 BecameMaster', 'VI_2 BecameMaster', 'G GroupBecameMaster'])
})

test('a group of owners is master at once', () => {
  const pair = started(instance({ priority: 255 }), { ...TWO, priority: 255 })
  assert.deepEqual(pair.news().slice(2), ['VI_1 BecameMaster', 'VI_2 BecameMaster', 'G GroupBecameMaster'])
})

test('when the master of one segment resigns, a member that has missed an advert waits its skew only', () => {
  const pair = backups()
  pair.clock.advance(400)
  pair.hear(0, SECOND)
  // Skew of VI_2: 609 ms. VI_1 has heard nothing since 400 ms before that: 600 ms are left of its interval.
  pair.clock.advance(1_200)
  assert.deepEqual(pair.news(), [])
  pair.clock.advance(20)
  assert.deepEqual(pair.news(), ['VI_1 BecameMaster', 'VI_2 BecameMaster', 'G GroupBecameMaster'])
})

test('when the master of one segment resigns and that of another goes on, the group waits', () => {
  const pair = backups()
  pair.hear(0, SECOND)
  for (let n = 0; n < 10; n += 1) {
    pair.clock.advance(900)
    pair.hear(200, FIRST)
  }
  assert.deepEqual(pair.news(), [])
})

test('after a restart all go on as master when the leases of all are alive', () => {
  const pair = unstarted()
  pair.links.held.set(VIP, 2_000).set('198.51.100.100', 1_500)
  pair.routers.apply({ instances: [ONE, TWO], syncGroups: [group()], trackers: NO_TRACKERS })
  assert.deepEqual(pair.news(), ['VI_1 MastershipResumed', 'VI_2 MastershipResumed', 'G GroupResumed'])
})

test('after a restart none goes on as master when the lease of one has ended', () => {
  const pair = unstarted()
  pair.links.held.set(VIP, 2_000)
  pair.routers.apply({ instances: [ONE, TWO], syncGroups: [group()], trackers: NO_TRACKERS })
  assert.deepEqual(pair.news(), ['VI_1 BecameBackup', 'VI_2 BecameBackup', 'G GroupBecameBackup'])
})

test('a member without addresses goes on with the others', () => {
  const pair = unstarted()
  pair.links.held.set(VIP, 2_000)
  pair.routers.apply({ instances: [ONE, { ...TWO, addresses: [] }], syncGroups: [group()], trackers: NO_TRACKERS })
  assert.deepEqual(pair.news(), ['VI_1 MastershipResumed', 'VI_2 MastershipResumed', 'G GroupResumed'])
})

test('a reload that makes a group of a master and a backup ends with both as backup', () => {
  const pair = unstarted()
  pair.routers.apply({ instances: [ONE, TWO], syncGroups: [], trackers: NO_TRACKERS })
  for (let n = 0; n < 4; n += 1) {
    pair.hear(200, SECOND)
    pair.clock.advance(950)
  }
  assert.deepEqual(pair.news().slice(2), ['VI_1 BecameMaster'])
  pair.routers.apply({ instances: [ONE, TWO], syncGroups: [group()], trackers: NO_TRACKERS })
  assert.deepEqual(pair.news(), ['VI_1 BecameBackup', 'G GroupBecameBackup'])
})

test('an instance that a reload adds to a group of masters leaves them what they are, and joins them', () => {
  const pair = masters()
  const third = other({ name: 'VI_3', virtualRouterId: 53, addresses: [] })
  pair.routers.apply({
    instances: [ONE, TWO, third],
    syncGroups: [group({ members: ['VI_1', 'VI_2', 'VI_3'] })],
    trackers: NO_TRACKERS,
  })
  assert.deepEqual(pair.news(), ['VI_3 BecameBackup'])
  pair.clock.advance(3_700)
  assert.deepEqual(pair.news(), ['VI_3 BecameMaster'])
})

test('members of a group that a reload takes away go their own ways', () => {
  const pair = masters()
  pair.carrier('eth0', false)
  pair.news()
  pair.routers.apply({ instances: [ONE, TWO], syncGroups: [], trackers: NO_TRACKERS })
  assert.deepEqual(pair.news(), ['VI_2 BecameBackup'])
  pair.clock.advance(3_700)
  assert.deepEqual(pair.news(), ['VI_2 BecameMaster'])
})

test('one that waits for its group becomes master when a reload takes the group away', () => {
  const pair = backups()
  for (let n = 0; n < 5; n += 1) {
    pair.clock.advance(900)
    pair.hear(200, SECOND)
  }
  pair.routers.apply({ instances: [ONE, TWO], syncGroups: [], trackers: NO_TRACKERS })
  pair.clock.advance(1)
  assert.deepEqual(pair.news(), ['VI_1 BecameMaster'])
})

test('a group is told of as stopped when all its members are', () => {
  const pair = masters()
  pair.routers.stop()
  assert.deepEqual(pair.news(), ['VI_1 InstanceStopped', 'VI_2 InstanceStopped', 'G GroupStopped'])
})

test('instances without a group do not care for it', () => {
  const pair = unstarted()
  const alone = other({ name: 'VI_3', virtualRouterId: 53, addresses: [] })
  pair.routers.apply({ instances: [ONE, TWO, alone], syncGroups: [group()], trackers: NO_TRACKERS })
  pair.carrier('eth1', false)
  pair.news()
  pair.clock.advance(3_700)
  assert.deepEqual(pair.news(), ['VI_3 BecameMaster'])
})
