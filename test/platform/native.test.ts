import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { isErrno } from '#platform/errors.ts'
import { ipBytes, ipText } from '#platform/native/ip.ts'
import { dropPrivileges } from '#platform/native/privileges.ts'
import { watchExit } from '#platform/native/process.ts'
import {
  AF_NETLINK,
  controlMessages,
  encodeControl,
  ipOfSockaddr,
  SOCK_RAW,
  sockaddrIp,
  sockaddrNl,
} from '#platform/native/sockaddr.ts'
import { openSocket } from '#platform/native/socket.ts'

/** A dump of all links: nlmsghdr, then struct ifinfomsg of zeros. */
const dumpLinks = Buffer.from('20000000120001030100000000000000'.padEnd(64, '0'), 'hex')

test('an address is the same after a trip through bytes', () => {
  const texts = [
    '192.0.2.1',
    '0.0.0.0',
    '::',
    '::1',
    'fe80::1',
    '2001:db8::1:0:0:1',
    '2001:db8:1:2:3:4:5:6',
    'ff02::12',
    '1::',
  ]
  for (const text of texts) assert.equal(ipText(ipBytes(text)), text)
})

test('IPv6 text is shortened at its longest run of zeros, and a single zero group is kept', () => {
  assert.equal(ipText(ipBytes('2001:db8:0:0:1:0:0:0')), '2001:db8:0:0:1::')
  assert.equal(ipText(ipBytes('2001:db8:0:1:1:1:1:1')), '2001:db8:0:1:1:1:1:1')
  assert.equal(ipText(ipBytes('::ffff:192.0.2.1')), '::ffff:c000:201')
  assert.equal(ipText(ipBytes('fe80::1%eth0')), 'fe80::1')
})

test('text that is no address is refused with a code', () => {
  assert.throws(() => ipBytes('192.0.2.300'), { code: 'ADDRESS_INVALID' })
})

test('socket addresses have the layout of the kernel', () => {
  assert.equal(sockaddrIp('192.0.2.1', 80).toString('hex'), '02000050c00002010000000000000000')
  assert.equal(sockaddrIp('fe80::1', 0, 3).toString('hex'), `0a00000000000000fe80${'00'.repeat(13)}0103000000`)
  assert.equal(ipOfSockaddr(sockaddrIp('2001:db8::1')), '2001:db8::1')
  assert.equal(ipOfSockaddr(sockaddrNl()), null)
})

test('control messages can be read back, whatever their padding', () => {
  const messages = [
    { level: 0, type: 2, data: Buffer.from([255, 0, 0, 0]) },
    { level: 41, type: 52, data: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9]) },
  ]
  assert.deepEqual(controlMessages(Buffer.concat(messages.map(encodeControl))), messages)
})

test('a failed call throws an error that isErrno knows', () => {
  assert.throws(
    () => openSocket(99, SOCK_RAW, 0),
    (cause) => isErrno(cause, 'EAFNOSUPPORT'),
  )
})

test('receiving from an empty socket says so instead of waiting', () => {
  const socket = openSocket(AF_NETLINK, SOCK_RAW, 0)
  assert.equal(socket.receive(4096, 0), null)
  socket.close()
})

test('a socket may be closed inside its own listener, twice', async () => {
  const socket = openSocket(AF_NETLINK, SOCK_RAW, 0)
  await new Promise<void>((resolve) => {
    const onMessage = () => {
      socket.close()
      socket.close()
      resolve()
    }
    socket.watch({ batch: 16, size: 32_768, controlSize: 0, onMessage, onError: assert.fail })
    socket.send(dumpLinks)
  })
})

