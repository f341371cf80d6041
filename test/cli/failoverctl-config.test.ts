import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../cli/failoverctl.ts', import.meta.url))
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failoverctl-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function config(...args: string[]) {
  return spawnSync(process.execPath, [PROGRAM, 'config', ...args], { encoding: 'utf8', cwd: folder })
}

function written(text: string | Buffer): string {
  const path = join(folder, 'a.conf')
  writeFileSync(path, text)
  return path
}

const INSTANCE = `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.1
    }
`

describe('failoverctl config check', () => {
  test('passes a good file, and says that it starts', () => {
    written(`${INSTANCE}}\n`)
    const { status, stdout } = config('check', 'a.conf')
    assert.deepEqual([status, stdout], [0, 'a.conf: no findings; failoverd starts with it\n'])
  })

  test('fails a file with an error, named from the working directory, and counts at the end', () => {
    written(`${INSTANCE}    priority 300\n    prioritty 1\n}\n`)
    const { status, stdout } = config('check', 'a.conf')
    assert.equal(status, 1)
    assert.match(stdout, /^a\.conf:7:14: error: priority: 300 is outside 1 to 255$/m)
    assert.match(stdout, /\na\.conf: 2 errors; failoverd starts with what is right, and a reload takes over nothing\n$/)
  })

  test('passes warnings, but with --strict', () => {
    written(`${INSTANCE}    track_interface {\n        eth1\n    }\n    native_ipv6\n}\n`)
    assert.equal(config('check', 'a.conf').status, 0)
    const { status, stdout } = config('check', '--strict', 'a.conf')
    assert.equal(status, 1)
    assert.match(stdout, /error: native_ipv6/)
  })

  test('gives the findings as JSON', () => {
    const path = written(`${INSTANCE}    priority 300\n}\n`)
    const { status, stdout } = config('check', '--json', 'a.conf')
    const { file, passes, starts, errors, diagnostics } = JSON.parse(stdout)
    assert.deepEqual([status, file, passes, starts, errors], [1, path, false, true, 1])
    assert.deepEqual([diagnostics[0].line, diagnostics[0].column, diagnostics[0].code], [7, 14, 'OUT_OF_RANGE'])
  })

  test('reads the lines of the id it is given', () => {
    written(`@west priority 300\n${INSTANCE}}\n`)
    assert.equal(config('check', '-i', 'east', 'a.conf').status, 0)
    assert.equal(config('check', '-i', 'west', 'a.conf').status, 1)
  })

  test('fails a file that is not there, and wrong usage is exit status 2', () => {
    const { status, stdout } = config('check', 'none.conf')
    assert.equal(status, 1)
    assert.match(
      stdout,
      /none\.conf: error: cannot read the configuration: missing\n.*failoverd does not start with it/,
    )
    assert.equal(config('check').status, 2)
    assert.equal(config('dance').status, 2)
  })
})

describe('failoverctl config fmt', () => {
  test('prints the file formatted, from a file or from standard input', () => {
    written('a{\nb }\n')
    assert.deepEqual([config('fmt', 'a.conf').stdout, config('fmt', 'a.conf').status], ['a {\n    b\n}\n', 0])
    const piped = spawnSync(process.execPath, [PROGRAM, 'config', 'fmt', '-'], { encoding: 'utf8', input: 'a{\nb }\n' })
    assert.equal(piped.stdout, 'a {\n    b\n}\n')
  })

  test('only says with --check whether it would change', () => {
    const path = written('a{\nb }\n')
    const { status, stdout } = config('fmt', '--check', 'a.conf')
    assert.deepEqual([status, stdout], [1, 'a.conf would be formatted\n'])
    assert.equal(readFileSync(path, 'utf8'), 'a{\nb }\n')
    written('a {\n    b\n}\n')
    assert.equal(config('fmt', '--check', 'a.conf').status, 0)
    assert.equal(config('fmt', '--check', '--write', 'a.conf').status, 2)
  })

  test('writes back with --write, keeping the mode, a link and comments in an old encoding', () => {
    const path = written(Buffer.from('a{ # gr\xfc\xdfe\xa0\nb }\n', 'latin1'))
    chmodSync(path, 0o640)
    symlinkSync('a.conf', join(folder, 'link.conf'))
    assert.equal(config('fmt', '--write', 'link.conf').status, 0)
    assert.equal(readFileSync(path, 'latin1'), 'a { # gr\xfc\xdfe\xa0\n    b\n}\n')
    assert.equal(statSync(path).mode & 0o777, 0o640)
    assert.deepEqual(readdirSync(folder).sort(), ['a.conf', 'link.conf'])
  })

  test('leaves a file with a brace too few as it is, and says where', () => {
    const path = written('vrrp_instance A {\n  state MASTER\n')
    const { status, stdout, stderr } = config('fmt', '--write', 'a.conf')
    assert.deepEqual([status, stdout], [1, ''])
    assert.match(
      stderr,
      /^a\.conf:1:17: error: vrrp_instance A, opened on line 1, is never closed[\s\S]*not formatted\n$/,
    )
    assert.equal(readFileSync(path, 'utf8'), 'vrrp_instance A {\n  state MASTER\n')
  })

  test('fails for a file that is not there', () => {
    const { status, stderr } = config('fmt', 'none.conf')
    assert.equal(status, 1)
    assert.match(stderr, /CONFIG_FILE.*none\.conf/)
  })
})

describe('failoverctl config reference', () => {
  test('says what a keyword does, in text or as JSON, and outlines them all', () => {
    assert.match(config('reference', 'priority', '--block', 'vrrp_instance').stdout, /^priority number 1 to 255\n/)
    const [entry] = JSON.parse(config('reference', 'priority', '--block', 'vrrp_instance', '--json').stdout)
    assert.deepEqual([entry.name, entry.default, entry.blocks], ['priority', '100', ['vrrp_instance']])
    assert.match(config('reference').stdout, /^vrrp_instance\n {4}state, /m)
  })

  test('guesses what an unknown word was meant to be', () => {
    const { status, stderr } = config('reference', 'prioritty')
    assert.equal(status, 2)
    assert.match(stderr, /there is no keyword prioritty; did you mean priority\?/)
    assert.match(
      config('reference', 'priority', '--block', 'SSL').stderr,
      /priority is none of SSL, but of vrrp_instance/,
    )
    assert.match(
      config('reference', '--block', 'vrrp_instanc').stderr,
      /no block vrrp_instanc; did you mean vrrp_instance/,
    )
  })
})
