import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeClock } from '#platform/clock-fake.ts'
import { Envelope } from '#schemas/envelope.ts'
import type { IpvsEvent } from '#schemas/ipvs.ts'
import { eventOf, inputOf, recalledFact } from '../../services/ipvs/events.ts'
import { SERVICE, WEB1 } from './settings.ts'
import { becameMaster, serverDown } from './simulated-node.ts'

const clock = fakeClock(5_000)

function envelope(type: string, data: Record<string, unknown>, agoMs = 0): Envelope {
  return Envelope.parse({
    ...{ specversion: '1.0', id: 'e', source: '/s/n/x', type, subject: 'x', datacontenttype: 'application/json' },
    ...{ data, sequence: 1, hlc: '', correlationid: 'c', prevhash: '0'.repeat(64) },
    time: new Date(clock.wall() - agoMs).toISOString(),
  })
}

test('the age of an event becomes a time on our own clock', () => {
  const input = inputOf(envelope('failoverd.vrrp.became-master.v1', becameMaster, 1_500), 'live', clock)
  assert.ok(input?.type === 'VrrpHeard')
  assert.deepEqual([input.happenedAt, input.at], [3_500, 5_000])
})

test('an event from the future, by a clock that was set back, happened now', () => {
  const input = inputOf(envelope('failoverd.vrrp.became-master.v1', becameMaster, -60_000), 'live', clock)
  assert.ok(input?.type === 'VrrpHeard' && input.happenedAt === 5_000)
})

test('events of checker are heard, those of a kind that we do not know are passed over', () => {
  const heard = inputOf(envelope('failoverd.checker.real-server-down.v1', serverDown(WEB1)), 'replay', clock)
  assert.ok(heard?.type === 'CheckerHeard' && heard.phase === 'replay')
  assert.equal(inputOf(envelope('failoverd.vrrp.moon-landed.v1', { type: 'MoonLanded' }), 'live', clock), null)
  assert.equal(inputOf(envelope('failoverd.checker.moon-landed.v1', { type: 'MoonLanded' }), 'live', clock), null)
})

test('facts that others need become events under the name of what they are about', () => {
  const programmed: IpvsEvent = {
    type: 'VirtualServerProgrammed',
    virtualServer: SERVICE,
    changes: [],
    reason: 'start',
  }
  assert.deepEqual(eventOf(programmed), { service: 'ipvs', entity: SERVICE, data: programmed })
  const kept: IpvsEvent = { type: 'AddressesKept', instance: 'VI_1', addresses: [] }
  assert.equal(eventOf(kept)?.entity, 'VI_1')
  assert.equal(eventOf({ type: 'HoldDoubted', instance: 'VI_1' }), null)
  assert.deepEqual(recalledFact(envelope('failoverd.ipvs.virtual-server-programmed.v1', programmed)), programmed)
  assert.equal(recalledFact(envelope('failoverd.ipvs.addresses-kept.v1', kept)), null)
})
