/** Two directors and a client on one segment, on the host's kernel, for measuring one program after the other. */
import {
  chmodSync,
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
import { VIP } from '../../cli/lab/hosts.ts'
import { eachLine } from '../../cli/lab/lines.ts'
import { type LabProcess, type Machine, signalProgram, switchOn } from '../../cli/lab/machine.ts'
import { createSegment, removeLeftovers, type Segment } from '../../cli/lab/segment.ts'

export type Program = 'failoverd' | 'keepalived'
export type Node = 'vos1' | 'vos2'

/** Where a director answers every datagram with itself. */
export const ECHO_PORT = 7000
const fromProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

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
  /** Gaps of the client's probes so far, milliseconds, oldest first. */
  gaps(): { gapMs: number; endedAt: number }[]
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
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-bench-'))
  // The services give root up and must still reach their files.
  chmodSync(folder, 0o755)
  const segment = await createSegment(`fo${process.pid}-lab`)
  const machines = new Map<Node, { machine: Machine; director: LabProcess }>()
  const gaps: { gapMs: number; endedAt: number }[] = []
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
    gaps: () => gaps,
    processes: (node) => directorProcesses(machines.get(node)?.machine.pid),
    async close() {
      for (const node of [...machines.keys()]) await off(node)
      await client.switchOff()
      await segment.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function command(program: Program, node: Node, file: string, folder: string): string[] {
  if (program === 'keepalived') return ['keepalived', '-n', '-l', '-D', '-G', '-f', file]
  const stateDir = join(folder, `${node}-state`)
  mkdirSync(stateDir, { recursive: true })
  const options = ['-n', '-f', file, '--state-dir', stateDir, '--node', node, '--site', 'bench']
  // What a user runs: the compiled program.
  return [process.execPath, fromProject('dist/cli/failoverd.js'), ...options]
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
