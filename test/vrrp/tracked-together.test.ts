/** What is tracked reaches the instances, through the board that all of them share. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tracked } from '#schemas/tracking.ts'
import type { TrackerReport } from '../../services/vrrp/core/tracking.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { node, other } from './fake-node.ts'
import { instance, link, VIP } from './given.ts'

const script = (weight: number, name = 'chk'): Tracked => ({ kind: 'script', name, weight, reverse: false })
const eth1: Tracked = { kind: 'interface', name: 'eth1', weight: 0, reverse: false }

function report(status: TrackerReport['status'], name = 'chk'): TrackerReport {
  return { kind: 'script', name, status, detail: status === 'down' ? 'failed: exit status 1' : null, value: null }
}

test('one failure of a script that several instances track is one event, and the cause of what each of them does', () => {
  const { routers, events, causes } = node(instance({ tracked: [script(-10)] }), other({ tracked: [script(0)] }))
  routers.report(report('up'))
  const before = events().length
  routers.report(report('down'))
  assert.deepEqual(events().slice(before), ['script chk TrackerChanged', 'VI_1 PriorityChanged', 'VI_2 BecameFault'])
  assert.deepEqual(causes().slice(before), [null, 'script chk TrackerChanged', 'script chk TrackerChanged'])
})

test('a first result that is good is no event, one that is bad is the cause of the FAULT', () => {
  const good = node(instance({ tracked: [script(0)] }))
  assert.deepEqual(good.events(), [])
  good.routers.report(report('up'))
  assert.deepEqual(good.events(), ['VI_1 BecameBackup'])
  const bad = node(instance({ tracked: [script(0)] }))
  bad.routers.report(report('down'))
  assert.deepEqual(bad.events(), ['script chk TrackerChanged', 'VI_1 BecameFault'])
  assert.deepEqual(bad.causes(), [null, 'script chk TrackerChanged'])
})

test('the same result again, and a report of what nobody tracks, are not news', () => {
  const { routers, events } = node(instance({ tracked: [script(-10)] }))
  for (const each of [report('up'), report('down'), report('down'), report('down', 'another')]) routers.report(each)
  assert.deepEqual(events().slice(1), ['script chk TrackerChanged', 'VI_1 PriorityChanged'])
})

test('whoever has an event of its own for a change is the cause itself', () => {
  const { routers, events, causes } = node(instance({ tracked: [script(-10)] }))
  routers.report(report('up'))
  routers.report(report('down'), { id: 'a BFD event', correlationId: 'x' })
  assert.deepEqual([events().at(-1), causes().at(-1)], ['VI_1 PriorityChanged', 'a BFD event'])
  assert.equal(events().includes('script chk TrackerChanged'), false)
})

test('an instance that a reload adds knows what was reported before', () => {
  const { routers, events } = node(instance({ tracked: [script(-10)] }))
  routers.report(report('down'))
  const instances = [instance({ tracked: [script(-10)] }), other({ tracked: [script(0)] })]
  routers.apply({ instances, syncGroups: [], trackers: NO_TRACKERS })
  assert.equal(events().at(-1), 'VI_2 BecameFault')
})

test('a tracked interface counts by its link, and by being there', () => {
  const { links, events, routers } = node(instance({ tracked: [eth1] }))
  assert.deepEqual(events(), ['interface eth1 TrackerChanged', 'VI_1 BecameFault'])
  links.tell({ type: 'LinkChanged', link: link({ interface: 'eth1', index: 3 }) })
  assert.equal(events().at(-1), 'VI_1 BecameBackup')
  links.tell({ type: 'LinkChanged', link: link({ interface: 'eth1', index: 3, carrier: false }) })
  assert.equal(events().at(-1), 'VI_1 BecameFault')
  routers.stop()
})

test('S25: a source address that is tracked and goes away is FAULT', () => {
  const sourceAddress = '192.0.2.7'
  const tracked: Tracked[] = [{ kind: 'address', name: `${sourceAddress} dev eth0`, weight: 0, reverse: false }]
  const { links, events } = node(instance({ sourceAddress, tracked }))
  const address = { interface: 'eth0', address: sourceAddress }
  assert.deepEqual(links.targets().sources, [address])
  links.tell({ type: 'AddressPresent', ...address, remainingMs: null })
  assert.deepEqual(events(), ['VI_1 BecameBackup'])
  links.tell({ type: 'AddressGone', ...address })
  assert.deepEqual(events().slice(1), [`address ${sourceAddress} dev eth0 TrackerChanged`, 'VI_1 BecameFault'])
})

test('delays of a link hold back its FAULT', () => {
  const { links, events, clock, routers } = node(instance())
  const linkDelays = [{ interface: 'eth0', downMs: 1_000, upMs: 0 }]
  routers.apply({ instances: [instance()], syncGroups: [], trackers: { ...NO_TRACKERS, linkDelays } })
  links.tell({ type: 'LinkChanged', link: link({ carrier: false }) })
  clock.advance(999)
  assert.deepEqual(events(), ['VI_1 BecameBackup'])
  clock.advance(1)
  assert.deepEqual(events(), ['VI_1 BecameBackup', 'VI_1 BecameFault'])
})

test('with dont_track_primary a master without a link shows services/ipvs by signs of life that it goes on', () => {
  const { links, pulses, clock, events } = node(instance({ trackPrimary: false }))
  clock.advance(3_700)
  links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  clock.advance(1_000)
  assert.deepEqual(pulses, [])
  links.tell({ type: 'LinkChanged', link: link({ carrier: false }) })
  clock.advance(2_000)
  assert.deepEqual(
    pulses,
    [100, 100].map((priority) => ({ priority, index: 2, family: 4 })),
  )
  links.tell({ type: 'LinkChanged', link: link() })
  clock.advance(2_000)
  assert.equal(pulses.length, 2)
  assert.deepEqual(events(), ['VI_1 BecameBackup', 'VI_1 BecameMaster'])
})
