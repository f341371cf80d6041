import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { resolveAccount } from '#platform/accounts.ts'
import type { ScriptResult } from '#platform/script-process.ts'
import { processScripts } from '../../services/notifier/adapters/script.ts'
import type { ScriptRun } from '../../services/notifier/ports.ts'
import { until } from './bus-harness.ts'

const NO_ROOT = process.getuid?.() === 0 ? false : 'changing the user needs root'
let folder = ''
let out = ''
const warnings: string[] = []
const scriptsOf = (canSwitch: boolean, resolve = resolveAccount) =>
  processScripts({ canSwitch, resolve, warn: (message) => warnings.push(message) })

before(() => {
  folder = mkdtempSync(join(tmpdir(), `fo${process.pid}-scripts-`))
  chmodSync(folder, 0o777)
  out = join(folder, 'out')
})
after(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string, mode = 0o755): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

function run(argv: string[], more: Partial<ScriptRun> = {}, scripts = scriptsOf(false)): Promise<ScriptResult> {
  rmSync(out, { force: true })
  return new Promise((resolve) =>
    scripts.run({ argv, account: null, limitMs: null, mustBeSecure: false, umask: 0o177, ...more }, resolve),
  )
}

const lines = () => readFileSync(out, 'utf8').trim().split('\n')

test('a script gets its arguments, null devices and its own process group, and its status is told', async () => {
  const path = write(
    'record',
    `#!/bin/sh
{ for each in "$@"; do echo "$each"; done; readlink /proc/$$/fd/0 /proc/$$/fd/2; ps -o pgid= $$; echo $$; } > ${out}\nexit 7\n`,
  )
  assert.deepEqual(await run([path, 'a b', '', 'c']), { status: 7, detail: null })
  const [first, second, third, stdin, stderr, group, pid] = lines()
  assert.deepEqual([first, second, third, stdin, stderr], ['a b', '', 'c', '/dev/null', '/dev/null'])
  assert.equal(group?.trim(), pid)
})

test('the environment is ours without what would mislead the shell, the linker or a script in Node', async () => {
  const before = { ...process.env }
  Object.assign(process.env, { FO_KEPT: '1', LD_LIBRARY_PATH: '/x', LD_PRELOAD: '', IFS: 'x', NODE_OPTIONS: '' })
  await run([write('environment', `#!/bin/sh\nenv > ${out}\n`)])
  process.env = before
  const names = lines().map((line) => line.split('=')[0])
  assert.ok(names.includes('FO_KEPT'))
  for (const withheld of ['LD_LIBRARY_PATH', 'LD_PRELOAD', 'IFS', 'NODE_OPTIONS'])
    assert.ok(!names.includes(withheld), `${withheld} is there`)
})

test('files that a script creates are its user’s alone, and our own umask stays', async () => {
  const before = process.umask()
  await run([write('create', `#!/bin/sh\n: > ${out}\n`)])
  assert.equal(statSync(out).mode & 0o777, 0o600)
  assert.equal(process.umask(), before)
})

test('a script that a symbolic link leads to is started by the path as written', async () => {
  const link = join(folder, 'link')
  symlinkSync(write('target', `#!/bin/sh\necho "$0" > ${out}\n`), link)
  await run([link])
  assert.deepEqual(lines(), [link])
})

test('with umask in the configuration its files have the rights that it leaves', async () => {
  await run([write('create', `#!/bin/sh\n: > ${out}\n`)], { umask: 0o026 })
  assert.equal(statSync(out).mode & 0o777, 0o640)
})

test('a script without a #! line is read by the shell, as under keepalived', async () => {
  assert.deepEqual(await run([write('bare', `echo "$1" > ${out}\nexit 5\n`), 'word']), { status: 5, detail: null })
  assert.deepEqual(lines(), ['word'])
})

test('a missing file, a missing interpreter and a file without permission are told apart from a failure', async () => {
  const detail = async (path: string) => (await run([path])).detail ?? ''
  assert.match(await detail(join(folder, 'nothing')), /does not exist/)
  assert.match(await detail(write('odd', '#!/no/such/program\n')), /#! line/)
  assert.match(await detail(write('plain', '#!/bin/sh\n', 0o644)), /not executable/)
})

test('a script whose time is up is killed with everything it has started', async () => {
  const scripts = scriptsOf(false)
  const result = run([write('slow', `#!/bin/sh\nsleep 60 & echo $! > ${out}\nwait\n`)], { limitMs: 200 }, scripts)
  await scripts.limitedEnded()
  assert.deepEqual(await result, { status: null, detail: 'killed: it had 200 ms' })
  const [sleeper] = lines()
  // Nobody may have collected it yet.
  const isDead = () => !existsSync(`/proc/${sleeper}`) || /\) [ZX] /.test(readFileSync(`/proc/${sleeper}/stat`, 'utf8'))
  await until('what it started is dead', isDead, 2_000)
})

