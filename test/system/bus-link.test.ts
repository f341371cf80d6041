import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { until } from './bus-harness.ts'
import { busStage, drained, followOn, publish, REAL } from './bus-stage.ts'

const stage = busStage()
const SNAPSHOT_BYTES = 3_000_000

test('a fresh node starts and leaves without a word that would alarm anybody', REAL, async () => {
  await stage.server().start()
  const { log, lines } = alarms()
  const bus = stage.open('ipvs', log)
  assert.equal(await bus.loadSnapshot(1), null)
  await stage.server().provision()
  let caughtUp = false
  followOn(bus, { onCaughtUp: () => (caughtUp = true) })
  await until('caught up', () => caughtUp)
  await bus.close(0)
  assert.deepEqual(lines, [])
})

test('a server that goes by itself is complained of', REAL, async () => {
  await stage.begin()
  const { log, lines } = alarms()
  const bus = stage.open('ipvs', log)
  await until('connected', () => bus.status().connected)
  await stage.server().end()
  await until('the loss is in the log', () => lines.length > 0)
  assert.match(lines.join(), /lost the bus/)
})

test('a hung server is given up although it has not read what was sent to it', REAL, async () => {
  await stage.begin()
  publish(stage.open('vrrp'), 0, 1)
  const bus = stage.open('ipvs')
  const connections: boolean[] = []
  let caughtUp = false
  followOn(bus, { onCaughtUp: () => (caughtUp = true) })
  bus.onConnection((connected) => connections.push(connected))
  await until('caught up', () => caughtUp)
  stage.server().signal('SIGSTOP')
  const state = 'x'.repeat(SNAPSHOT_BYTES)
  for (let times = 0; times < 6; times += 1) void bus.saveSnapshot({ version: 1, position: 0, state })
  await until('it is given up', () => connections.at(-1) === false)
  for (let times = 0; times < 100; times += 1) bus.beat()
  stage.server().signal('SIGCONT')
  await until('connected again', () => connections.at(-1) === true)
  await drained(bus)
})

/** A log that keeps what an operator would look at: warnings and worse. */
function alarms() {
  const lines: string[] = []
  return { log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }), lines }
}
