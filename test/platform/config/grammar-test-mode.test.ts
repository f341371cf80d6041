import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runDaemon } from '../../../cli/failoverd/run.ts'
import { parse } from './parse.ts'
import { codes } from './read.ts'

const PROGRAM = fileURLToPath(new URL('../../../cli/failoverd.ts', import.meta.url))
const INSTANCE = 'vrrp_instance a {\n interface lo\n virtual_router_id 5\n virtual_ipaddress {\n  192.0.2.10\n }\n'
const CLEAN = `${INSTANCE}}\n`
const WARNED = `${INSTANCE} nonsense\n}\n`

/** A folder with this configuration in it, and what `-t` does there. */
function folderWith(t: TestContext, text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-test-mode-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'main.conf')
  writeFileSync(file, text)
  const messages = join(folder, 'messages')
  return {
    folder,
    messages,
    said: () => readFileSync(messages, 'utf8'),
    /** With `-tFILE`; the status. */
    test: (target = messages, ...more: string[]) =>
      runDaemon(['node', 'failoverd', `-t${target}`, '-f', file, ...more]),
  }
}

test('fact 56: messages go to standard error, or are appended to the file that stands right behind -t', async (t) => {
  const { folder, messages, said, test } = folderWith(t, WARNED)
  const direct = spawnSync(process.execPath, [PROGRAM, '-t', '-f', join(folder, 'main.conf')], { encoding: 'utf8' })
  assert.deepEqual([direct.stdout, direct.status], ['', 5])
  assert.match(direct.stderr, /main\.conf:7:2: error: nonsense/)
  writeFileSync(messages, 'before\n')
  assert.equal(await test(), 5)
  assert.match(said(), /^before\n.*main\.conf:7:2: error: nonsense/s)
})

test('fact 56: the file for messages is never reached through a link', async (t) => {
  const { folder, test } = folderWith(t, WARNED)
  const target = join(folder, 'elsewhere')
  writeFileSync(target, '')
  symlinkSync(target, join(folder, 'link'))
  await test(join(folder, 'link'))
  assert.equal(readFileSync(target, 'utf8'), '')
})

test('fact 37: -e makes the start fail where an include finds nothing', async (t) => {
  const { messages, said, test } = folderWith(t, `${CLEAN}include none.conf\n`)
  assert.deepEqual([await test(), await test(messages, '-e'), await test(messages, '--all-config')], [0, 6, 6])
  assert.match(said(), /main\.conf:8:9: error: there is no file/)
})

test('fact 57: the status is 0 when clean, 2, 4 or 6 when it cannot run, and 5 when it runs in spite of complaints', () => {
  const status = (text: string) => parse(text).status
  assert.deepEqual([status(CLEAN), status(WARNED)], [0, 5])
  assert.equal(status(`${INSTANCE} priority\n}\n`), 2)
  assert.equal(status(`${CLEAN}includem none\n`), 6)
})

test('fact 58: the gravest finding decides about the status (in keepalived the most lenient one)', () => {
  assert.equal(parse(`${WARNED}includem none\n`).status, 6)
  assert.equal(parse(`${INSTANCE} priority\n nonsense\n}\n`).status, 2)
})

test('fact 59: a scheduler and a method that are not written down are complaints, and so are words out of use', () => {
  const server = (statements: string) =>
    parse(`virtual_server 192.0.2.1 80 {\n protocol TCP\n${statements} real_server 192.0.2.9 80 {\n }\n}\n`)
  assert.equal(server(' lvs_sched rr\n lvs_method NAT\n').status, 0)
  const silent = server('')
  assert.deepEqual([codes(silent).toSorted(), silent.status], [['NO_LVS_METHOD', 'NO_LVS_SCHED'], 5])
  const old = server(' lb_algo rr\n lb_kind NAT\n ops\n')
  assert.equal(old.config?.virtualServers.length, 1)
})

test('fact 60: the name of the mail server is looked up, and a test says when that leads nowhere', async (t) => {
  const mail = (host: string) => `global_defs {\n notification_email {\n  a@example.com\n }\n smtp_server ${host}\n}\n`
  const { messages, said, folder, test } = folderWith(t, `${mail('none.invalid')}${CLEAN}`)
  assert.equal(await test(), 5)
  assert.match(said(), /main\.conf:5:14: warning: smtp_server: none\.invalid has no address/)
  for (const host of ['localhost', '192.0.2.25']) {
    writeFileSync(join(folder, 'main.conf'), `${mail(host)}${CLEAN}`)
    assert.equal(await test(messages), 0, host)
  }
})

test('fact 60: scripts are looked up, and nothing is changed but the file for messages', async (t) => {
  const { folder, said, test } = folderWith(t, `${INSTANCE} notify /nowhere/script\n}\n`)
  assert.equal(await test(), 5)
  assert.match(said(), /\/nowhere\/script does not exist/)
  assert.deepEqual(readdirSync(folder).toSorted(), ['main.conf', 'messages'])
})
