import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VrrpEvent } from '#schemas/vrrp.ts'
import { toEvent } from '../../services/vrrp/core/react.ts'
import type { Input } from '../../services/vrrp/core/state.ts'
import { advert, gone, instance, link, master, present, silence, started, types } from './given.ts'

function dropped(at: number, reason = 'checksum', source = '192.0.2.66'): Input {
  return { type: 'AdvertDropped', at, reason, source, clues: null }
}

test('R6: a dropped advert changes no timer and nothing learned', () => {
  for (const subject of [started().after(advert(1_000, 200)), master()]) {
    const { rejected: _a, reported: _b, ...before } = subject.state()
    assert.deepEqual(subject.effects(dropped(1_500)), [])
    const { rejected: _c, reported: _d, ...afterwards } = subject.state()
    assert.deepEqual(afterwards, before)
  }
})

test('R7: ten thousand bad adverts of changing sources are one event and a count', () => {
  const subject = started()
  let events = 0
  for (let n = 0; n < 10_000; n += 1) {
    const facts = subject.facts(dropped(n / 10, 'checksum', `198.51.100.${n % 250}`))
    events += types(facts).filter((type) => type === 'AdvertRejected').length
  }
  assert.equal(events, 1)
  assert.equal(subject.state().rejected.checksum, 10_000)
})

test('R8: a bad advert of a new source does not make an old reason news', () => {
  const subject = started().after(dropped(1, 'checksum', '198.51.100.1'))
  for (const [at, source] of [
    [2, '198.51.100.2'],
    [3, '198.51.100.1'],
    [4, '198.51.100.3'],
  ] as const) {
    assert.equal(types(subject.facts(dropped(at, 'checksum', source))).includes('AdvertRejected'), false)
  }
})

test('each reason is reported once, and again after a change of role', () => {
  const subject = started().after(dropped(1, 'ttl'), dropped(2, 'checksum'))
  assert.deepEqual(types(subject.facts(dropped(3, 'ttl'))), ['AdvertCounted'])
  subject.after(silence(4_000))
  assert.deepEqual(types(subject.facts(dropped(5_000, 'ttl'))), ['AdvertCounted', 'AdvertRejected'])
  assert.deepEqual(subject.state().rejected, { ttl: 3, checksum: 1 })
})

test('every event the core makes has the shape others were promised', () => {
  const subject = started({ flapDamping: { masterships: 2, windowMs: 100_000 } })
  const inputs: Input[] = [
    dropped(1),
    silence(4_000),
    { type: 'CommitExpired', at: 5_000, drained: true },
    silence(10_000),
    { type: 'CommitExpired', at: 11_000, drained: true },
    present(11_001),
    advert(11_500, 50),
    advert(12_400, 50),
    { type: 'AdvertTimerExpired', at: 12_500 },
    { type: 'AdvertTimerExpired', at: 13_500 },
    { type: 'RivalTimerExpired', at: 13_650 },
    { type: 'HandoverAsked', at: 13_660, request: { actor: 'anna', reason: 'memory', forMs: null } },
    { type: 'HandoverEndAsked', at: 13_670, actor: 'anna' },
    advert(13_700, 200),
    { type: 'LinkChanged', at: 14_000, link: link({ adminUp: false }) },
    { type: 'LinkChanged', at: 15_000, link: link() },
    silence(20_000),
    gone(20_100),
    { type: 'CommitExpired', at: 20_200, drained: true },
    { type: 'Reconfigured', at: 20_300, config: instance({ name: 'VI_9', priority: 120 }) },
    { type: 'StopRequested', at: 20_400 },
  ]
  const drafts = inputs
    .flatMap((input) => subject.facts(input))
    .map(toEvent)
    .filter((draft) => draft !== null)
  for (const { data } of drafts) VrrpEvent.parse(data)
  const held = toEvent({ type: 'StartHeld', at: 1, instance: 'VI_1', waitMs: 5_000 })
  VrrpEvent.parse(held?.data)
  const resumed = toEvent({ type: 'MastershipResumed', at: 1, instance: 'VI_1', priority: 100, leaseLeftMs: 1_000 })
  VrrpEvent.parse(resumed?.data)
  const seen = new Set([...drafts.map(({ data }) => data.type), 'MastershipResumed', 'StartHeld'])
  assert.deepEqual([...seen].sort(), VrrpEvent.options.map(({ shape }) => shape.type.value).sort())
})
