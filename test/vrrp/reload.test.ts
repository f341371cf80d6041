import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_TRACKERS } from '../configuration.ts'
import { node, other } from './fake-node.ts'
import { instance, link, VIP } from './given.ts'

test('an unchanged reload opens, closes and says nothing', () => {
  const { routers, sockets, clock, sent, events } = node(instance(), other())
  clock.advance(3_610)
  const before = [sent(), events()]
  routers.apply({ instances: [instance(), other()], syncGroups: [], trackers: NO_TRACKERS })
  assert.deepEqual([sent(), events()], before)
  assert.deepEqual(
    sockets.map(({ open }) => open),
    [true],
  )
})

test('a reload that removes a master makes it resign, and leaves the others alone', () => {
  const { routers, sockets, clock, sent, events } = node(instance(), other())
  clock.advance(3_610)
  routers.apply({ instances: [other()], syncGroups: [], trackers: NO_TRACKERS })
  assert.equal(sent().at(-1), 0)
  assert.equal(events().at(-1), 'VI_1 InstanceStopped')
  assert.equal(sockets[0]?.open, true)
  const count = sent().length
  clock.advance(900)
  assert.equal(sent().length, count)
})

test('a reload that changes the priority is on the wire with the next advert', () => {
  const { routers, clock, sent, links } = node(instance())
  clock.advance(3_610)
  links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  routers.apply({ instances: [instance({ priority: 90 })], syncGroups: [], trackers: NO_TRACKERS })
  assert.deepEqual(sent(), [100])
  clock.advance(1_000)
  assert.deepEqual(sent(), [100, 90])
})

test('a reload that changes the password is on the wire with the next advert', () => {
  const { routers, clock, sockets } = node(instance())
  clock.advance(3_610)
  routers.apply({
    instances: [instance({ authentication: { type: 'pass', password: 'new' } })],
    syncGroups: [],
    trackers: NO_TRACKERS,
  })
  clock.advance(1_000)
  assert.equal(sockets[0]?.sent.at(-2)?.subarray(-8).toString(), 'new\0\0\0\0\0')
})

test('a master that gets another name and priority goes on, and its events say so once', () => {
  const { routers, events, clock, sent, sockets, links } = node(instance())
  clock.advance(3_610)
  links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  routers.apply({ instances: [instance({ name: 'VI_new', priority: 120 })], syncGroups: [], trackers: NO_TRACKERS })
  clock.advance(2_000)
  assert.deepEqual(events(), [
    'VI_1 BecameBackup',
    'VI_1 BecameMaster',
    'VI_new InstanceRenamed',
    'VI_new PriorityChanged',
  ])
  assert.deepEqual(sent(), [100, 120, 120])
  assert.equal(sockets.length, 1)
  routers.stop()
  assert.equal(events().at(-1), 'VI_new InstanceStopped')
})

test('two routers that swap their names stay what they are', () => {
  const { routers, events, clock, sent } = node(instance(), other({ priority: 1 }))
  clock.advance(3_610)
  routers.apply({
    instances: [other({ name: 'VI_1', priority: 1 }), instance({ name: 'VI_2' })],
    syncGroups: [],
    trackers: NO_TRACKERS,
  })
  assert.deepEqual(events().slice(3), ['VI_1 InstanceRenamed', 'VI_2 InstanceRenamed'])
  assert.deepEqual(sent(), [100])
})

test('the same name on another interface is another router', () => {
  const { routers, events, clock, sent, links } = node(instance())
  links.links.set('eth1', link({ interface: 'eth1', index: 3 }))
  clock.advance(3_610)
  routers.apply({ instances: [instance({ interface: 'eth1' })], syncGroups: [], trackers: NO_TRACKERS })
  assert.deepEqual(sent(), [100, 0])
  assert.deepEqual(events().slice(2), ['VI_1 InstanceStopped', 'VI_1 BecameBackup'])
})
