import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { mustRun, runCommand } from '../../cli/lab/commands.ts'
import { switchOn } from '../../cli/lab/machine.ts'
import { createSegment, removeLeftovers } from '../../cli/lab/segment.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PREFIX = `fo${process.pid}-lab`
const start = (...args: string[]) => runCommand([process.execPath, `${ROOT}cli/start.ts`, ...args])
const namespaces = async () => (await runCommand(['ip', 'netns', 'list'])).stdout

/** A process that has ended and was waited for: its id belongs to nobody. */
async function deadPid(): Promise<number> {
  const { stdout } = await runCommand(['bash', '-c', 'echo $$'])
  return Number(stdout)
}

after(async () => {
  for (const name of (await namespaces()).match(new RegExp(`^${PREFIX}\\S*`, 'gm')) ?? [])
    await runCommand(['ip', 'netns', 'delete', name])
})

test('namespaces of a lab that was killed are removed, those of a living one stay', async () => {
  const dead = `fo${await deadPid()}-lab-vos1`
  const alive = `${PREFIX}-alive`
  await mustRun(['ip', 'netns', 'add', dead])
  await mustRun(['ip', 'netns', 'add', alive])
  assert((await removeLeftovers()).includes(dead))
  const left = await namespaces()
  assert(!left.includes(dead))
  assert(left.includes(alive))
})

test('a machine has its own name and address, and is gone with its processes in an instant', async () => {
  const segment = await createSegment(`${PREFIX}-m`)
  try {
    const machine = await switchOn(segment, 'vos3')
    assert.equal((await machine.run(['hostname'])).stdout, 'vos3\n')
    const addresses = (await machine.run(['ip', '-o', '-4', 'address'])).stdout
    assert.match(addresses, /eth0\s+inet 192\.168\.105\.203\/24/)
    assert.match(addresses, /lo\s+inet 192\.168\.105\.211\/32/)
    const sleeper = machine.spawn(['sleep', '600'])
    const before = performance.now()
    const ended = once(sleeper, 'exit')
    await machine.switchOff()
    await ended
    assert(performance.now() - before < 5_000)
    assert(!(await namespaces()).includes(`${PREFIX}-m-vos3`))
  } finally {
    await segment.close()
  }
})

test('a machine that is started again has lost what it had in /run and in its kernel', async () => {
  const segment = await createSegment(`${PREFIX}-r`)
  try {
    const first = await switchOn(segment, 'vos1')
    await first.run(['bash', '-c', 'touch /run/mark; ip address add 192.168.105.211/32 dev eth0'])
    await first.switchOff()
    const second = await switchOn(segment, 'vos1')
    assert.equal((await second.run(['ls', '/run'])).stdout, '')
    assert.doesNotMatch((await second.run(['ip', '-o', '-4', 'address'])).stdout, /105\.211/)
    await second.switchOff()
  } finally {
    await segment.close()
  }
})

test('npm start says what it can do', async () => {
  const { status, stdout } = await start('--help')
  assert.equal(status, 0)
  for (const word of ['--stay', '-f FILE', '--vos1 keepalived']) assert(stdout.includes(word), word)
})

test('npm start with an option it does not know, or a director nobody knows, says so and does nothing', async () => {
  const unknown = await start('--stya')
  assert.equal(unknown.status, 2)
  assert.match(unknown.stderr, /--stya/)
  const director = await start('--vos1', 'pacemaker')
  assert.equal(director.status, 2)
  assert.match(director.stderr, /failoverd or keepalived/)
})

test('npm start with a configuration file hands everything to the daemon', async () => {
  const good = await start('-t', '-f', `${ROOT}cli/lab/configs/vos1.conf`)
  assert.equal(good.status, 0, good.stderr)
  const absent = await start('-t', '-f', '/nowhere/keepalived.conf')
  assert.notEqual(absent.status, 0)
  assert.match(absent.stderr, /nowhere/)
})
