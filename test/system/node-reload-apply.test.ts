import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { configText, type TestNode } from './node-daemon.ts'
import { type NodeStage, openNodeStage, START_MS, SUITE_MS, UNABLE } from './node-stage.ts'
import { until } from './node-until.ts'

const VIP = '192.168.105.211'
const SECRET = 'Zq9xMark'
const CONTROL = fileURLToPath(new URL('../../dist/cli/failoverctl.js', import.meta.url))
const RECORDED = fileURLToPath(new URL('node-reload-recorded.ts', import.meta.url))

describe('failoverctl config apply', { skip: UNABLE, timeout: SUITE_MS }, () => {
  let stage: NodeStage
  let node: TestNode

  before(async () => {
    stage = await openNodeStage(['vos1'])
    node = stage.node('vos1')
  })
  after(() => stage.close())

  const apply = async (...args: string[]) => {
    const { status, stdout, stderr } = await node.machine.run([
      process.execPath,
      CONTROL,
      '--state-dir',
      node.stateDir,
      'config',
      'apply',
      ...args,
    ])
    return { status, text: stdout + stderr }
  }
  const events = async (type: string) => ((await node.log()) ?? []).filter((event) => event.type === type)
  const text = (weight: number) =>
    configText({ priority: 150, addresses: [VIP], weight }).replace('auth_pass 1111', `auth_pass ${SECRET}`)

  test('says that nothing runs, before the node does', async () => {
    const { status, text: said } = await apply()
    assert.equal(status, 1)
    assert.match(said, /NODE_UNKNOWN|no node has run/)
  })

  test('finds the configuration of the first start in the log, its password masked', async () => {
    writeFileSync(node.configFile, text(1))
    node.start()
    await until('the VIP is there', START_MS, () => node.holds())
    const { data } = await node.untilEvent('the record', START_MS, ({ type }) => type === 'ConfigRecorded')
    const config = JSON.parse(String(data.text))
    assert.equal(config.instances[0].name, 'VI_1')
    assert.equal(config.instances[0].authentication.password, '****')
    assert.equal((await apply()).status, 0)
    assert.equal((await events('ConfigRecorded')).length, 1)
  })

  test('has the node take over its own file, shows what changes, and waits for its word', async () => {
    writeFileSync(node.configFile, text(2))
    const { status, text: said } = await apply()
    assert.equal(status, 0, said)
    assert.match(said, /real_server 192.168.105.203: weight 1 -> 2/)
    assert.match(said, /applied: configuration [0-9a-f]{16} is in force on vos1/)
    const [applied] = await events('ConfigApplied')
    assert.deepEqual(applied?.data.differences, [
      `changed virtual_server ${VIP} 80 TCP real_server 192.168.105.203 80 weight: 1 -> 2`,
    ])
    assert.equal((await events('ConfigRecorded')).length, 2)
    const last = await node.machine.run([process.execPath, RECORDED, node.stateDir])
    assert.equal(last.stdout, applied?.data.digest, 'a restart finds it, and records it no more')
  })

  test('says that the same file is no change, and asks for nothing', async () => {
    const { status, text: said } = await apply(node.configFile)
    assert.deepEqual([status, said.startsWith('no change')], [0, true], said)
    assert.equal((await events('ConfigApplied')).length, 1)
  })

  test('changes nothing with a file that has errors, and shows them', async () => {
    const broken = `${node.configFile}.broken`
    writeFileSync(broken, text(3).replace('priority 150', 'priority 350').replace(SECRET, `${SECRET} {`))
    const { status, text: said } = await apply('--replace', broken)
    assert.equal(status, 1)
    assert.match(said, /broken:\d+:\d+: error: priority/)
    assert.equal(readFileSync(node.configFile, 'utf8'), text(2))
    writeFileSync(node.configFile, readFileSync(broken))
    node.signal('supervisor', 'SIGHUP')
    await node.untilEvent('the rejection', START_MS, ({ type }) => type === 'ConfigRejected')
    writeFileSync(node.configFile, text(2))
    assert.deepEqual(
      [(await events('ConfigApplied')).length, (await events('ConfigRecorded')).length, await node.holds()],
      [1, 2, true],
    )
  })

  test('replaces the node’s file only when told to, keeping what it was, its mode, and its owner', async () => {
    const next = `${node.configFile}.next`
    writeFileSync(next, text(4))
    chmodSync(node.configFile, 0o640)
    const refused = await apply(next)
    assert.equal(refused.status, 2)
    assert.match(refused.text, /--replace/)
    const { status, text: said } = await apply('--replace', next)
    assert.equal(status, 0, said)
    assert.equal(readFileSync(node.configFile, 'utf8'), text(4))
    assert.equal(readFileSync(`${node.configFile}.bak`, 'utf8'), text(2))
    assert.equal(statSync(node.configFile).mode & 0o777, 0o640)
  })

  test('works without the event log, by what the services are told', async () => {
    node.signal('nats-server', 'SIGSTOP')
    writeFileSync(node.configFile, text(5))
    const { status, text: said } = await apply()
    node.signal('nats-server', 'SIGCONT')
    assert.equal(status, 0, said)
    assert.match(said, /applied: configuration/)
  })

  test('leaves no password in the log, in what waits for it, or in what the daemon says', async () => {
    const files = filesIn(node.stateDir).filter((path) => !path.startsWith(join(node.stateDir, 'run')))
    const holding = (word: string) => files.filter((path) => readFileSync(path).includes(word))
    assert.notDeepEqual(holding('ConfigRecorded'), [], 'the log is where it is looked for')
    assert.deepEqual(holding(SECRET), [])
    assert.ok(!node.lastWords().includes(SECRET))
  })

  function filesIn(folder: string): string[] {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  }
})