test('a script that ends by a signal says which', async () => {
  assert.deepEqual(await run([write('suicide', '#!/bin/sh\nkill -TERM $$\n')]), {
    status: null,
    detail: 'ended by SIGTERM',
  })
})

test('as root a script that others could change is run with one warning, and with security on it is not run', {
  skip: NO_ROOT,
}, async () => {
  const writable = join(folder, 'writable')
  mkdirSync(writable)
  chmodSync(writable, 0o777)
  const path = write('writable/run', '#!/bin/sh\nexit 3\n')
  // The folder of all these tests is writable too: it comes first on the way.
  chmodSync(folder, 0o755)
  const scripts = scriptsOf(true)
  const account = { user: 'root', group: null }
  const flaw = `${path} runs as root, but ${writable} may be written by everybody`
  warnings.length = 0
  assert.equal((await run([path], { account }, scripts)).status, 3)
  assert.equal((await run([path], { account }, scripts)).status, 3)
  assert.deepEqual(warnings, [`${flaw}; enable_script_security would not run it`])
  assert.deepEqual(await run([path], { account, mustBeSecure: true }, scripts), { status: null, detail: flaw })
  assert.equal((await run([path], { account: { user: 'nobody', group: null }, mustBeSecure: true }, scripts)).status, 3)
  assert.equal((await run(['/bin/true'], { account, mustBeSecure: true }, scripts)).status, 0)
  assert.match((await run(['/bin/true'], { mustBeSecure: true }, scripts)).detail ?? '', /root must be named/)
  chmodSync(folder, 0o777)
})

test('accounts are found by name, and what is missing is named', () => {
  const passwd = write('passwd', 'root:x:0:0::/:/bin/sh\nbob:x:1001:1002::/:/bin/sh\n')
  const files = { passwd, group: write('group', 'ops:x:77:\n') }
  const of = (user: string, group: string | null) => resolveAccount({ user, group }, true, files)
  assert.deepEqual(of('bob', null), { ok: true, ids: { uid: 1001, gid: 1002 } })
  assert.deepEqual(of('bob', 'ops'), { ok: true, ids: { uid: 1001, gid: 77 } })
  assert.deepEqual(of('eve', null), { ok: false, detail: 'there is no user eve' })
  assert.deepEqual(of('bob', 'none'), { ok: false, detail: 'there is no group none' })
})

test('the default account is keepalived_script where it exists, else root, else whoever we are', () => {
  const group = write('group', '')
  const without = { passwd: write('passwd', 'root:x:0:0::/:/bin/sh\n'), group }
  const having = { passwd: write('passwd2', 'keepalived_script:x:990:991::/:/bin/sh\n'), group }
  assert.deepEqual(resolveAccount(null, true, having), { ok: true, ids: { uid: 990, gid: 991 } })
  assert.deepEqual(resolveAccount(null, true, without), { ok: true, ids: { uid: 0, gid: 0 } })
  assert.deepEqual(resolveAccount(null, false, having), { ok: true, ids: null })
})

test('without the right to change the user a script for somebody else fails with that reason', async () => {
  const scripts = scriptsOf(false, () =>
    resolveAccount({ user: 'bob', group: null }, false, {
      passwd: write('passwd', 'bob:x:1001:1002::/:/bin/sh\n'),
      group: '/nonexistent',
    }),
  )
  assert.match((await run(['/bin/true'], {}, scripts)).detail ?? '', /cannot run as bob/)
})

test('an unprivileged notifier with its three capabilities starts scripts as root and as others', {
  skip: NO_ROOT,
}, () => {
  const child = join(import.meta.dirname, 'notifier-identity.ts')
  const closed = mkdtempSync(join(tmpdir(), `fo${process.pid}-closed-`))
  chmodSync(closed, 0o755)
  for (const [name, mode, group] of [
    ['root', 0o700, 0],
    ['group', 0o750, 12],
  ] as const) {
    mkdirSync(join(closed, name))
    writeFileSync(join(closed, name, 'x'), '#!/bin/sh\nexit 4\n', { mode: 0o755 })
    chownSync(join(closed, name), 0, group)
    chmodSync(join(closed, name), mode)
  }
  const { stdout, stderr } = spawnSync(process.execPath, [child, folder, closed], { encoding: 'utf8' })
  rmSync(closed, { recursive: true })
  assert.notEqual(stdout, '', stderr)
  assert.deepEqual(JSON.parse(stdout), {
    ownUid: 65705,
    root: '0 0 0 0177 mighty',
    nobody: '65534 65534 65534 0177 powerless',
    killed: 'killed: it had 200 ms',
    // Nobody but root gets there to change anything; of a folder for a group we cannot know.
    ofRoot: '4',
    ofGroup: `${join(closed, 'group', 'x')} runs as root, but what is in ${join(closed, 'group')} cannot be looked at`,
  })
})
