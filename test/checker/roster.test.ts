import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeClock } from '#platform/clock-fake.ts'
import { createLog } from '#platform/log.ts'
import type { Check, VirtualServer } from '#schemas/config.ts'
import type { Envelope, EventDraft } from '#schemas/envelope.ts'
import type { ProbeResult } from '../../services/checker/ports.ts'
import { createRoster } from '../../services/checker/roster.ts'
import { down, REAL, refused, tcpCheck, VIRTUAL } from './given.ts'

function realServer(last: number, checks: Check[] = [tcpCheck({ connectAddress: `192.0.2.${last}` })]) {
  const notify = { notifyUp: null, notifyDown: null, smtpAlert: false }
  return { address: `192.0.2.${last}`, port: 80, weight: 1, inhibitOnFailure: false, checks, ...notify }
}

function virtualServer(realServers: VirtualServer['realServers']): VirtualServer {
  const how = { scheduler: 'rr', forwarding: 'DR', persistenceTimeoutS: null } as const
  return { address: '192.0.2.100', port: 80, family: 4, protocol: 'TCP', ...how, realServers }
}

/** A roster on a clock that moves when told, whose probes end at once with what `answer` says. */
function bench(answer: (check: Check) => ProbeResult = () => ({ outcome: 'passed', tookMs: 1 })) {
  const clock = fakeClock()
  const probes: { at: number; address: string }[] = []
  const drafts: EventDraft[] = []
  const roster = createRoster({
    clock,
    log: createLog('test', 'silent'),
    random: () => 0,
    probes: {
      probe(check, onEnd) {
        probes.push({ at: clock.now(), address: check.connectAddress })
        clock.at(clock.now(), () => onEnd(answer(check)))
      },
    },
    publish(draft) {
      drafts.push(draft)
      return { envelope: { id: 'x', correlationid: 'x' } as Envelope, stored: new Promise(() => {}) }
    },
  })
  return { clock, roster, probes, drafts }
}

test('every real server with a check is probed in its rhythm although no event is ever stored', () => {
  const { clock, roster, probes } = bench((check) => (check.connectAddress.endsWith('.4') ? refused : passedIn(1)))
  roster.apply([virtualServer([realServer(3), realServer(4), realServer(5, [])])])
  roster.historyRead()
  clock.advance(13_500)
  assert.deepEqual(
    probes.map(({ at, address }) => `${at} ${address}`),
    ['1000 192.0.2.3', '1000 192.0.2.4', '7000 192.0.2.3', '7000 192.0.2.4', '13000 192.0.2.3', '13000 192.0.2.4'],
  )
})

test('the entity of an event is the real server in its virtual server', () => {
  const { clock, roster, drafts } = bench(() => refused)
  roster.apply([virtualServer([realServer(3)])])
  clock.advance(2_000)
  assert.deepEqual(
    drafts.map(({ service, entity, data }) => [service, entity, data.type]),
    [['checker', `${VIRTUAL} ${REAL}`, 'RealServerDown']],
  )
})

test('a reload goes on with what is the same, begins what is new and leaves what is gone', () => {
  const { clock, roster, probes } = bench()
  roster.apply([virtualServer([realServer(3), realServer(4)])])
  clock.advance(3_000)
  probes.length = 0
  roster.apply([virtualServer([realServer(4), realServer(5)])])
  clock.advance(4_500)
  assert.deepEqual(probes, [
    { at: 4_000, address: '192.0.2.5' },
    { at: 7_000, address: '192.0.2.4' },
  ])
})

test('a dead server that leaves the configuration and comes back alive is reported', () => {
  let answer = refused
  const { clock, roster, drafts } = bench(() => answer)
  roster.apply([virtualServer([realServer(3)])])
  roster.historyRead()
  clock.advance(2_000)
  roster.apply([])
  answer = passedIn(1)
  roster.apply([virtualServer([realServer(3)])])
  clock.advance(2_000)
  assert.deepEqual(
    drafts.map(({ data }) => data.type),
    ['RealServerDown', 'RealServerUp'],
  )
})

test('a restarted roster knows from the log alone what was said, and says nothing new', () => {
  const { clock, roster, drafts } = bench(() => refused)
  roster.apply([virtualServer([realServer(3)])])
  roster.recall(down(2))
  roster.historyRead()
  clock.advance(20_000)
  assert.deepEqual(drafts, [])
})

test('a snapshot restores every server, also one that the configuration has lost', () => {
  const first = bench(() => refused)
  first.roster.apply([virtualServer([realServer(3), realServer(4)])])
  first.clock.advance(2_000)
  first.roster.apply([virtualServer([realServer(4)])])
  const second = bench()
  second.roster.apply([virtualServer([realServer(4)])])
  second.roster.restore(first.roster.memories())
  second.roster.historyRead()
  second.roster.apply([virtualServer([realServer(3), realServer(4)])])
  second.clock.advance(2_000)
  assert.deepEqual(second.drafts.map(({ data }) => data.realServer).sort(), ['192.0.2.3:80', '192.0.2.4:80'])
})

test('a server that the configuration has lost is forgotten once the log calls it alive', () => {
  const { roster } = bench()
  roster.recall(down(2))
  assert.equal(roster.memories().length, 1)
  roster.recall({ type: 'RealServerUp', virtualServer: VIRTUAL, realServer: REAL, check: 'x', tookMs: 1 })
  assert.deepEqual(roster.memories(), [])
})

test('a log that was read in time is not missing later, for new servers neither', () => {
  const { clock, roster, drafts } = bench()
  roster.historyRead()
  roster.historyMissing()
  roster.apply([virtualServer([realServer(3)])])
  clock.advance(2_000)
  assert.deepEqual(drafts, [])
})

test('only a changed standing is worth a snapshot', () => {
  const { clock, roster } = bench()
  roster.apply([virtualServer([realServer(3)])])
  clock.advance(2_000)
  const changes = roster.changes()
  clock.advance(60_000)
  assert.equal(roster.changes(), changes)
})

test('after the stop nothing is probed', () => {
  const { clock, roster, probes } = bench()
  roster.apply([virtualServer([realServer(3)])])
  roster.stop()
  clock.advance(10_000)
  assert.deepEqual(probes, [])
})

function passedIn(tookMs: number): ProbeResult {
  return { outcome: 'passed', tookMs }
}
