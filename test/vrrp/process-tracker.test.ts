import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pino } from 'pino'
import { systemClock } from '#platform/clock.ts'
import { fakeClock } from '#platform/clock-fake.ts'
import { decodeProcessEvent, openProcessEvents } from '#platform/netlink/process-events.ts'
import type { ProcessTracker } from '#schemas/tracking.ts'
import { procList } from '../../services/vrrp/adapters/process-list.ts'
import { isMeant, type ProcessLook } from '../../services/vrrp/core/process-match.ts'
import type { TrackerReport } from '../../services/vrrp/core/tracking.ts'
import { createProcessTracker } from '../../services/vrrp/tracking/process-tracker.ts'

const tracker = (change: Partial<ProcessTracker> = {}): ProcessTracker => ({
  ...{ name: 'web', command: 'nginx', parameters: [], match: 'name' },
  ...{ quorum: 1, quorumMax: null, terminateDelayMs: 0, forkDelayMs: 0 },
  ...change,
})
const look = (name: string, ...argv: string[]): ProcessLook => ({ name, argv })

/** Processes that begin and end when told; `running` are there at first. */
function stage(change: Partial<ProcessTracker> = {}, running = 0) {
  const clock = fakeClock()
  const said: string[] = []
  let tell: (pid: number, look: ProcessLook | null) => void = () => {}
  const report = ({ status, detail }: TrackerReport) => said.push(`${status}: ${detail}`)
  const processes = {
    follow(_: { needsArguments: boolean }, onProcess: typeof tell) {
      tell = onProcess
      for (let pid = 1; pid <= running; pid += 1) tell(pid, look('nginx'))
      return { close() {} }
    },
  }
  createProcessTracker(tracker(change), { clock, processes, report })
  return { clock, said, begin: (pid: number) => tell(pid, look('nginx')), end: (pid: number) => tell(pid, null) }
}

test('a process counts by its name, of which the kernel keeps 15 characters', () => {
  assert.equal(isMeant(tracker(), look('nginx')), true)
  assert.equal(isMeant(tracker(), look('nginx2')), false)
  assert.equal(isMeant(tracker({ command: 'a-very-long-daemon-name' }), look('a-very-long-dae')), true)
})

test('a command line counts word by word, and param_match says how much of it', () => {
  const meant = (match: ProcessTracker['match'], parameters: string[], ...given: string[]) =>
    isMeant(tracker({ command: '/bin/x', match, parameters }), look('x', '/bin/x', ...given))
  assert.deepEqual([meant('exact', []), meant('exact', [], 'a')], [true, false])
  assert.deepEqual(
    [meant('exact', ['a'], 'a'), meant('exact', ['a'], 'a', 'b'), meant('exact', ['a'])],
    [true, false, false],
  )
  assert.deepEqual([meant('partial', ['a'], 'a', 'b'), meant('partial', ['a'], 'ab')], [true, false])
  assert.deepEqual([meant('initial', ['a'], 'ab', 'c'), meant('initial', ['a', 'b'], 'ax', 'b')], [true, false])
  assert.equal(isMeant(tracker({ command: '/bin/x', match: 'exact' }), look('x', '/bin/y')), false)
})

test('there have to be quorum processes, and at most quorum_max', () => {
  const { said, begin, end } = stage({ quorum: 2, quorumMax: 3 }, 1)
  begin(2)
  begin(3)
  begin(4)
  end(4)
  end(3)
  end(2)
  assert.deepEqual(said, [
    'down: 1 runs, at least 2 must',
    'up: 2 run',
    'down: 4 run, at most 3 may',
    'up: 3 run',
    'down: 1 runs, at least 2 must',
  ])
})

test('a process that is told of twice counts once', () => {
  const { said, begin } = stage({ quorum: 2 }, 1)
  begin(1)
  assert.deepEqual(said, ['down: 1 runs, at least 2 must'])
})

test('one that ends and is replaced within terminate_delay has not been missed', () => {
  const { clock, said, begin, end } = stage({ terminateDelayMs: 1_000 }, 1)
  end(1)
  clock.advance(999)
  begin(2)
  clock.advance(5_000)
  assert.deepEqual(said, ['up: 1 runs'])
  end(2)
  clock.advance(1_000)
  assert.deepEqual(said.at(-1), 'down: 0 run, at least 1 must')
})

test('a process that begins counts after fork_delay, and what is there at first counts at once', () => {
  const { clock, said, begin, end } = stage({ forkDelayMs: 1_000 })
  begin(1)
  clock.advance(500)
  end(1)
  begin(2)
  clock.advance(999)
  assert.deepEqual(said, ['down: 0 run, at least 1 must'])
  clock.advance(1)
  assert.deepEqual(said.at(-1), 'up: 1 runs')
})

test('quorum 0 with quorum_max 0 asks that there be none', () => {
  const { said, begin, end } = stage({ quorum: 0, quorumMax: 0 })
  begin(1)
  end(1)
  assert.deepEqual(said, ['up: 0 run', 'down: 1 runs, at most 0 may', 'up: 0 run'])
})

test('events of the process connector are those of processes, not of threads', () => {
  const event = (what: number, ...pids: number[]) => {
    const body = Buffer.alloc(20 + 40)
    body.writeUInt32LE(what, 20)
    for (const [index, pid] of pids.entries()) body.writeUInt32LE(pid, 36 + 4 * index)
    return decodeProcessEvent(body)
  }
  assert.deepEqual(event(1, 5, 5, 7, 7), { type: 'begun', pid: 7 })
  assert.equal(event(1, 5, 5, 8, 5), null)
  assert.deepEqual(event(2, 7, 7), { type: 'changed', pid: 7 })
  assert.deepEqual(event(0x200, 7, 7), { type: 'changed', pid: 7 })
  assert.deepEqual(event(0x8000_0000, 7, 7, 256), { type: 'ended', pid: 7 })
  assert.equal(event(0x8000_0000, 9, 7), null)
  assert.equal(event(4, 7, 7), null)
  assert.equal(decodeProcessEvent(Buffer.alloc(30)), null)
})

const folder = mkdtempSync(join(tmpdir(), 'failoverd-process-'))
after(() => rmSync(folder, { recursive: true }))

for (const [how, openEvents] of [
  ['by the events of the kernel, where it tells them', openProcessEvents],
  ['by looking through /proc', () => null],
] as const) {
  test(`a real process is seen from its beginning to its end, ${how}`, async () => {
    const name = `fo-${process.pid}-${how.length}`
    copyFileSync('/bin/sleep', join(folder, name))
    const seen: string[] = []
    let wake = () => {}
    const list = procList({ clock: systemClock(), log: pino({ level: 'silent' }), openEvents })
    const children: ChildProcess[] = []
    const watch = list.follow({ needsArguments: true }, (pid, process) => {
      if (pid !== children[0]?.pid) return
      if (process !== null && process.name !== name) return
      seen.push(process === null ? 'ended' : process.argv.slice(1).join(' '))
      wake()
    })
    const until = async (what: string) => {
      while (seen.at(-1) !== what) await new Promise<void>((resolve) => (wake = resolve))
    }
    children.push(spawn(join(folder, name), ['60.5'], { stdio: 'ignore' }))
    await until('60.5')
    children[0]?.kill('SIGKILL')
    await until('ended')
    watch.close()
  })
}
