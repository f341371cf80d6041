/** A daemon that is started outside, and works in the network namespace that its configuration names. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NodeStatus } from '#schemas/status.ts'
import { UNABLE } from './node-stage.ts'
import { until } from './node-until.ts'

const NAME = 'failoverd-net-ns'
const VIP = '192.0.2.77'
const WITHIN_MS = 20_000
const program = (name: string) => fileURLToPath(new URL(`../../dist/cli/${name}.js`, import.meta.url))

const configText = (head: string) => `${head}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 200
    virtual_ipaddress {
        ${VIP}
    }
}
`

let folder = ''
let daemon: ChildProcess | null = null
let printed = ''

before(() => {
  if (UNABLE) return
  removeNamespace()
  folder = mkdtempSync(join(tmpdir(), 'failoverd-net-ns-'))
  run('ip', 'netns', 'add', NAME)
  inside('ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1')
  for (const device of ['eth0', 'eth1']) inside('ip', 'link', 'set', device, 'up')
  inside('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'eth0')
})

after(async () => {
  if (UNABLE) return
  if (daemon?.exitCode === null) {
    daemon.kill('SIGKILL')
    await once(daemon, 'exit')
  }
  removeNamespace()
  rmSync(folder, { recursive: true, force: true })
})

/** A run that was killed may have left it. */
function removeNamespace(): void {
  const names = run('ip', 'netns', 'list').split('\n')
  if (!names.some((line) => line.split(' ')[0] === NAME)) return
  const pids = run('ip', 'netns', 'pids', NAME).split('\n').filter(Boolean)
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
  run('ip', 'netns', 'delete', NAME)
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8' })
}

function inside(...command: string[]): string {
  return run('ip', 'netns', 'exec', NAME, ...command)
}

function configure(head: string): string {
  const path = join(folder, 'keepalived.conf')
  writeFileSync(path, configText(head))
  return path
}

function start(head: string): ChildProcess {
  const args = [program('failoverd'), '-n', '-f', configure(head), '--state-dir', join(folder, 'state')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (printed += String(text)))
  return child
}

function control(...args: string[]): string {
  return run(process.execPath, program('failoverctl'), '--state-dir', join(folder, 'state'), ...args)
}

test('instances run in the namespace, and failoverctl finds them from outside', { skip: UNABLE }, async () => {
  daemon = start(`net_namespace ${NAME}`)
  await until('the VIP in the namespace', WITHIN_MS, () => inside('ip', 'address').includes(VIP))
  assert.ok(!run('ip', 'address').includes(VIP), 'the VIP is outside as well')
  await until('a status with the bus', WITHIN_MS, () => {
    const { bus, instances } = NodeStatus.parse(JSON.parse(control('status', '--json')))
    return bus.state === 'connected' && instances[0]?.addresses[0]?.present === true
  })
})

test('a reload cannot take the daemon elsewhere, and says so', { skip: UNABLE }, async () => {
  configure('')
  daemon?.kill('SIGHUP')
  const refusal = /ConfigRejected.*net_namespace cannot change while failoverd runs/
  await until('the refusal in the log', WITHIN_MS, () => refusal.test(control('events', '--json')))
  assert.ok(inside('ip', 'address').includes(VIP))
})

test('at the stop nothing is left in it', { skip: UNABLE }, async () => {
  daemon?.kill('SIGTERM')
  const [status] = await once(daemon ?? assert.fail('no daemon'), 'exit')
  assert.equal(status, 0, printed)
  assert.ok(!inside('ip', 'address').includes(VIP))
})

test('a namespace that is not there ends the start with what to do', { skip: UNABLE }, async () => {
  const child = start('net_namespace failoverd-nowhere')
  printed = ''
  const [status] = await once(child, 'exit')
  assert.equal(status, 1)
  assert.match(printed, /there is no network namespace failoverd-nowhere: ip netns add failoverd-nowhere/)
})
