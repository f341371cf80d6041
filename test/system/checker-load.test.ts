import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'

/** Our share of one core for 1 000 TCP checks a second; keepalived took 5.5 % (shared/recipes/keepalived-baseline.md). */
const CPU_LIMIT_PERCENT = 60

test('a thousand checks a second all pass, on time, and cost a fraction of one core', async (t) => {
  const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1', 4_096)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const child = join(import.meta.dirname, 'checker-load.ts')
  const load = spawn(process.execPath, ['--max-semi-space-size=1', child, '1000', String(port), '5'])
  let output = ''
  load.stdout.on('data', (text: Buffer) => {
    output += text.toString()
  })
  await once(load, 'exit')
  server.close()
  const result = JSON.parse(output)
  t.diagnostic(
    `${result.probes} probes: ${result.cpuPercent.toFixed(1)} % of a core, ${result.perProbeUs.toFixed(0)} us each`,
  )
  assert.equal(result.failed, 0)
  assert.equal(result.events, 0)
  assert.ok(result.probes > 4_500, `only ${result.probes} probes in 5 s`)
  assert.ok(result.cpuPercent < CPU_LIMIT_PERCENT, `${result.cpuPercent} % of a core`)
})
