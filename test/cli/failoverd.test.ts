import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { firstClosed } from '../../cli/failoverd/rights.ts'

const PROGRAM = fileURLToPath(new URL('../../cli/failoverd.ts', import.meta.url))
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failoverd-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function failoverd(...args: string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' })
}

function written(text: string): string {
  const path = join(folder, 'keepalived.conf')
  writeFileSync(path, text)
  return path
}

test('-t says every error at once, each with file, line, column and what would be right, and exits with 5', () => {
  const path = written(`vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 300
  preemtp_delay 3
  virtual_ipaddress {
    192.0.2.999
  }
`)
  const { status, stderr } = failoverd('-t', '-f', path)
  assert.equal(status, 5)
  assert.match(stderr, /keepalived\.conf:4:12: .*300 is outside 1 to 255/)
  assert.match(
    stderr,
    /keepalived\.conf:5:3: .*preemtp_delay: unknown in vrrp_instance[\s\S]*did you mean preempt_delay\?/,
  )
  assert.match(stderr, /keepalived\.conf:7:5: .*192\.0\.2\.999/)
  assert.match(stderr, /opened on line 1, is never closed/)
})

test('--strict makes warnings errors, so that such a file counts as one that cannot run', () => {
  const path = written(`vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  native_ipv6
  virtual_ipaddress {
    192.0.2.9
  }
}
`)
  const lenient = failoverd('-t', '-f', path)
  assert.equal(lenient.status, 5)
  assert.match(lenient.stderr, /warning: native_ipv6 [\s\S]*: 1 warning\n$/)
  const strict = failoverd('-t', '--strict', '-f', path)
  assert.equal(strict.status, 4)
  assert.match(strict.stderr, /error: native_ipv6 [\s\S]*: 1 error\n$/)
})

test('-t of a file that is not there says so', () => {
  const { status, stderr } = failoverd('-t', '-f', join(folder, 'nowhere.conf'))
  assert.notEqual(status, 0)
  assert.match(stderr, /nowhere\.conf/)
})

test('a node does not start without any configuration, and says which file it looked for', () => {
  const { status, stderr } = failoverd('-n', '-f', join(folder, 'nowhere.conf'), '--state-dir', join(folder, 'state'))
  assert.notEqual(status, 0)
  assert.match(stderr, /nowhere\.conf/)
})

test('wrong usage is exit status 2, --help and --version are 0', () => {
  assert.equal(failoverd('--dance').status, 2)
  const help = failoverd('--help')
  assert.equal(help.status, 0)
  assert.match(help.stdout, /--use-file <file>/)
  assert.match(failoverd('--version').stdout, /^\d+\.\d+\.\d+$/m)
})

test('a folder that only its owner may enter is found on the way to a deeper one', () => {
  assert.equal(firstClosed(folder), folder, 'mkdtemp makes it 0700')
  assert.equal(firstClosed('/usr/bin'), null)
})
