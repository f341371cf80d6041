import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { exitStatus } from '#platform/config/findings/diagnostic.ts'
import { loadConfig } from '#platform/config/load.ts'
import { insecurePart, insecurePartLater } from '#platform/script-security.ts'
import { parse } from './config/parse.ts'

const NO_ROOT = process.getuid?.() === 0 ? false : 'giving files to somebody else needs root'
const NOBODY = 65_534

const folder = mkdtempSync(join(tmpdir(), 'failoverd-scripts-'))
chmodSync(folder, 0o755)
after(() => rmSync(folder, { recursive: true }))

/** A script in a folder of its own; modes in octal, owners by number. */
function script(
  name: string,
  { mode = 0o755, folderMode = 0o755, owner = 0, group = 0, folderOwner = 0 } = {},
): string {
  const path = join(folder, name, 'run.sh')
  mkdirSync(dirname(path))
  writeFileSync(path, '#!/bin/sh\n')
  chmodSync(path, mode)
  chmodSync(dirname(path), folderMode)
  if (NO_ROOT === false) chownSync(path, owner, group)
  if (NO_ROOT === false) chownSync(dirname(path), folderOwner, 0)
  return path
}

const secure = script('secure')
const SECURITY = 'script_user root\nenable_script_security'

/** What a test of this configuration says: `line:column CODE message`, and its exit status. */
function check(globals: string, command: string) {
  const path = join(folder, 'c.conf')
  const addresses = 'virtual_ipaddress {\n192.0.2.9\n}'
  const instance = `vrrp_instance v {\ninterface eth0\nvirtual_router_id 5\n${addresses}\nnotify_master ${command}\n}`
  writeFileSync(path, `${instance}\nglobal_defs {\n${globals}\n}\n`)
  const { config, diagnostics } = loadConfig(path, { configId: 'x' })
  const said = diagnostics.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`)
  return { said: said.map((text) => text.replaceAll(folder, '')), status: exitStatus(diagnostics, config) }
}

test('the parser tells where scripts are named, and leaves out what is not in force', () => {
  const text =
    'vrrp_script chk {\n script /bin/chk\n}\nvrrp_instance v {\n  notify   "/bin/x a" bob\n notify_deleted /bin/y\n}'
  const { scripts } = parse(text)
  assert.deepEqual(
    scripts.map(({ keyword, script: { argv }, at: { line, column } }) => [keyword, argv, line, column]),
    [
      ['script', ['/bin/chk'], 2, 9],
      ['notify', ['/bin/x', 'a'], 5, 13],
    ],
  )
})

test('a script that cannot be run is an error at its place', () => {
  const plain = script('plain', { mode: 0o644 })
  const reasons = [
    ['/none/x.sh', '/none/x.sh does not exist'],
    ['no-such-program -v', 'no-such-program does not exist in any folder of PATH'],
    [dirname(secure), '/secure is a directory'],
    [plain, '/plain/run.sh is not executable for root'],
    [`${secure} no-such-user`, 'there is no user no-such-user'],
  ]
  for (const [command = '', reason] of reasons) {
    const { said, status } = check(SECURITY, command)
    assert.deepEqual(said, [`7:15 SCRIPT_DISABLED notify_master: ${reason}; it is not run`])
    assert.equal(status, 5)
  }
})

test('an account that does not exist is one error at its name, whatever runs under it', () => {
  assert.deepEqual(check('script_user no-such-user', `${secure}\nnotify_backup ${secure}`).said, [
    '11:13 SCRIPT_ACCOUNT script_user: there is no user no-such-user; scripts that name no user are not run',
  ])
  assert.match(
    check('script_user root no-such-group', 'sh').said.join(),
    /script_user: there is no group no-such-group/,
  )
  const named = check('script_user no-such-user', `${secure} root`).said
  assert.ok(
    named.some((text) => text.includes('SCRIPT_SECURITY')),
    'the other script runs, and is looked at',
  )
})

test('the accounts of tracked scripts and of checks exist, too', () => {
  const path = join(folder, 'users.conf')
  const misc = (user: string) => `real_server 192.0.2.9 80 {\nMISC_CHECK {\nmisc_path /bin/true\nuser ${user}\n}\n}\n`
  const service = (user: string) => `virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\n${misc(user)}}\n`
  const said = (user: string) => {
    writeFileSync(path, `vrrp_script s {\nscript /bin/true\nuser ${user}\n}\n${service(user)}`)
    const { diagnostics } = loadConfig(path, { configId: 'x' })
    return diagnostics.filter(({ code }) => code === 'SCRIPT_ACCOUNT').map(({ line, message }) => `${line} ${message}`)
  }
  assert.deepEqual(said('no-such-user'), [
    '3 user: there is no user no-such-user; the script is not run',
    '11 user: there is no user no-such-user; the check is left out',
  ])
  assert.deepEqual(said('root root'), [])
})

test('a program without a path is looked for in PATH', () => assert.deepEqual(check(SECURITY, 'sh').said, []))

test('scripts without enable_script_security give status 6, as with keepalived', { skip: NO_ROOT }, () => {
  assert.deepEqual(check('script_user root', secure), {
    said: ['7:15 SCRIPT_SECURITY scripts are run without enable_script_security'],
    status: 6,
  })
  assert.deepEqual(check(SECURITY, secure), { said: [], status: 0 })
})

test('a missing script alone is no matter of security', () => {
  assert.equal(check('script_user root', '/none/x.sh').status, 5)
})

test('with enable_script_security root is not taken for want of another user', { skip: NO_ROOT }, () => {
  assert.match(
    check('enable_script_security', secure).said[0] ?? '',
    /SCRIPT_DISABLED .* would run as root for want of/,
  )
})

test('what somebody else could change is named, and what follows from it', { skip: NO_ROOT }, () => {
  const cases: [string, string][] = [
    [script('world', { mode: 0o777 }), '/world/run.sh may be written by everybody'],
    [script('owned', { owner: NOBODY }), '/owned/run.sh belongs to user 65534, not to root'],
    [script('grouped', { mode: 0o775, group: 12 }), '/grouped/run.sh may be written by group 12'],
    [script('open', { folderMode: 0o777 }), '/open may be written by everybody'],
    [script('theirs', { folderOwner: NOBODY, folderMode: 0o1755 }), '/theirs belongs to user 65534, not to root'],
  ]
  for (const [path, flaw] of cases) {
    const text = `7:15 SCRIPT_INSECURE notify_master: ${path.replace(folder, '')} runs as root, but ${flaw}`
    assert.deepEqual(check(SECURITY, path), { said: [`${text}; it is not run`], status: 5 })
    assert.ok(check('script_user root', path).said.includes(text))
    assert.equal(check('script_user root', path).status, 6)
  }
})

test('root’s own group and a sticky folder are no danger', { skip: NO_ROOT }, () => {
  assert.equal(insecurePart(script('rootgroup', { mode: 0o775 })), null)
  assert.equal(insecurePart(script('sticky', { folderMode: 0o1777 })), null)
})

test('the way of a link counts as well as what it leads to, looked at now or later', { skip: NO_ROOT }, async () => {
  const writable = join(folder, 'writable')
  mkdirSync(writable)
  chmodSync(writable, 0o777)
  symlinkSync(secure, join(writable, 'link'))
  symlinkSync('writable/link', join(folder, 'twice'))
  symlinkSync('secure', join(folder, 'fine'))
  symlinkSync('loop', join(folder, 'loop'))
  assert.equal(insecurePart(join(writable, 'link')), `${writable} may be written by everybody`)
  assert.equal(insecurePart(join(folder, 'twice')), `${writable} may be written by everybody`)
  assert.equal(insecurePart(join(folder, 'fine', 'run.sh')), null)
  assert.match(insecurePart(join(folder, 'loop')) ?? '', /too many links/)
  for (const path of [
    writable,
    ...['link', 'twice', 'fine/run.sh', 'loop', 'none/x'].map((name) => join(folder, name)),
  ])
    assert.equal(await insecurePartLater(path), insecurePart(path), path)
})

test('a script of somebody without power may lie anywhere, unless it carries root’s power itself', {
  skip: NO_ROOT,
}, () => {
  const path = script('powerless', { mode: 0o777 })
  assert.deepEqual(check(SECURITY, `${path} nobody`), { said: [], status: 0 })
  chmodSync(path, 0o4777)
  assert.match(check(SECURITY, `${path} nobody`).said[0] ?? '', /SCRIPT_INSECURE/)
})
