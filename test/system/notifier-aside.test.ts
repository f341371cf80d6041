import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Bus } from '#platform/bus-port.ts'
import type { Notice } from '../../services/notifier/core/state.ts'
import { becameBackup, becameMaster, config, instance } from '../notifier/given.ts'
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
  if (WITHOUT_SERVER !== false) return
  sink = await smtpSink()
  notifier = start()
})
afterEach(async () => {
  await notifier?.end('SIGTERM')
  await sink?.close()
})

function start(): ServiceProcess {
  const silent = { master: null, backup: null, fault: null, stop: null, any: null }
  const base = config({ instances: [instance({ notify: silent })], virtualServers: [] })
  const mail = { ...base.mail, server: { host: '127.0.0.1', port: sink.port } }
  return startProcess(server, 'notifier', { ...base, mail })
}

const publish = (notice: Notice) => vrrp.publish({ service: 'vrrp', entity: 'VI_1', data: notice }, null).envelope
const arrived = () => sink.taken.map(({ messageId }) => messageId)

test('a mail that the server puts off again and again lets later ones pass, and comes once it is taken', {
  skip: WITHOUT_SERVER,
}, async (t) => {
  const first = publish(becameMaster)
  let isPutOff = true
  sink.onText((text) => (isPutOff && text.includes(first.id) ? { code: 451, text: 'not this one' } : undefined))
  const later = [becameBackup, becameMaster].map((notice) => `<${publish(notice).id}@failoverd>`)
  const from = performance.now()
  await until('the later ones have come', () => sink.taken.length === 2)
  t.diagnostic(`passed by after ${(performance.now() - from).toFixed(0)} ms`)
  assert.deepEqual(arrived(), later)
  // The log has been told that it is taken care of: a crash must not lose it.
  await notifier.end('SIGKILL')
  notifier = start()
  isPutOff = false
  await until('the first one has come', () => sink.taken.length === 3)
  assert.deepEqual(arrived(), [...later, `<${first.id}@failoverd>`])
  const events = await readStream(server)
  await until('its end is recorded', async () =>
    (await readStream(server)).some(({ envelope: { data } }) => data.type === 'MailSent' && data.about === first.id),
  )
  assert.ok(events.some(({ envelope: { data } }) => data.type === 'MailFailed' && data.setAside === true))
})
