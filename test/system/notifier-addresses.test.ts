import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Bus } from '#platform/bus-port.ts'
import type { Config } from '#schemas/config.ts'
import type { EventDraft } from '#schemas/envelope.ts'
import type { AddressWord, Notice } from '../../services/notifier/core/state.ts'
import { exampleVip } from '../configuration.ts'
import { becameBackup, becameMaster, config, instance, stopped } from '../notifier/given.ts'
import { type TestServer, testBus, testServer, until, WITHOUT_SERVER } from './bus-harness.ts'
import { type ServiceProcess, startProcess } from './service-process.ts'
import { type SmtpSink, smtpSink } from './smtp-sink.ts'

let server: TestServer
let vrrp: Bus
let ipvs: Bus
let notifier: ServiceProcess
let sink: SmtpSink

before(async () => {
  if (WITHOUT_SERVER !== false) return
  server = await testServer()
  await server.start()
  await server.provision()
  vrrp = testBus(server, 'vrrp')
  ipvs = testBus(server, 'ipvs')
})
after(async () => {
  await vrrp?.close(100)
  await ipvs?.close(100)
  await server?.remove()
})
beforeEach(async () => {
  if (WITHOUT_SERVER !== false) return
  sink = await smtpSink()
  notifier = startProcess(server, 'notifier', settings())
  await until('the notifier is connected', () => notifier.output().includes('connected to the bus'))
})
afterEach(async () => {
  await notifier?.end('SIGTERM')
  await sink?.close()
})

const out = () => join(server.folder, 'calls')
const calls = () => (existsSync(out()) ? readFileSync(out(), 'utf8').split('\n').filter(Boolean) : [])

function settings(): Config {
  writeFileSync(out(), '')
  const recorder = join(server.folder, 'call.sh')
  writeFileSync(recorder, `#!/bin/sh\necho "$1" >> ${out()}\n`)
  chmodSync(recorder, 0o755)
  const say = (word: string) => ({ argv: [recorder, word], user: null, group: null })
  const notify = { master: say('master'), backup: say('backup'), fault: null, stop: say('stop'), any: null }
  const vip = exampleVip('192.0.2.100')
  const base = config({ instances: [instance({ notify, addresses: [vip] })], virtualServers: [] })
  return { ...base, mail: { ...base.mail, server: { host: '127.0.0.1', port: sink.port } } }
}

const word = {
  added: { type: 'AddressesAdded', trigger: 'event', tookMs: 1, announced: 5 },
  removed: { type: 'AddressesRemoved', reason: 'stop' },
} as const

const draft = (service: 'vrrp' | 'ipvs', data: Notice | AddressWord): EventDraft => ({ service, entity: 'VI_1', data })
const happens = (notice: Notice) => vrrp.publish(draft('vrrp', notice), null).stored
const says = (kind: keyof typeof word) =>
  ipvs.publish(draft('ipvs', { ...word[kind], instance: 'VI_1', addresses: ['192.0.2.100/32'] }), null).stored

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('scripts and mail come when ipvs has said that the addresses are in place, or gone', {
  skip: WITHOUT_SERVER,
}, async (t) => {
  const changes = [
    [becameMaster, 'added', 'master'],
    [becameBackup, 'removed', 'backup'],
    [becameMaster, 'added', 'master'],
    [stopped, 'removed', 'stop'],
  ] as const
  for (const [index, [notice, kind, call]] of changes.entries()) {
    await happens(notice)
    await pause(300)
    assert.deepEqual([calls().length, sink.taken.length], [index, index], `${notice.type} was told of too early`)
    const from = performance.now()
    await says(kind)
    await until('the script has run', () => calls().length === index + 1)
    t.diagnostic(`${notice.type}: script ${(performance.now() - from).toFixed(0)} ms after the word of ipvs`)
    await until('the mail has come', () => sink.taken.length === index + 1)
    assert.ok(performance.now() - from < 600, 'nobody waits for the second to end')
    assert.equal(calls().at(-1), call)
  }
})

test('without a word from ipvs scripts and mail come a second after the transition, and no later', {
  skip: WITHOUT_SERVER,
}, async (t) => {
  const from = performance.now()
  await happens(becameMaster)
  await until('the script has run', () => calls().length === 1)
  const tookMs = performance.now() - from
  await until('the mail has come', () => sink.taken.length === 1)
  t.diagnostic(`script after ${tookMs.toFixed(0)} ms, mail after ${(performance.now() - from).toFixed(0)} ms`)
  assert.ok(tookMs >= 990 && performance.now() - from < 1_700)
})

test('a notifier killed while it waits tells of the transition once it is back', { skip: WITHOUT_SERVER }, async () => {
  await happens(becameMaster)
  await pause(200)
  await notifier.end('SIGKILL')
  notifier = startProcess(server, 'notifier', settings())
  await until('the script has run', () => calls().length === 1)
  await until('the mail has come', () => sink.taken.length === 1)
  await pause(500)
  assert.deepEqual([calls(), sink.taken.length], [['master'], 1])
})
