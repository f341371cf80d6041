import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProcessName } from '#schemas/supervisor.ts'
import type { Effect, Input } from '../../services/supervisor/core/state.ts'
import { ALL, booted, exit, run, running } from './given.ts'

const spawned = (effects: Effect[]) => effects.flatMap((effect) => (effect.type === 'Spawn' ? [effect.process] : []))

const typesOf = (items: { type: string }[]) => items.map(({ type }) => type)

test('a booting node first spawns what its addresses need, and the rest once that lives', () => {
  const boot = run([booted()])
  assert.deepEqual(spawned(boot.effects), ['nats-server', 'vrrp', 'ipvs'])
  const first = ['nats-server', 'vrrp', 'ipvs'] as const
  const starts = first.map((process, index): Input => ({ type: 'ProcessSpawned', at: 0, process, pid: 50 + index }))
  const vrrpLives = run([...starts, { type: 'BeatHeard', at: 400, process: 'vrrp' }], boot.state)
  assert.deepEqual(spawned(vrrpLives.effects), [])
  const bothLive = run([{ type: 'BeatHeard', at: 500, process: 'ipvs' }], vrrpLives.state)
  assert.deepEqual(spawned(bothLive.effects), ['checker', 'notifier'])
})

test('a silent vrrp holds the other processes back for three seconds only', () => {
  const boot = run([booted(), { type: 'ProcessSpawned', at: 0, process: 'nats-server', pid: 50 }])
  const starts = (['vrrp', 'ipvs'] as const).map(
    (process, index): Input => ({ type: 'ProcessSpawned', at: 0, process, pid: 51 + index }),
  )
  const early = run([...starts, { type: 'Ticked', at: 2_900 }], boot.state)
  assert.deepEqual(spawned(early.effects), [])
  const late = run([{ type: 'Ticked', at: 3_900 }], early.state)
  assert.deepEqual(spawned(late.effects), ['checker', 'notifier'])
})

test('a process that a killed supervisor left behind is watched, not started again', () => {
  const input = booted()
  assert(input.type === 'NodeBooted')
  const { effects, facts } = run([{ ...input, adopted: [{ process: 'vrrp', pid: 77, restarts: 2 }] }])
  assert.deepEqual(
    effects.filter(({ type }) => type === 'Watch'),
    [{ type: 'Watch', process: 'vrrp', pid: 77 }],
  )
  assert(!effects.some((effect) => effect.type === 'Spawn' && effect.process === 'vrrp'))
  assert.deepEqual(facts.find((fact) => fact.type === 'NodeStarted')?.adopted, ['vrrp'])
})

test('a process that was killed after a while is started again at once', () => {
  const { effects } = run([exit('vrrp', 60_000)], running())
  assert.deepEqual(effects, [{ type: 'ArmRestart', process: 'vrrp', delayMs: 0 }])
})

test('a process that keeps crashing at its start is started ever more slowly, up to half a minute', () => {
  let state = running()
  const delays: number[] = []
  for (let round = 0; round < 11; round++) {
    const end = run([exit('checker', 100 * round, round === 0 ? 103 : 200 + round)], state)
    delays.push(...end.effects.flatMap((effect) => (effect.type === 'ArmRestart' ? [effect.delayMs] : [])))
    state = run([{ type: 'ProcessSpawned', at: 100 * round, process: 'checker', pid: 201 + round }], end.state).state
  }
  assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000])
})

test('the end of a process that was replaced already changes nothing', () => {
  assert.deepEqual(run([exit('vrrp', 5_000, 55)], running()).facts, [])
})

test('a service without a heartbeat for more than five seconds is killed', () => {
  const first: Input = { type: 'BeatHeard', at: 500, process: 'ipvs' }
  const { facts, effects } = run([first, ...othersBeat([1_000, 2_000, 3_000, 4_000, 5_000, 6_000])], running())
  assert.deepEqual(
    facts.filter(({ type }) => type === 'ProcessHung'),
    [{ type: 'ProcessHung', process: 'ipvs', pid: 102, silentMs: 5_500 }],
  )
  assert.deepEqual(effects, [{ type: 'Signal', process: 'ipvs', pid: 102, signal: 'SIGKILL' }])
})

/** Every second of these, all but ipvs beat and the supervisor looks. */
function othersBeat(times: number[]): Input[] {
  const alive = ALL.filter((name) => name !== 'ipvs')
  return times.flatMap((at): Input[] => [
    ...alive.map((process): Input => ({ type: 'BeatHeard', at, process })),
    { type: 'Ticked', at },
  ])
}

test('a service that starts slowly has half a minute until its first heartbeat', () => {
  const seconds = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => (from + at) * 1_000)
  const patient = run(othersBeat(seconds(1, 30)), running())
  assert(!typesOf(patient.facts).includes('ProcessHung'))
  assert(typesOf(run(othersBeat([31_000]), patient.state).facts).includes('ProcessHung'))
})

test('a supervisor that stood still does not shorten the time until a first heartbeat', () => {
  const stood = run(
    [
      { type: 'Ticked', at: 1_000 },
      { type: 'Ticked', at: 6_000 },
    ],
    running(),
  )
  assert(!typesOf(run(othersBeat([7_000, 9_000, 11_000, 13_000]), stood.state).facts).includes('ProcessHung'))
})

