import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '#platform/config/load.ts'

const LAB = new URL('../../../shared/lab/', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'failoverd-config-'))
after(() => rmSync(folder, { recursive: true }))

test('the lab configurations are taken as they stand, without an error or a warning', {
  skip: existsSync(LAB) ? false : 'no ../shared/lab here',
}, () => {
  for (const [name, priority] of Object.entries({ 'vos1.conf': 150, 'vos2.conf': 100 })) {
    const { config, diagnostics } = loadConfig(fileURLToPath(new URL(name, LAB)), { configId: 'vos1' })
    assert.deepEqual(diagnostics, [])
    const [instance] = config?.instances ?? []
    assert.deepEqual([instance?.initialState, instance?.priority, instance?.leaseMs], ['MASTER', priority, 3000])
    assert.equal(config?.virtualServers[0]?.realServers.length, 2)
    assert.equal(config?.mail.connectTimeoutMs, 300_000)
  }
  const nginx = loadConfig(fileURLToPath(new URL('case-nginx.conf', LAB)), { configId: 'vos1' })
  assert.deepEqual(
    nginx.diagnostics.map(({ severity, keyword }) => [severity, keyword]),
    [
      // What it runs is on the lab's machines only.
      ['error', 'script'],
    ],
  )
  assert.deepEqual([nginx.config?.trackers.scripts, nginx.config?.instances[0]?.tracked], [[], []])
})

test('a file of thousands of lines is read within two seconds on a busy machine', () => {
  const path = join(folder, 'large.conf')
  const instance = (n: number) =>
    `vrrp_instance v${n} {\n interface e${n >> 7}\n virtual_router_id ${(n & 127) + 1}\n virtual_ipaddress {\n 10.0.${n >> 8}.${n & 255}\n }\n}\n`
  writeFileSync(path, Array.from({ length: 1000 }, (_, n) => instance(n)).join(''))
  const start = performance.now()
  const { config, diagnostics } = loadConfig(path, { configId: 'x' })
  assert.ok(performance.now() - start < 2000)
  assert.deepEqual([config?.instances.length, diagnostics], [1000, []])
})

test('files come from the disk: globs, folders and executables as keepalived treats them', () => {
  mkdirSync(join(folder, 'conf.d', 'sub.conf'), { recursive: true })
  writeFileSync(join(folder, 'conf.d', 'a.conf'), 'router_id from-a\n')
  writeFileSync(join(folder, 'conf.d', 'z.conf'), 'router_id from-z\n')
  chmodSync(join(folder, 'conf.d', 'z.conf'), 0o755)
  const path = join(folder, 'main.conf')
  const instance = 'vrrp_instance V {\n interface eth0\n virtual_router_id 1\n no_virtual_ipaddress\n}\n'
  writeFileSync(path, `global_defs {\n include conf.d/*.conf\n}\n${instance}`)
  const { config, diagnostics } = loadConfig(path, { configId: 'x' })
  assert.equal(config?.routerId, 'from-a')
  assert.deepEqual(
    diagnostics.map(({ code, message }) => [code, message.replace(`${folder}/conf.d/`, '')]),
    [
      ['INCLUDE_SKIPPED', 'sub.conf is skipped: it is a directory'],
      ['INCLUDE_SKIPPED', 'z.conf is skipped: it is executable, so not a configuration file'],
    ],
  )
})

test('a configuration that is not there is an error, not an exception', () => {
  const { config, diagnostics } = loadConfig(join(folder, 'none.conf'), { configId: 'x' })
  assert.deepEqual([config, diagnostics.map(({ code }) => code)], [null, ['NO_CONFIGURATION']])
})
