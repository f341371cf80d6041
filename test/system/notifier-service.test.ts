import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Bus } from '#platform/bus-port.ts'
import type { Config } from '#schemas/config.ts'
import type { Notice } from '../../services/notifier/core/state.ts'
import { becameBackup, becameMaster, config, instance, stopped } from '../notifier/given.ts'
import { readStream, type TestServer, testBus, testServer, until, WITHOUT_SERVER } from './bus-harness.ts'
import { type ServiceProcess, startProcess } from './service-process.ts'
import { type SmtpSink, smtpSink } from './smtp-sink.ts'

let server: TestServer
let vrrp: Bus
let notifier: ServiceProcess
let sink: SmtpSink

before(async () => {
  if (WITHOUT_SERVER !== false) return
  server = await testServer()
  await server.start()
  await server.provision()
  vrrp = testBus(server, 'vrrp')
})
after(async () => {
  await vrrp?.close(100)
  await server?.remove()
})
beforeEach(async () => {
  if (WITHOUT_SERVER === false) sink = await smtpSink()
})
afterEach(async () => {
  // In order: a killed one leaves an event in hand, for which the next would have to wait.
  await notifier?.end('SIGTERM')
  await sink?.close()
})

const out = () => join(server.folder, 'scripts.out')
const scriptLines = () => (existsSync(out()) ? readFileSync(out(), 'utf8').trim().split('\n') : [])

/** An instance whose scripts write down how they were called. */
function settings(changes: { port?: number; stop?: string } = {}): Config {
  writeFileSync(out(), '')
  const recorder = join(server.folder, 'record.sh')
  writeFileSync(recorder, `#!/bin/sh\necho "$@ env=$FO_MARK" >> ${out()}\n`)
  chmodSync(recorder, 0o755)
  const say = (...words: string[]) => ({ argv: [recorder, ...words], user: null, group: null })
  const stop =
    changes.stop === undefined ? say('stop') : { argv: ['/bin/sleep', changes.stop], user: null, group: null }
  const notify = { master: say('master'), backup: say('backup'), fault: null, stop, any: say('any') }
  const base = config({ instances: [instance({ notify })], virtualServers: [] })
  const mail = { ...base.mail, server: { host: '127.0.0.1', port: changes.port ?? sink.port }, connectTimeoutMs: 500 }
  return { ...base, mail }
}

const publish = (notice: Notice) => vrrp.publish({ service: 'vrrp', entity: 'VI_1', data: notice }, null)

/** Own events about this event, as `type` or `type reason`. */
async function recorded(about: string): Promise<string[]> {
  const events = await readStream(server)
  return events
    .map(({ envelope }) => envelope)
    .filter(({ data }) => data.about === about)
    .map(({ data }) => String(data.type))
}

const isReady = () => until('the notifier is connected', () => notifier.output().includes('connected to the bus'))

test('scripts run in the order of the log with their arguments, and the mail follows', {
  skip: WITHOUT_SERVER,
}, async (t) => {
  process.env.FO_MARK = 'kept'
  notifier = startProcess(server, 'notifier', settings())
  await isReady()
  await publish(becameBackup).stored
  await until('the first scripts have run', () => scriptLines().length === 2)
  const from = performance.now()
  const { envelope } = publish(becameMaster)
  await until('the scripts have run', () => scriptLines().length === 4)
  const scriptsMs = performance.now() - from
  await until('both mails have come', () => sink.taken.length === 2)
  t.diagnostic(`event to scripts ${scriptsMs.toFixed(0)} ms, to mail ${(performance.now() - from).toFixed(0)} ms`)
  // Scripts of one event run at the same time: their own order is up to them.
  const calls = scriptLines().map((line) => line.split(' env=')[0])
  assert.deepEqual(calls.slice(0, 2).sort(), ['any INSTANCE VI_1 BACKUP 150', 'backup'])
  assert.deepEqual(calls.slice(2).sort(), ['any INSTANCE VI_1 MASTER 150', 'master'])
  assert.match(scriptLines()[0] ?? '', /env=kept$/)
  assert.equal(sink.taken[1]?.messageId, `<${envelope.id}@failoverd>`)
  await until('all is recorded', async () => (await recorded(envelope.id)).length === 6)
  const scripts = (await recorded(envelope.id)).filter((type) => type.startsWith('Script'))
  assert.deepEqual(scripts, ['ScriptStarted', 'ScriptStarted', 'ScriptEnded', 'ScriptEnded'])
})

test('a mail server that is away holds no script back, and gets the mail once when it is there', {
  skip: WITHOUT_SERVER,
}, async () => {
  const { port } = sink
  await sink.close()
  notifier = startProcess(server, 'notifier', settings({ port }))
  await isReady()
  const { envelope } = publish(becameMaster)
  const next = publish(becameBackup)
  await until('the scripts of both have run', () => scriptLines().length === 4, 3_000)
  await until('the failure is recorded', async () => (await recorded(envelope.id)).includes('MailFailed'))
  sink = await smtpSink(port)
  await until('both mails have come', () => sink.taken.length === 2)
  // Longer than the next attempts would take to come.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  assert.deepEqual(
    sink.taken.map(({ messageId }) => messageId),
    [`<${envelope.id}@failoverd>`, `<${next.envelope.id}@failoverd>`],
  )
  const mails = (await recorded(envelope.id)).filter((type) => type.startsWith('Mail'))
  assert.deepEqual(mails, ['MailDue', 'MailFailed', 'MailSent'])
})

