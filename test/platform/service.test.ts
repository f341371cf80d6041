import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterEach, beforeEach, test } from 'node:test'
import { exampleConfig } from '../configuration.ts'

const PROGRAM = join(import.meta.dirname, 'service-program.ts')
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failoverd-service-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const settings = (configDigest: string) => ({
  service: 'vrrp',
  site: 's',
  node: 'n',
  boot: 'b',
  version: '1',
  spoolDir: folder,
  bus: { url: 'nats://127.0.0.1:1', user: 'vrrp', password: 'x' },
  identity: null,
  logLevel: 'error',
  configDigest,
  config: exampleConfig({ routerId: 'n' }),
})

/** A service whose output can be waited for. */
function start(path: string) {
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [PROGRAM, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    for (const look of waiting) look()
  })
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!lines.some((line) => line.includes(text))) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return { child, said }
}

test('a service reloads on SIGHUP, goes on with what it has when the file is bad, and stops on SIGTERM', async () => {
  const path = join(folder, 'vrrp.json')
  writeFileSync(path, JSON.stringify(settings('first')))
  const { child, said } = start(path)
  await said('ready first')
  writeFileSync(path, '{ half a fi')
  child.kill('SIGHUP')
  await said('goes on with the settings it has')
  writeFileSync(path, JSON.stringify(settings('second')))
  child.kill('SIGHUP')
  await said('reloaded second')
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('a SIGHUP before the service is ready is kept for it', async () => {
  const path = join(folder, 'vrrp.json')
  writeFileSync(path, JSON.stringify(settings('first')))
  const { child, said } = start(path)
  await said('started')
  child.kill('SIGHUP')
  await said('reloaded first')
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('settings that cannot be used end the start with the name of the file', async () => {
  const path = join(folder, 'vrrp.json')
  writeFileSync(path, '{}')
  const child = spawn(process.execPath, [PROGRAM, path], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [status] = await once(child, 'close')
  assert.equal(status, 1)
  assert.match(said, /cannot use the settings file .*vrrp\.json/)
})
