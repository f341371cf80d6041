import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { probeTcp } from '../../services/checker/adapters/tcp-probe.ts'
import type { ProbeResult } from '../../services/checker/ports.ts'
import { tcpCheck } from '../checker/given.ts'

const NO_ROOT = process.getuid?.() === 0 ? false : 'a network namespace needs root'
const clock = systemClock()
/** `peer address, how the connection ended`, as the server saw it. */
const seen: string[] = []
let server: Server
let port = 0

before(async () => {
  server = createServer((socket) => {
    const peer = socket.remoteAddress
    socket.on('error', (cause) => seen.push(`${peer} ${'code' in cause ? String(cause.code) : ''}`))
    socket.on('end', () => seen.push(`${peer} FIN`))
    socket.resume()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
after(() => server.close())

function probe(connectPort: number, bindAddress: string | null = null): Promise<ProbeResult> {
  const check = tcpCheck({ connectAddress: '127.0.0.1', connectPort, bindAddress, connectTimeoutMs: 2_000 })
  return new Promise((resolve) => probeTcp(check, clock, resolve))
}

async function seenNext(): Promise<string | undefined> {
  while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  return seen.shift()
}

/** Connections of this port that wait out TIME_WAIT (state 06 of /proc/net/tcp). */
function lingering(): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n')
  return lines.filter((line) => line.includes(`:${hex} `) && line.trim().split(/\s+/)[3] === '06').length
}

test('a server that accepts passes, and the connection ends by RST and leaves no TIME_WAIT', async () => {
  const result = await probe(port)
  assert.equal(result.outcome, 'passed')
  assert.equal(await seenNext(), '127.0.0.1 ECONNRESET')
  assert.equal(lingering(), 0)
})

test('a closed port fails with its reason', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const address = closed.address()
  closed.close()
  await once(closed, 'close')
  const result = await probe(typeof address === 'object' && address !== null ? address.port : 0)
  assert.equal(result.outcome === 'failed' ? result.reason : '', 'connection-refused')
})

test('a probe comes from the address it is bound to', async () => {
  assert.equal((await probe(port, '127.0.0.77')).outcome, 'passed')
  assert.equal(await seenNext(), '127.0.0.77 ECONNRESET')
})

test('silence, a missing route and a stall of our own are told apart', { skip: NO_ROOT }, () => {
  const child = join(import.meta.dirname, 'checker-targets.ts')
  const { stdout, stderr } = spawnSync('unshare', ['--net', process.execPath, child], { encoding: 'utf8' })
  assert.notEqual(stdout, '', stderr)
  const results: Record<string, ProbeResult> = JSON.parse(stdout)
  const reasonOf = (name: string) => {
    const result = results[name]
    return result?.outcome === 'failed' ? result.reason : result?.outcome
  }
  assert.equal(reasonOf('silent'), 'timeout')
  assert.equal(reasonOf('unreachable'), 'unreachable')
  assert.equal(reasonOf('noRoute'), 'unreachable')
  assert.equal(reasonOf('foreignSource'), 'EADDRNOTAVAIL')
  assert.equal(reasonOf('stalled'), 'passed')
})