test('messages arrive in order, also when a listener drains while a batch is being handed out', async () => {
  const socket = openSocket(AF_NETLINK, SOCK_RAW, 0)
  const sequences: number[] = []
  // Ten requests that do nothing but ask for an acknowledgement.
  const request = (sequence: number) => {
    const message = Buffer.from('10000000010005000000000000000000', 'hex')
    message.writeUInt32LE(sequence, 8)
    return message
  }
  await new Promise<void>((resolve) => {
    const onMessage = ({ data }: { data: Buffer }) => {
      sequences.push(data.readUInt32LE(8))
      if (sequences.length === 2) socket.drain()
      if (sequences.length === 10) resolve()
    }
    socket.watch({ batch: 4, size: 4_096, controlSize: 0, onMessage, onError: assert.fail })
    for (let sequence = 1; sequence <= 10; sequence += 1) socket.send(request(sequence))
  })
  socket.close()
  assert.deepEqual(sequences, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('an exception in a listener reaches uncaughtException', () => {
  const run = inNode(`
    process.on('uncaughtException', (thrown) => { console.log(thrown.message); process.exit(3) })
    socket.watch({ batch: 1, size: 32768, controlSize: 0, onMessage() { throw new Error('boom') }, onError() {} })
    socket.send(Buffer.from('${dumpLinks.toString('hex')}', 'hex'))`)
  assert.equal(run.status, 3, run.stderr)
  assert.match(run.stdout, /boom/)
})

test('a process with an open watch can exit, and one that the watch does not hold ends by itself', () => {
  const watch = 'socket.watch({ batch: 1, size: 64, controlSize: 0, onMessage() {}, onError() {} });'
  assert.equal(inNode(`${watch} process.exit(0)`).status, 0)
  assert.equal(inNode(`${watch} socket.ref(false)`).status, 0)
})

test('a worker with an open watch can be terminated', async () => {
  const worker = new Worker(
    `import('${socketModule}').then(({ openSocket }) => {
      openSocket(16, 3, 0).watch({ batch: 1, size: 64, controlSize: 0, onMessage() {}, onError() {} })
      require('node:worker_threads').parentPort.postMessage(1)
    })`,
    { eval: true },
  )
  await once(worker, 'message')
  await worker.terminate()
})

test('the end of a process is reported once, also when it had ended before', async () => {
  const child = spawn('sleep', ['1000'])
  const pid = child.pid ?? assert.fail('no process id')
  const ended = new Promise<void>((resolve) => void watchExit(pid, resolve))
  child.kill('SIGKILL')
  await ended
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  await new Promise<void>((resolve) => void watchExit(pid, resolve))
})

test('a closed watch of a process reports nothing and holds nobody up', () => {
  const run = inNode(`
    const { watchExit } = await import('${socketModule.replace('socket.ts', 'process.ts')}')
    watchExit(process.ppid, () => console.log('ended')).close()`)
  assert.equal(run.status, 0, run.stderr)
  assert.equal(run.stdout, '')
})

test('dropping privileges changes every thread and keeps only the named capabilities', { skip: notRoot() }, () => {
  const run = inNode(`
    const { readFileSync, readdirSync } = await import('node:fs')
    const { dropPrivileges } = await import('${socketModule.replace('socket.ts', 'privileges.ts')}')
    dropPrivileges({ uid: 65534, gid: 65534, capabilities: ['CAP_NET_RAW'] })
    const status = (task) => readFileSync('/proc/self/task/' + task + '/status', 'utf8')
    const field = (task, name) => status(task).match(new RegExp('^' + name + ':[ \\\\t]*(.*)$', 'm'))[1].replace(/\\s+/g, ' ')
    const tasks = readdirSync('/proc/self/task')
    console.log(JSON.stringify({
      uids: [...new Set(tasks.map((task) => field(task, 'Uid') + field(task, 'Gid') + field(task, 'Groups')))],
      main: [field(process.pid, 'CapEff'), field(process.pid, 'CapPrm'), field(process.pid, 'CapInh')],
      others: [...new Set(tasks.filter((task) => Number(task) !== process.pid).map((task) => field(task, 'CapPrm')))],
    }))
    openSocket(2, 3, 112).close()`)
  assert.equal(run.status, 0, run.stderr)
  assert.deepEqual(JSON.parse(run.stdout), {
    uids: ['65534 65534 65534 6553465534 65534 65534 65534'],
    main: ['0000000000002000', '0000000000002000', '0000000000000000'],
    others: ['0000000000000000'],
  })
})

test('an unknown capability is refused before anything is dropped', () => {
  const identity = { uid: 65534, gid: 65534, capabilities: ['CAP_NET_EVERYTHING'] }
  assert.throws(() => dropPrivileges(identity), { code: 'PRIVILEGES', message: /CAP_NET_EVERYTHING/ })
})

const socketModule = new URL('../../platform/native/socket.ts', import.meta.url).pathname

function inNode(code: string): { status: number | null; stdout: string; stderr: string } {
  const source = `import { openSocket } from '${socketModule}'\nconst socket = openSocket(16, 3, 0)\n${code}`
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' })
}

function notRoot(): string | false {
  return process.getuid?.() === 0 ? false : 'needs root'
}
