import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../cli/failoverctl.ts', import.meta.url))
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failoverctl-peer-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** `failoverctl config check` in the folder. */
function check(...args: string[]) {
  const command = [PROGRAM, 'config', 'check', ...args]
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8', cwd: folder })
  return { status, stdout }
}

function write(name: string, priority: string, more = ''): void {
  const addresses = 'virtual_ipaddress {\n192.0.2.9\n}'
  const text = `vrrp_instance a {\ninterface eth0\nvirtual_router_id 5\n${priority}\n${addresses}\n${more}}\n`
  writeFileSync(join(folder, name), text)
}

test('a file that goes with those of its peers is said to agree with each', () => {
  write('a.conf', 'priority 150')
  write('b.conf', 'priority 100')
  write('c.conf', 'priority 50')
  const { status, stdout } = check('a.conf', '--peer', 'b.conf', '--peer', 'c.conf')
  const verdict = 'failoverd starts with it; agrees with b.conf; agrees with c.conf'
  assert.deepEqual([status, stdout], [0, `a.conf: no findings; ${verdict}\n`])
})

test('what does not go together is a warning in the file, and an error with --strict', () => {
  write('a.conf', 'priority 100')
  write('b.conf', 'priority 100')
  const { status, stdout } = check('a.conf', '--peer', 'b.conf')
  assert.equal(status, 0)
  assert.match(stdout, /^a\.conf:4:1: warning: a: priority 100 is that of the peer as well/)
  assert.match(stdout, /see b\.conf:4; give one of them another/)
  assert.match(stdout, /a\.conf: 1 warning; failoverd starts with it; does not agree with b\.conf\n$/)
  assert.equal(check('a.conf', '--peer', 'b.conf', '--strict').status, 1)
  const json = JSON.parse(check('a.conf', '--peer', 'b.conf', '--json').stdout)
  assert.deepEqual([json.peers, json.diagnostics[0].code], [[{ peer: 'b.conf', agrees: false }], 'PEER'])
})

test('one file for all nodes is compared with itself, as another node reads it', () => {
  write('all.conf', '@one priority 150\n@two priority 100')
  assert.match(check('all.conf', '-i', 'one', '--peer', 'all.conf@two').stdout, /; agrees with all\.conf@two\n$/)
  assert.match(check('all.conf', '-i', 'one', '--peer', 'all.conf').stdout, /priority 150 is that of the peer/)
})

test('a file that cannot be read, or not wholly, is said to be so', () => {
  write('a.conf', 'priority 150')
  const { status, stdout } = check('a.conf', '--peer', 'none.conf')
  assert.equal(status, 1)
  assert.match(stdout, /^none\.conf: error: nothing can be made of it/)
  assert.match(stdout, /; failoverd starts with it; does not agree with none\.conf\n$/)
  write('b.conf', 'priority 100', 'nonsense\n')
  const other = check('a.conf', '--peer', 'b.conf')
  assert.equal(other.status, 0)
  assert.match(other.stdout, /^b\.conf: note: it has errors of its own.*see failoverctl config check b\.conf/ms)
})
