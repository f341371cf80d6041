/** Two directors and a client on one segment, on the host's kernel, for measuring one program after the other. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isErrno } from '#platform/errors.ts'
import type { Outcome } from '../../cli/lab/commands.ts'
import { VIP } from '../../cli/lab/hosts.ts'
import { eachLine } from '../../cli/lab/lines.ts'
import { type LabProcess, type Machine, signalProgram, switchOn } from '../../cli/lab/machine.ts'
import { createSegment, removeLeftovers, type Segment } from '../../cli/lab/segment.ts'

export type Program = 'failoverd' | 'keepalived'
export type Node = 'vos1' | 'vos2'

/** Where a director answers every datagram with itself. */
export const ECHO_PORT = 7000
const fromProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Of the client's probes, at least one was not answered. */
export interface Gap {
  /** From the last answered probe before to the first answered one after. */
  gapMs: number
  lost: number
  /** When the first answered one was sent, wall milliseconds. */
  endedAt: number
}

export interface Stage {
  segment: Segment
  client: Machine
  /** @param using another program than the stage's */
  start(node: Node, using?: Program): Promise<void>
  crash(node: Node): Promise<void>
  stop(node: Node): Promise<void>
  /** Nothing of the director runs for so long; what its kernel answers goes on. */
  freeze(node: Node, ms: number): Promise<void>
  holds(node: Node): Promise<boolean>
  /** Runs a command on a director to its end. */
  run(node: Node, argv: readonly string[]): Promise<void>
  /** Runs failoverctl on a director. */
  control(node: Node, ...args: string[]): Promise<Outcome>
  /** Gaps of the client's probes so far, milliseconds, oldest first. */
  gaps(): Gap[]
  /** Pids of the director's processes as this machine numbers them. */
  processes(node: Node): number[]
  close(): Promise<void>
}

const PRIORITY: Record<Node, number> = { vos1: 150, vos2: 100 }

function config(node: Node): string {
  return `vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority ${PRIORITY[node]}
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        ${VIP}
    }
}
`
}

/**
 * @param configOf what a director's file says
 * @throws HaError when a namespace or a program cannot be started; needs root
 */
export async function openStage(program: Program, configOf = config): Promise<Stage> {
  await removeLeftovers()
  removeFolders()
  const folder = mkdtempSync(join(tmpdir(), `failoverd-bench-${process.pid}-`))
  // The services give root up and must still reach their files.
  chmodSync(folder, 0o755)
  const segment = await createSegment(`fo${process.pid}-lab`)
  const machines = new Map<Node, { machine: Machine; director: LabProcess }>()
  const gaps: Gap[] = []
  const client = await switchOn(segment, 'client')

  async function start(node: Node, using = program): Promise<void> {
    const machine = await switchOn(segment, node)
    const echo = machine.spawn([process.execPath, fromProject('test/bench/programs/echo.ts'), String(ECHO_PORT)])
    await firstLine(echo)
    const file = join(folder, `${node}.conf`)
    writeFileSync(file, configOf(node))
    const director = machine.spawn(command(using, node, file, folder))
    director.stdout.resume()
    director.stderr.resume()
    machines.set(node, { machine, director })
  }

  const probe = client.spawn([process.execPath, fromProject('test/bench/programs/probe.ts'), VIP, String(ECHO_PORT)])
  eachLine(probe.stdout, (line) => {
    if (line !== 'ready') gaps.push(JSON.parse(line))
  })
  probe.stderr.resume()

  const off = async (node: Node) => {
    const machine = machines.get(node)?.machine
    machines.delete(node)
    await machine?.switchOff()
  }
  const close = async () => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    for (const node of [...machines.keys()]) await off(node)
    await client.switchOff()
    await segment.close()
    rmSync(folder, { recursive: true, force: true })
  }
  // Ctrl-C reaches the machines as well: whatever is left of them dies with us.
  const interrupted = async () => {
    for (const host of ['client', 'vos1', 'vos2'] as const) await segment.remove(host)
    await segment.close()
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  return {
    segment,
    client,
    start,
    crash: off,
    async stop(node) {
      const director = machines.get(node)?.director
      if (director === undefined) return
      const ended = new Promise((resolve) => director.once('exit', resolve))
      signalProgram(director, 'SIGTERM')
      await ended
    },
    async freeze(node, ms) {
      const pids = directorProcesses(machines.get(node)?.machine.pid)
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, ms))
      for (const pid of pids) process.kill(pid, 'SIGCONT')
      // nsenter stops with what it has started, and does not go on with it.
      machines.get(node)?.director.kill('SIGCONT')
    },
    async holds(node) {
      const list = await machines.get(node)?.machine.run(['ip', '-o', 'address', 'show', 'dev', 'eth0'])
      return list?.stdout.includes(`${VIP}/`) ?? false
    },
    async run(node, argv) {
      await machines.get(node)?.machine.run(argv)
    },
    control(node, ...args) {
      const machine = machines.get(node)?.machine
      if (machine === undefined) throw new Error(`${node} is switched off`)
      const program = fromProject('dist/cli/failoverctl.js')
      return machine.run([process.execPath, program, '--state-dir', stateDir(folder, node), ...args])
    },
    gaps: () => gaps,
    processes: (node) => directorProcesses(machines.get(node)?.machine.pid),
    close,
  }
}

/** Those of runs that were killed before they could clean up. */
function removeFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^failoverd-bench-(\d+)-/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function command(program: Program, node: Node, file: string, folder: string): string[] {
  if (program === 'keepalived') return ['keepalived', '-n', '-l', '-D', '-G', '-f', file]
  const state = stateDir(folder, node)
  mkdirSync(state, { recursive: true })
  const options = ['-n', '-f', file, '--state-dir', state, '--node', node, '--site', 'bench']
  // What a user runs: the compiled program.
  return [process.execPath, fromProject('dist/cli/failoverd.js'), ...options]
}

function stateDir(folder: string, node: Node): string {
  return join(folder, `${node}-state`)
}

function firstLine(child: LabProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    eachLine(child.stdout, () => resolve())
    child.once('exit', (status) => reject(new Error(`the echo program ended with status ${status}`)))
  })
}

/** Everything in the machine's pid namespace but its init with its sleep, and the echo program. */
function directorProcesses(init: number | undefined): number[] {
  if (init === undefined) return []
  const namespace = readlinkSync(`/proc/${init}/ns/pid`)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => belongs(pid, namespace))
}

function belongs(pid: number, namespace: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/ns/pid`) !== namespace) return false
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return line !== '' && !/programs\/echo\.ts|^bash\0|^sleep\0/.test(line)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ESRCH') || isErrno(cause, 'EACCES')) return false
    throw cause
  }
}