test('silence means nothing while the bus is away, because no heartbeat can arrive', () => {
  const away: Input = { type: 'BusConnectionChanged', at: 500, connected: false }
  const ticks = [1, 2, 3, 4, 5, 6, 7, 8].map((second): Input => ({ type: 'Ticked', at: second * 1_000 }))
  assert(!typesOf(run([away, ...ticks], running()).facts).includes('ProcessHung'))
})

test('an embedded server that lives but takes no connection for ten seconds is killed', () => {
  const away: Input = { type: 'BusConnectionChanged', at: 500, connected: false }
  const ticks = Array.from({ length: 11 }, (_, index): Input => ({ type: 'Ticked', at: (index + 1) * 1_000 }))
  const { effects } = run([away, ...ticks], running())
  assert.deepEqual(effects, [{ type: 'Signal', process: 'nats-server', pid: 100, signal: 'SIGKILL' }])
})

test('a supervisor that stood still does not blame the others for the silence', () => {
  const { facts } = run(
    [
      { type: 'Ticked', at: 1_000 },
      { type: 'Ticked', at: 30_000 },
    ],
    running(),
  )
  assert(!typesOf(facts).includes('ProcessHung'))
})

test('a stop ends the processes one after the other, in keepalived’s order, and the log last', () => {
  let state = run([{ type: 'StopAsked', at: 1_000, signal: 'SIGTERM' }], running()).state
  const order: string[] = ['vrrp']
  for (let name: ProcessName | undefined = 'vrrp'; name !== undefined; ) {
    const end = run([exit(name, 2_000)], state)
    state = end.state
    const next = end.effects.find((effect) => effect.type === 'Signal' && effect.signal === 'SIGTERM')
    name = next?.type === 'Signal' ? next.process : undefined
    order.push(name ?? typesOf(end.effects).join())
  }
  assert.deepEqual(order, ['vrrp', 'ipvs', 'checker', 'notifier', 'nats-server', 'Exit'])
})

test('a process that does not end in five seconds is killed', () => {
  const stop = run([{ type: 'StopAsked', at: 0, signal: 'SIGTERM' }], running())
  assert.deepEqual(stop.effects, [
    { type: 'Signal', process: 'vrrp', pid: 101, signal: 'SIGTERM' },
    { type: 'ArmPatience', process: 'vrrp', pid: 101, delayMs: 5_000 },
  ])
  const late = run([{ type: 'PatienceEnded', at: 5_000, process: 'vrrp', pid: 101 }], stop.state)
  assert.deepEqual(late.effects, [{ type: 'Signal', process: 'vrrp', pid: 101, signal: 'SIGKILL' }])
})

/** A server that ends as soon as it is started, until `answers` says so; what became of its store after each start. */
function startedAgain(times: number, answers: (storage: 'file' | 'memory', aside: boolean) => boolean): string[] {
  let state = running()
  let aside = false
  return Array.from({ length: times }, (_, index) => {
    const answered = answers(state.bus.storage, aside)
    const connected: Input = { type: 'BusConnectionChanged', at: 100, connected: true }
    const seen = run(answered ? [connected] : [], state)
    const isKept = answered && seen.state.bus.storage === state.bus.storage
    const ended = run(isKept ? [] : [exit('nats-server', 100, 100 + index)], seen.state)
    aside ||= [...seen.facts, ...ended.facts].some(({ type }) => type === 'StoreMovedAside')
    const again: Input = { type: 'ProcessSpawned', at: 100, process: 'nats-server', pid: 101 + index }
    state = isKept ? ended.state : run([again], ended.state).state
    return `${state.bus.storage}${aside ? ', moved aside' : ''}`
  })
}

test('a server that does not start with its store, but without, gets it once more and then a fresh one', () => {
  const damaged = startedAgain(6, (storage, aside) => storage === 'memory' || aside)
  assert.deepEqual(damaged, ['file', 'file', 'memory', 'file', 'file, moved aside', 'file, moved aside'])
})

test('a server that does not start with a fresh store either goes on in memory', () => {
  const broken = startedAgain(7, (storage) => storage === 'memory')
  assert.deepEqual(broken.slice(4), ['file, moved aside', 'memory, moved aside', 'memory, moved aside'])
})

test('a server that does not start at all keeps its store, however long that lasts', () => {
  const away = startedAgain(40, () => false)
  assert.deepEqual(away.slice(0, 4), ['file', 'file', 'memory', 'file'])
  assert.deepEqual([...new Set(away.slice(3))], ['file'])
})

test('a store that works again when it is tried once more is innocent', () => {
  let refusals = 3
  const transient = startedAgain(6, () => refusals-- <= 0)
  assert.deepEqual(transient, ['file', 'file', 'memory', 'file', 'file', 'file'])
})

test('a server that is replaced by us is not taken for one that cannot start', () => {
  const seen: Input = { type: 'StoreSeen', at: 1, free: 'none', stuck: true }
  const { state } = run([seen, exit('nats-server', 100)], running())
  assert.equal(state.processes['nats-server']?.quickEnds, 0)
})

test('a full disk turns the store to memory only when events are stuck, and room turns it back', () => {
  const seen = (free: 'enough' | 'none', stuck: boolean): Input => ({ type: 'StoreSeen', at: 1, free, stuck })
  const idle = run([seen('none', false)], running())
  assert.deepEqual(idle.facts, [])
  const full = run([seen('none', true)], running())
  assert.equal(full.state.bus.storage, 'memory')
  assert.deepEqual(full.effects, [{ type: 'Signal', process: 'nats-server', pid: 100, signal: 'SIGKILL' }])
  assert.equal(run([seen('enough', false)], full.state).state.bus.storage, 'file')
})
