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
import { PLAIN } from '#platform/config/findings/diagnostic.ts'
import { type CheckOptions, checkConfig } from '../../cli/failoverctl/config-check.ts'
import { formatFile } from '../../cli/failoverctl/config-format.ts'
import { referenceOf } from '../../cli/failoverctl/config-reference.ts'
import { showConfig } from '../../cli/failoverctl/config-show.ts'

const PROGRAM = fileURLToPath(new URL('../../cli/failoverctl.ts', import.meta.url))
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failoverctl-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(args: string[], input = '') {
  return spawnSync(process.execPath, [PROGRAM, 'config', ...args], { encoding: 'utf8', cwd: folder, input })
}

function written(text: string | Buffer, name = 'a.conf'): string {
  const path = join(folder, name)
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

test('the program shows paths from the working directory, reads standard input, and ends with the status', () => {
  written(`${INSTANCE}    priority 300\n}\n`)
  const { status, stdout } = run(['check', 'a.conf'])
  assert.equal(status, 1)
  assert.match(stdout, /^a\.conf:7:14: error: priority: 300 is outside 1 to 255$/m)
  const formatted = run(['fmt', '-'], 'a{\nb }\n')
  assert.deepEqual([formatted.status, formatted.stdout], [0, 'a {\n    b\n}\n'])
  assert.equal(run(['dance']).status, 2)
  written(`${INSTANCE}}\n`, 'before.conf')
  const plan = run(['plan', '--exit-code', '--against', 'before.conf', 'a.conf'])
  assert.equal(plan.status, 1)
  assert.match(plan.stderr, /300 is outside 1 to 255/)
})

test('the program ends when all of its output has been read, however much that is', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `word${index}`)
  written(lines.join('\n'))
  const { stdout } = run(['fmt', 'a.conf'])
  assert.equal(stdout, `${lines.join('\n')}\n`)
})

describe('failoverctl config check', () => {
  const check = (path: string, options: Partial<CheckOptions> = {}) =>
    checkConfig(path, {
      strict: false,
      json: false,
      verbose: false,
      configId: 'x',
      allConfig: false,
      peer: [],
      look: PLAIN,
      ...options,
    })

  test('passes a good file, and says that it starts', () => {
    const path = written(`${INSTANCE}}\n`)
    assert.deepEqual(check(path), { status: 0, out: `${path}: no findings; failoverd starts with it\n`, err: '' })
  })

  test('fails a file with an error, and says at the end what a start and a reload would do', () => {
    const { status, out } = check(written(`${INSTANCE}    priority 300\n    prioritty 1\n}\n`))
    assert.equal(status, 1)
    assert.match(String(out), /: 2 errors; failoverd starts with what is right, and a reload takes over nothing\n$/)
  })

  test('passes warnings, but not the strict', () => {
    const path = written(`${INSTANCE}    native_ipv6\n}\n`)
    assert.equal(check(path).status, 0)
    const { status, out } = check(path, { strict: true })
    assert.equal(status, 1)
    assert.match(String(out), /error: native_ipv6/)
  })

  test('gives the findings as JSON', () => {
    const path = written(`${INSTANCE}    priority 300\n}\n`)
    const { status, out } = check(path, { json: true })
    const { file, passes, starts, errors, diagnostics } = JSON.parse(String(out))
    assert.deepEqual([status, file, passes, starts, errors], [1, path, false, true, 1])
    assert.deepEqual([diagnostics[0].line, diagnostics[0].column, diagnostics[0].code], [7, 14, 'OUT_OF_RANGE'])
  })

  test('reads the lines of the id it is given', () => {
    const path = written(`@west priority 300\n${INSTANCE}}\n`)
    assert.equal(check(path, { configId: 'east' }).status, 0)
    assert.equal(check(path, { configId: 'west' }).status, 1)
  })

  test('shows as much of a very wrong file as fits a screen, and all of it if asked for', () => {
    const path = written(`${INSTANCE}${'    prioritty 1\n    prioriti 2\n    priority x y\n'.repeat(50)}}\n`)
    const lines = (options: Partial<CheckOptions>) => String(check(path, options).out).split('\n').length
    assert.ok(lines({}) <= 40)
    const wrong = Array.from({ length: 150 }, (_, index) => `    priority ${index + 300}\n`).join('')
    const many = written(`${INSTANCE}${wrong}}\n`)
    assert.match(String(check(many).out), /^and 50 more; all of them: failoverctl config check --verbose$/m)
    assert.equal(String(check(many, { verbose: true }).out).match(/^ \d+ \| {5}priority/gm)?.length, 150)
  })

  test('fails a file that is not there', () => {
    const { status, out } = check(join(folder, 'none.conf'))
    assert.equal(status, 1)
    assert.match(String(out), /none\.conf: error: cannot read the configuration: missing\n.*does not start with it/)
  })
})

