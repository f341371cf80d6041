import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Config } from '#schemas/config.ts'
import { tcpCheck } from '../checker/given.ts'
import { realServer, withRealServer } from '../notifier/given.ts'
import { readStream, type TestServer, testServer, until, WITHOUT_SERVER } from './bus-harness.ts'
import { type ServiceProcess, startProcess } from './service-process.ts'

let server: TestServer
let checker: ServiceProcess
let listener: Server
let port = 0
/** Connections since the start of the test. */
let probes = 0

before(async () => {
  if (WITHOUT_SERVER !== false) return
  server = await testServer()
  await server.start()
  await server.provision()
})
after(() => server?.remove())
beforeEach(async () => {
  probes = 0
  await open(0)
})
afterEach(async () => {
  await checker?.end('SIGKILL')
  await close()
})

async function open(at: number): Promise<void> {
  listener = createServer((socket) => {
    probes += 1
    socket.on('error', () => undefined)
  }).listen(at, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
}

async function close(): Promise<void> {
  if (!listener.listening) return
  listener.close()
  await once(listener, 'close')
}

function settings(delayLoopMs = 200): Config {
  const target = { connectAddress: '127.0.0.1', connectPort: port, connectTimeoutMs: 500 }
  const check = tcpCheck({ ...target, delayLoopMs, retry: 1, delayBeforeRetryMs: 100, warmupMs: 100 })
  return withRealServer({ address: '127.0.0.1', port, checks: [check] })
}

/** `type` or `type reason attempts` of what is in the log about the server of this test. */
async function said(): Promise<string[]> {
  const events = (await readStream(server)).map(({ envelope }) => envelope.data)
  return events
    .filter(({ realServer }) => realServer === `127.0.0.1:${port}`)
    .map(({ type, reason, attempts }) => (reason === undefined ? String(type) : `${type} ${reason} ${attempts}`))
}

const isProbed = (more = 2) => {
  const from = probes
  return until('it is probed', () => probes >= from + more)
}

const DOWN = 'RealServerDown connection-refused 2'

test('a server that dies and comes back is two events, and its being alive at the start is none', {
  skip: WITHOUT_SERVER,
}, async (t) => {
  checker = startProcess(server, 'checker', settings())
  await isProbed()
  await close()
  const closedAt = performance.now()
  await until('it is down', async () => (await said()).includes(DOWN))
  t.diagnostic(
    `closed to recorded: ${(performance.now() - closedAt).toFixed(0)} ms at delay_loop 200, one retry after 100`,
  )
  await open(port)
  await until('it is up', async () => (await said()).includes('RealServerUp'))
  assert.deepEqual(await said(), [DOWN, 'RealServerUp'])
})

test('a checker that is killed and started again says nothing new, dead or alive', {
  skip: WITHOUT_SERVER,
}, async () => {
  const given = settings()
  checker = startProcess(server, 'checker', given)
  await isProbed()
  await close()
  await until('it is down', async () => (await said()).includes(DOWN))
  await checker.end('SIGKILL')
  checker = startProcess(server, 'checker', given)
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  assert.deepEqual(await said(), [DOWN])
  await open(port)
  await until('it is up', async () => (await said()).includes('RealServerUp'))
  await checker.end('SIGKILL')
  checker = startProcess(server, 'checker', given)
  await isProbed(5)
  assert.deepEqual(await said(), [DOWN, 'RealServerUp'])
})

test('a server that came back while the checker was dead is reported by the next one', {
  skip: WITHOUT_SERVER,
}, async () => {
  const given = settings()
  checker = startProcess(server, 'checker', given)
  await isProbed()
  await close()
  await until('it is down', async () => (await said()).includes(DOWN))
  assert.equal(await checker.end('SIGTERM'), 0)
  await open(port)
  checker = startProcess(server, 'checker', given)
  await until('it is up', async () => (await said()).includes('RealServerUp'))
})

test('without a bus probing goes on, and what happened is recorded when it is back', {
  skip: WITHOUT_SERVER,
}, async () => {
  checker = startProcess(server, 'checker', settings())
  await isProbed()
  await server.end('SIGKILL')
  await isProbed(5)
  await close()
  await new Promise((resolve) => setTimeout(resolve, 800))
  await open(port)
  await isProbed()
  await server.start()
  await until('both are recorded', async () => (await said()).length === 2)
  assert.deepEqual(await said(), [DOWN, 'RealServerUp'])
})

test('a checker that starts without a bus probes, and reports a living server once it has lost patience', {
  skip: WITHOUT_SERVER,
}, async () => {
  await server.end('SIGKILL')
  checker = startProcess(server, 'checker', settings())
  await isProbed()
  await new Promise((resolve) => setTimeout(resolve, 5_500))
  await server.start()
  await until('it is recorded', async () => (await said()).length === 1)
  const [event] = (await readStream(server)).filter(({ envelope }) => envelope.data.realServer === `127.0.0.1:${port}`)
  assert.deepEqual([event?.envelope.data.type, event?.envelope.data.previously], ['RealServerUp', 'unknown'])
})

test('a reload leaves an unchanged check in its rhythm', { skip: WITHOUT_SERVER }, async () => {
  checker = startProcess(server, 'checker', settings(400))
  await isProbed(1)
  const { virtualServers, ...rest } = settings(400)
  const added = realServer({ port: 81 })
  const more = virtualServers.map((each) => ({ ...each, realServers: [...each.realServers, added] }))
  const from = performance.now()
  const before = probes
  // A schedule that began anew with each reload would put the next probe off by a second each time.
  for (let index = 0; performance.now() - from < 2_000; index += 1) {
    checker.reload({ ...rest, virtualServers: index % 2 === 0 ? more : virtualServers })
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  assert.ok(probes - before >= 4, `${probes - before} probes in 2 s`)
})