test('a notifier killed in the middle of a mail repeats it under the same Message-ID, and no more', {
  skip: WITHOUT_SERVER,
}, async () => {
  const given = settings()
  notifier = startProcess(server, 'notifier', given)
  await isReady()
  let killed: Promise<number | null> | null = null
  sink.onText(async () => {
    killed ??= notifier.end('SIGKILL')
    await killed
  })
  const { envelope } = publish(becameMaster)
  await until('the text has come once', () => sink.taken.length === 1)
  notifier = startProcess(server, 'notifier', given)
  await until('it has come again', () => sink.taken.length === 2)
  await until('it is recorded', async () => (await recorded(envelope.id)).includes('MailSent'))
  await notifier.end('SIGKILL')
  notifier = startProcess(server, 'notifier', given)
  await isReady()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  assert.deepEqual([...new Set(sink.taken.map(({ messageId }) => messageId))], [`<${envelope.id}@failoverd>`])
  assert.equal(sink.taken.length, 2)
  const types = await recorded(envelope.id)
  assert.equal(types.filter((type) => type === 'MailDue').length, 1)
  assert.equal(scriptLines().length, 2)
})

test('news that came while the notifier was dead is delivered in order when it is back', {
  skip: WITHOUT_SERVER,
}, async () => {
  const published = [becameBackup, becameMaster, becameBackup].map((notice) => publish(notice))
  await Promise.all(published.map(({ stored }) => stored))
  notifier = startProcess(server, 'notifier', settings())
  await until('all mails have come', () => sink.taken.length === 3)
  assert.deepEqual(
    sink.taken.map(({ messageId }) => messageId),
    published.map(({ envelope }) => `<${envelope.id}@failoverd>`),
  )
  await until('all scripts have run', () => scriptLines().length === 6)
})

test('a bus that dies while a mail is in hand does not make it go out twice', { skip: WITHOUT_SERVER }, async () => {
  notifier = startProcess(server, 'notifier', settings())
  await isReady()
  let restarted: Promise<void> | null = null
  sink.onText(async () => {
    await server.end('SIGKILL')
    // The server has answered before the bus is back.
    restarted ??= new Promise((resolve) => setTimeout(resolve, 3_000)).then(() => server.start())
  })
  const { envelope } = publish(becameMaster)
  await until('the mail has come', () => sink.taken.length === 1)
  await restarted
  await until('it is recorded', async () => (await recorded(envelope.id)).includes('MailSent'))
  sink.onText(() => undefined)
  const next = publish(becameBackup)
  await until('the next mail has come', () => sink.taken.length === 2, 20_000)
  assert.deepEqual(
    sink.taken.map(({ messageId }) => messageId),
    [`<${envelope.id}@failoverd>`, `<${next.envelope.id}@failoverd>`],
  )
})

test('on SIGTERM the news of the stop still goes out, and a slow stop script is cut off', {
  skip: WITHOUT_SERVER,
}, async (t) => {
  notifier = startProcess(server, 'notifier', settings({ stop: '60' }))
  await isReady()
  const { envelope, stored } = publish(stopped)
  await stored
  const from = performance.now()
  assert.equal(await notifier.end('SIGTERM'), 0)
  const tookMs = performance.now() - from
  t.diagnostic(`ended after ${tookMs.toFixed(0)} ms`)
  assert.ok(tookMs < 4_500)
  assert.equal(sink.taken[0]?.subject, '[R1] VRRP Instance VI_1 - Stopping')
  assert.deepEqual(
    scriptLines().map((line) => line.split(' env=')[0]),
    ['any INSTANCE VI_1 STOP 150'],
  )
  const types = (await recorded(envelope.id)).sort()
  assert.deepEqual(types, ['MailDue', 'MailSent', 'ScriptEnded', 'ScriptEnded', 'ScriptStarted', 'ScriptStarted'])
})

test('with nothing to deliver the notifier ends at once', { skip: WITHOUT_SERVER }, async () => {
  notifier = startProcess(server, 'notifier', settings())
  await isReady()
  const from = performance.now()
  assert.equal(await notifier.end('SIGTERM'), 0)
  assert.ok(performance.now() - from < 1_500)
})

test('a reload changes where mails go', { skip: WITHOUT_SERVER }, async () => {
  const given = settings()
  notifier = startProcess(server, 'notifier', given)
  await isReady()
  notifier.reload({ ...given, mail: { ...given.mail, recipients: ['other@example.org'] } })
  await new Promise((resolve) => setTimeout(resolve, 200))
  publish(becameMaster)
  await until('the mail has come', () => sink.taken.length === 1)
  assert.deepEqual(sink.taken[0]?.to, ['other@example.org'])
})
