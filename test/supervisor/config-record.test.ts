import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { maskedConfig } from '#platform/config/compare/secrets.ts'
import type { Config } from '#schemas/config.ts'
import { differencesInWords } from '../../services/supervisor/adapters/config-file.ts'
import { readRecord, recordOf } from '../../services/supervisor/adapters/config-record.ts'
import { watchRecord } from '../../services/supervisor/record-watch.ts'
import { exampleConfig, exampleInstance, exampleServers } from '../configuration.ts'

const SECRET = 'S3cr3t!'
const secretive = (servers: number): Config =>
  exampleConfig({
    instances: [exampleInstance({ authentication: { type: 'pass', password: SECRET } })],
    virtualServers: [exampleServers(servers)],
  })

test('a small configuration is recorded as JSON that anybody can read, its password masked', () => {
  const config = secretive(3)
  const [event, ...more] = recordOf(config, 'd')
  assert.equal(more.length, 0)
  assert.equal(event?.encoding, 'json')
  assert.deepEqual(JSON.parse(event?.text ?? ''), maskedConfig(config))
  assert.deepEqual(maskedConfig(config).instances[0]?.authentication, { type: 'pass', password: '****' })
  assert.ok(!event?.text.includes(SECRET))
})

test('nothing but secrets is masked', () => {
  const config = exampleConfig({ virtualServers: [exampleServers(3)] })
  assert.deepEqual(maskedConfig(config), config)
})

test('ten thousand real servers fit into one event, well below what the log takes', () => {
  const config = secretive(10_000)
  const events = recordOf(config, 'd')
  assert.equal(events.length, 1)
  assert.ok(JSON.stringify(events).length < 262_144, `${JSON.stringify(events).length} characters`)
  assert.deepEqual(readRecord(events), maskedConfig(config))
})

test('what does not fit into one event comes in parts, which read as one', () => {
  const config = secretive(1_000)
  const events = recordOf(config, 'd', 1_000)
  assert.ok(events.length > 3)
  assert.deepEqual(
    events.map(({ part, parts }) => [part, parts]),
    events.map((_, index) => [index + 1, events.length]),
  )
  assert.deepEqual(readRecord(events), maskedConfig(config))
})

test('ten thousand differences fit into one event: the first hundred, and how many more', () => {
  const before = exampleConfig({ virtualServers: [exampleServers(0)] })
  const lines = differencesInWords(before, exampleConfig({ virtualServers: [exampleServers(10_000)] }))
  assert.equal(lines.length, 101)
  assert.equal(lines.at(-1), 'and 9900 more')
})

test('the log is asked only when it has all that was said before, and one question at a time', async () => {
  const status = { connected: false, spooled: 0 }
  const found: (string | null)[] = []
  const answers = [Promise.reject(new Error('no stream')), Promise.resolve('d')]
  let asked = 0
  const watch = watchRecord({
    status: () => status,
    lastRecorded: () => answers[asked++] ?? assert.fail('asked too often'),
    onFound: (digest) => found.push(digest),
    log: pino({ level: 'silent' }),
  })
  watch.look()
  Object.assign(status, { connected: true, spooled: 1 })
  watch.look()
  assert.equal(asked, 0)
  status.spooled = 0
  watch.look()
  watch.look()
  assert.equal(asked, 1)
  await new Promise(setImmediate)
  watch.look()
  await new Promise(setImmediate)
  assert.deepEqual(found, ['d'])
})
