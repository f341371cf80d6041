/** A machine: namespaces for network, processes, mounts and host name, so that it can be switched off as a machine is. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { HaError, isErrno } from '#platform/errors.ts'
import { type Outcome, runCommand } from './commands.ts'
import { COMPILE_CACHE } from './compile-cache.ts'
import { bootLines, type HostName } from './hosts.ts'
import { eachLine } from './lines.ts'
import type { Segment } from './segment.ts'

export type LabProcess = ChildProcessByStdio<null, Readable, Readable>

export interface Machine {
  host: HostName
  /** Pid of the machine's init, as the lab sees it. */
  pid: number
  /** Starts a program on the machine; absolute paths. */
  spawn(argv: readonly string[], env?: NodeJS.ProcessEnv): LabProcess
  /** Runs a program on the machine to its end. */
  run(argv: readonly string[]): Promise<Outcome>
  /** What to type outside to get onto the machine. */
  door: string
  /** SIGKILL to every process and link down, in the same instant; then the machine's kernel state is gone as well. */
  switchOff(): Promise<void>
}

/** Switches a machine on and waits until its interface is up. Its disk is the lab's; its /run is empty each time. */
export async function switchOn(segment: Segment, host: HostName): Promise<Machine> {
  await segment.plug(host)
  // Every link of the chain dies with the one before: lab, wrapper, init, and with the init all its processes.
  const wrapper = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'ip', 'netns', 'exec', segment.namespaceOf(host)],
      ...['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts', 'bash', '-c', initScript(host)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const ended = once(wrapper, 'exit')
  await untilReady(wrapper, host)
  const pid = childrenOf(wrapper)[0]
  if (pid === undefined) throw new HaError('LAB_MACHINE', `${host} ended while it was switched on`)
  // The root goes with the mounts: under a chroot the mount namespace alone would lead outside of it.
  const door = ['nsenter', '--target', String(pid), '--net', '--mount', '--pid', '--uts', '--root', '--']
  return {
    host,
    pid,
    spawn(argv, env = { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE }) {
      const [program = '', ...args] = [...door, ...argv]
      return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    },
    run: (argv) => runCommand([...door, ...argv]),
    door: `nsenter -t ${pid} -n -m -p -u -r bash`,
    async switchOff() {
      // In this order, and to each by itself: a program that lives to see its link go would still write to its disk.
      for (const one of pidsBesides(pid)) killNow(one)
      segment.cutLink(host)
      await ended
      await segment.remove(host)
    },
  }
}

/** The init: sets the machine up, then only reaps what its processes leave behind. */
function initScript(host: HostName): string {
  return [
    'set -e',
    'mount -t tmpfs tmpfs /run',
    `echo ${host} > /proc/sys/kernel/hostname`,
    ...bootLines(host),
    'echo ready',
    'exec >/dev/null 2>&1',
    'while :; do sleep 86400 & wait $!; done',
  ].join('\n')
}

function untilReady(wrapper: LabProcess, host: HostName): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    eachLine(wrapper.stderr, (line) => {
      said += `${line} `
    })
    eachLine(wrapper.stdout, (line) => {
      if (line === 'ready') resolve()
    })
    wrapper.once('error', reject)
    wrapper.once('close', () => reject(new HaError('LAB_MACHINE', `${host} did not start: ${said.trim()}`)))
  })
}

/** All processes in the PID namespace of a machine's init, the init first. */
function pidsBesides(init: number): number[] {
  const namespace = readlinkSync(`/proc/${init}/ns/pid`)
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && namespaceOf(name) === namespace)
  return [init, ...others.map(Number).filter((pid) => pid !== init)]
}

/** null for a process that has ended meanwhile. */
function namespaceOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ESRCH') || isErrno(cause, 'EACCES')) return null
    throw cause
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (cause) {
    // The init may have taken it along already.
    if (!isErrno(cause, 'ESRCH')) throw cause
  }
}

/** A signal to the program itself: the door to the machine does not pass it on. */
export function signalProgram(child: LabProcess, signal: NodeJS.Signals): void {
  for (const pid of childrenOf(child)) process.kill(pid, signal)
}

function childrenOf({ pid }: LabProcess): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return list.trim().split(/\s+/).filter(Boolean).map(Number)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return []
    throw cause
  }
}
