import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { fakeClock } from '#platform/clock-fake.ts'
import type { ScriptTracker } from '#schemas/tracking.ts'
import type { TrackerReport } from '../../services/vrrp/core/tracking.ts'
import { createTrackers } from '../../services/vrrp/tracking/trackers.ts'
import { NO_TRACKERS } from '../configuration.ts'

const script = (change: Partial<ScriptTracker> = {}): ScriptTracker => ({
  ...{ name: 'chk', argv: ['/opt/chk'], opensFile: null, user: null, group: null },
  ...{ intervalMs: 1_000, timeoutMs: 1_000, rise: 1, fall: 1, initFail: false },
  ...change,
})

/** Scripts whose processes are told what to do. */
function stage(first: ScriptTracker = script()) {
  const clock = fakeClock()
  const reports: TrackerReport[] = []
  const runs: { at: number; signals: string[]; end(fault: string | null): void }[] = []
  const trackers = createTrackers({
    clock,
    log: pino({ level: 'silent' }),
    speaker: { open: () => null },
    report: (report) => reports.push(report),
    files: () => ({ close() {} }),
    processes: { follow: () => ({ close() {} }) },
    runs: {
      start(_, end) {
        const signals: string[] = []
        runs.push({ at: clock.now(), signals, end })
        return {
          terminate: () => signals.push(`TERM ${clock.now()}`),
          kill: () => signals.push(`KILL ${clock.now()}`),
        }
      },
    },
  })
  const apply = (...scripts: ScriptTracker[]) => trackers.apply({ trackers: { ...NO_TRACKERS, scripts } })
  apply(first)
  const said = () => reports.map(({ status, detail }) => `${status} ${detail}`)
  return { clock, runs, said, apply, trackers, starts: () => runs.map(({ at }) => at) }
}

test('a script runs at once and then at its interval, counted from start to start', () => {
  const { clock, runs, starts } = stage()
  clock.advance(300)
  runs[0]?.end(null)
  clock.advance(700)
  runs[1]?.end(null)
  clock.advance(1_000)
  assert.deepEqual(starts(), [0, 1_000, 2_000])
})

test('a run that is due while the one before goes on is left out', () => {
  const { clock, runs, starts } = stage(script({ timeoutMs: 10_000 }))
  clock.advance(2_500)
  assert.deepEqual(starts(), [0])
  runs[0]?.end(null)
  clock.advance(500)
  assert.deepEqual(starts(), [0, 3_000])
})

test('only changes are said, in words that name the reason', () => {
  const { clock, runs, said } = stage()
  for (const fault of [null, null, 'exit status 1', 'exit status 2', null]) {
    runs.at(-1)?.end(fault)
    clock.advance(1_000)
  }
  assert.deepEqual(said(), ['up succeeded', 'down failed: exit status 1', 'up succeeded'])
})

test('with fall the words say how often it failed', () => {
  const { clock, runs, said } = stage(script({ fall: 2 }))
  for (const fault of [null, 'exit status 1', 'exit status 3']) {
    runs.at(-1)?.end(fault)
    clock.advance(1_000)
  }
  assert.deepEqual(said(), ['up succeeded', 'down failed 2 times: exit status 3'])
})

test('with init_fail it is down before the first run has ended', () => {
  const { said, runs } = stage(script({ initFail: true }))
  assert.deepEqual(said(), ['down has not succeeded yet'])
  runs[0]?.end(null)
  assert.deepEqual(said()[1], 'up succeeded')
})

test('at its timeout a run is bad at once; its group gets TERM, after 2 s KILL, and KILL again', () => {
  const { clock, runs, said } = stage(script({ intervalMs: 60_000, timeoutMs: 3_000 }))
  clock.advance(2_999)
  assert.deepEqual(said(), [])
  clock.advance(1)
  assert.deepEqual(said(), ['down failed: timed out after 3 s'])
  clock.advance(20_000)
  assert.deepEqual(runs[0]?.signals, ['TERM 3000', 'KILL 5000', 'KILL 7000', 'KILL 17000'])
})

test('what a run that ended at TERM has left in its group is killed, and its status does not count any more', () => {
  const { clock, runs, said } = stage(script({ intervalMs: 60_000, timeoutMs: 3_000 }))
  clock.advance(3_100)
  runs[0]?.end(null)
  assert.deepEqual(runs[0]?.signals, ['TERM 3000', 'KILL 3100'])
  clock.advance(30_000)
  assert.deepEqual(runs[0]?.signals.length, 2)
  assert.deepEqual(said(), ['down failed: timed out after 3 s'])
})

test('a hung run is not joined by another', () => {
  const { clock, starts } = stage(script({ timeoutMs: 500 }))
  clock.advance(5_000)
  assert.deepEqual(starts(), [0])
})

test('a reload leaves a script that is the same alone, and starts one anew whose settings differ', () => {
  const { clock, runs, starts, apply } = stage()
  clock.advance(400)
  apply(script())
  assert.deepEqual(starts(), [0])
  apply(script({ intervalMs: 500 }))
  assert.deepEqual(starts(), [0, 400])
  assert.deepEqual(runs[0]?.signals, ['TERM 400'])
})

test('a script that a reload drops is ended, and what it still says is not heard', () => {
  const { clock, runs, said, apply } = stage()
  apply()
  assert.deepEqual(runs[0]?.signals, ['TERM 0'])
  runs[0]?.end('ended by SIGTERM')
  clock.advance(5_000)
  assert.deepEqual([said(), runs.length], [[], 1])
})