describe('failoverctl config fmt', () => {
  const format = (path: string, options: { check?: boolean; write?: boolean } = {}) => {
    const { status, out, err } = formatFile(path, { check: false, write: false, look: PLAIN, ...options })
    return { status, out: String(out), err }
  }

  test('gives the file formatted', () => {
    assert.deepEqual(format(written('a{\nb }\n')), { status: 0, out: 'a {\n    b\n}\n', err: '' })
  })

  test('only says with --check whether it would change', () => {
    const path = written('a{\nb }\n')
    assert.deepEqual(format(path, { check: true }), { status: 1, out: `${path} would be formatted\n`, err: '' })
    assert.equal(readFileSync(path, 'utf8'), 'a{\nb }\n')
    written('a {\n    b\n}\n')
    assert.deepEqual(format(path, { check: true }), { status: 0, out: '', err: '' })
  })

  test('writes back with --write, keeping the mode, a link and comments in an old encoding', () => {
    const path = written(Buffer.from('a{ # gr\xfc\xdfe\xa0\nb }\n', 'latin1'))
    chmodSync(path, 0o640)
    symlinkSync('a.conf', join(folder, 'link.conf'))
    assert.equal(format(join(folder, 'link.conf'), { write: true }).status, 0)
    assert.equal(readFileSync(path, 'latin1'), 'a { # gr\xfc\xdfe\xa0\n    b\n}\n')
    assert.equal(statSync(path).mode & 0o777, 0o640)
    assert.deepEqual(readdirSync(folder).sort(), ['a.conf', 'link.conf'])
  })

  test('leaves a file with a brace too few as it is, and says where', () => {
    const path = written('vrrp_instance A {\n  state MASTER\n')
    const { status, out, err } = format(path, { write: true })
    assert.deepEqual([status, out], [1, ''])
    assert.match(err, /a\.conf:1:17: error: vrrp_instance A, opened on line 1, is never closed[\s\S]*not formatted\n$/)
    assert.equal(readFileSync(path, 'utf8'), 'vrrp_instance A {\n  state MASTER\n')
  })

  test('fails for a file that is not there, and cannot write standard input back', () => {
    assert.throws(() => format(join(folder, 'none.conf')), { code: 'CONFIG_FILE' })
    assert.throws(() => format('-', { write: true }), { code: 'USAGE' })
  })
})

describe('failoverctl config reference', () => {
  test('says what a keyword does, in text or as JSON, and outlines them all', () => {
    const inInstance = { block: 'vrrp_instance', json: false }
    assert.match(referenceOf('priority', inInstance), /^priority number 1 to 255\n/)
    const [entry] = JSON.parse(referenceOf('priority', { ...inInstance, json: true }))
    const byState = '255 with state MASTER, or else 100'
    assert.deepEqual([entry.name, entry.default, entry.blocks], ['priority', byState, ['vrrp_instance']])
    assert.match(referenceOf(undefined, { json: false }), /^vrrp_instance\n {4}state, /m)
  })

  test('guesses what an unknown word was meant to be', () => {
    const unknown = (word: string | undefined, block?: string) => () =>
      referenceOf(word, { json: false, ...(block !== undefined && { block }) })
    assert.throws(unknown('prioritty'), { message: /no keyword prioritty; did you mean priority\?/, code: 'USAGE' })
    assert.throws(unknown('priority', 'SSL'), { message: /priority is none of SSL, but of vrrp_instance/ })
    assert.throws(unknown(undefined, 'vrrp_instanc'), { message: /no block vrrp_instanc; did you mean vrrp_instance/ })
  })
})

describe('failoverctl config show', () => {
  const show = (path: string, options: { json?: boolean; showSecrets?: boolean; configId?: string } = {}) => {
    const { status, out, err } = showConfig(path, { json: false, showSecrets: false, configId: 'x', ...options })
    return { status, out: String(out), err }
  }

  test('gives what a file says as JSON, with includes and defaults', () => {
    const path = written(`$IF=eth0\n@west include b.conf\n${INSTANCE}}\n`)
    written('global_defs {\n    router_id from-b\n}\n', 'b.conf')
    const { status, out } = show(path, { json: true, configId: 'west' })
    const { global_defs, vrrp_instance } = JSON.parse(out)
    assert.deepEqual([status, global_defs.router_id, vrrp_instance[0].priority], [0, 'from-b', 100])
  })

  test('gives it as a keepalived.conf with every default written out', () => {
    assert.match(show(written(`${INSTANCE}}\n`)).out, /^vrrp_instance VI_1 \{\n[\s\S]*^ {4}priority 100$/m)
  })

  test('masks secrets unless they are asked for', () => {
    const secret = 'authentication {\n auth_type PASS\n auth_pass hunter2\n }\n'
    const path = written(`${INSTANCE}    ${secret}}\n`)
    assert.match(show(path).out, /auth_pass \*{4}$/m)
    assert.doesNotMatch(show(path, { json: true }).out, /hunter2/)
    assert.match(show(path, { showSecrets: true }).out, /auth_pass hunter2$/m)
  })

  test('says when something is missing because it is wrong, and fails for a file that is not there', () => {
    assert.match(
      show(written(`${INSTANCE}    priority 300\n}\n`)).err,
      /a\.conf: 1 error; what it names is missing here/,
    )
    assert.equal(show(join(folder, 'none.conf')).status, 1)
  })
})
