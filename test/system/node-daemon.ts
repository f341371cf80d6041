/** One real failoverd node on a machine of the stage: its configuration, its processes, its log. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isErrno } from '#platform/errors.ts'
import { Envelope } from '#schemas/envelope.ts'
import { NodeStatus } from '#schemas/status.ts'
import { ProcessName } from '#schemas/supervisor.ts'
import { VIP } from '../../cli/lab/hosts.ts'
import type { LabProcess, Machine } from '../../cli/lab/machine.ts'
import { until } from './node-until.ts'

export type NodeName = 'vos1' | 'vos2'
/** Everything that runs on a node. */
export type NodeProcess = ProcessName | 'supervisor'
export const NODE_PROCESSES: readonly NodeProcess[] = [...ProcessName.options, 'supervisor']
export type Pids = Partial<Record<NodeProcess, number>>

export const PRIORITY: Record<NodeName, number> = { vos1: 150, vos2: 100 }
/** Reading the log and finding that nobody answers take two seconds at most each. */
const ANSWER_MS = 10_000
const fromProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export interface NodeConfig {
  priority: number
  addresses: readonly string[]
  weight: number
  /** vip_lease, which keepalived does not know. */
  leaseS?: number
}

/** As keepalived reads it too: one instance, one virtual server whose real server is vos3. */
export function configText({ priority, addresses, weight, leaseS }: NodeConfig): string {
  return `vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1${leaseS === undefined ? '' : `\n    vip_lease ${leaseS}`}
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        ${addresses.join('\n        ')}
    }
}

virtual_server ${VIP} 80 {
    delay_loop 1
    lb_algo rr
    lb_kind DR
    protocol TCP
    real_server 192.168.105.203 80 {
        weight ${weight}
        TCP_CHECK {
            connect_timeout 1
        }
    }
}
`
}

export interface NodeEvent {
  envelope: Envelope
  /** `BecameMaster` … */
  type: string
  data: Record<string, unknown>
  at: number
  bytes: Uint8Array
}

export interface TestNode {
  name: NodeName
  machine: Machine
  stateDir: string
  configFile: string
  /** The end of what the daemon and its services have printed. */
  lastWords(): string
  configure(change?: Partial<NodeConfig>): void
  /** Starts the daemon, the same command each time; `extra` are further arguments. */
  start(extra?: readonly string[]): LabProcess
  /** Debian's keepalived in place of the daemon, with the same file; VRRP only, because the kernel has no IPVS. */
  startKeepalived(): LabProcess
  /** SIGSTOP or SIGCONT to everything that the daemon, or keepalived, consists of. */
  signalAll(signal: NodeJS.Signals): void
  /**
   * SIGKILL to everything and link down at once. nsenter stops itself when what it started is stopped, and would then
   * never reap it: it has to go first.
   */
  switchOff(): Promise<void>
  /** Pids of what runs now, as the test's own machine numbers them. */
  pids(): Pids
  signal(process: NodeProcess, signal: NodeJS.Signals): void
  /** The whole log; null while the bus is away. */
  log(): Promise<NodeEvent[] | null>
  untilEvent(what: string, withinMs: number, matches: (event: NodeEvent) => boolean): Promise<NodeEvent>
  /** Events that wait on disk to be stored; null while the bus is away. */
  spooled(): Promise<number | null>
  /** True when the address is in the kernel now. */
  holds(address?: string): Promise<boolean>
}

export function createNode(options: { name: NodeName; machine: Machine; folder: string }): TestNode {
  const { name, machine, folder } = options
  mkdirSync(folder, { recursive: true })
  const stateDir = join(folder, 'state')
  const configFile = join(folder, `${name}.conf`)
  const logFile = join(folder, 'failoverd.log')
  const doors: LabProcess[] = []
  const spawnLogged = (argv: readonly string[]) => {
    const child = machine.spawn(argv)
    for (const output of [child.stdout, child.stderr])
      output.on('data', (text: string) => appendFileSync(logFile, text))
    doors.push(child)
    return child
  }
  const reader = openLog(machine, stateDir)

  const configure = (change: Partial<NodeConfig> = {}) =>
    writeFileSync(configFile, configText({ priority: PRIORITY[name], addresses: [VIP], weight: 1, ...change }))
  const pids = () => processesIn(machine.pid)
  configure()
  return {
    name,
    machine,
    stateDir,
    configFile,
    lastWords: () => read(logFile).slice(-2_000),
    configure,
    start(extra = []) {
      const identity = ['--state-dir', stateDir, '--node', name, '--site', 'lab']
      const daemon = fromProject('dist/cli/failoverd.js')
      return spawnLogged([process.execPath, daemon, '-n', '-l', '-f', configFile, ...identity, ...extra])
    },
    startKeepalived: () => spawnLogged(['keepalived', '-n', '-l', '-D', '-P', '-f', configFile]),
    async switchOff() {
      for (const door of doors) door.kill('SIGKILL')
      await machine.switchOff()
    },
    signalAll(signal) {
      for (const [pid, argv] of commandsIn(machine.pid))
        if (nameOf(argv) !== null || argv[0]?.endsWith('keepalived')) process.kill(pid, signal)
    },
    pids,
    signal(name, signal) {
      const pid = pids()[name]
      if (pid === undefined) throw new Error(`${name} does not run`)
      process.kill(pid, signal)
    },
    log: reader.read,
    async untilEvent(what, withinMs, matches) {
      let found: NodeEvent | undefined
      const look = async () => {
        found = (await reader.read())?.find(matches)
        return found !== undefined
      }
      await until(`${what} in the log of ${name}`, withinMs, look, 100)
      if (found === undefined) throw new Error('unreachable')
      return found
    },
    async spooled() {
      const control = fromProject('dist/cli/failoverctl.js')
      const argv = [process.execPath, control, '--state-dir', stateDir, 'status', '--json']
      const { status, stdout, stderr } = await machine.run(argv)
      if (status !== 0) throw new Error(`failoverctl status: exit status ${status}: ${stderr}`)
      const { bus } = NodeStatus.parse(JSON.parse(stdout))
      return bus.state === 'connected' ? bus.spooled : null
    },
    async holds(address = VIP) {
      const { stdout } = await machine.run(['ip', '-4', '-o', 'address', 'show', 'dev', 'eth0'])
      return stdout.includes(` ${address}/`)
    },
  }
}

/** One process on the machine answers all questions, one after the other: starting one takes a tenth of a second. */
function openLog(machine: Machine, stateDir: string) {
  const program = [process.execPath, fromProject('test/system/node-log.ts'), stateDir]
  const [door = '', ...args] = [...machine.door.split(' ').slice(0, -1), ...program]
  const child = spawn(door, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => {})
  let lines: string[] = []
  let answer: (events: NodeEvent[] | null) => void = () => {}
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line !== 'end' && line !== 'away') {
      lines.push(line)
      return
    }
    answer(line === 'away' ? null : lines.map(eventOf))
    lines = []
  })
  const gone = once(child, 'exit').then(() => null)
  let queue: Promise<unknown> = Promise.resolve()
  const ask = () =>
    Promise.race([
      gone,
      new Promise<NodeEvent[] | null>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no answer of the log in ${ANSWER_MS} ms`)), ANSWER_MS)
        answer = (events) => {
          clearTimeout(late)
          resolve(events)
        }
        child.stdin.write('read\n')
      }),
    ])
  return {
    read(): Promise<NodeEvent[] | null> {
      const next = queue.then(ask)
      queue = next
      return next
    },
  }
}

function eventOf(line: string): NodeEvent {
  const envelope = Envelope.parse(JSON.parse(line))
  const { data, time } = envelope
  return { envelope, data, type: String(data.type), at: Date.parse(time), bytes: new TextEncoder().encode(line) }
}

/** A node's processes by name. */
function processesIn(init: number): Pids {
  const found: Pids = {}
  for (const [pid, argv] of commandsIn(init)) {
    const name = nameOf(argv)
    if (name !== null && !isZombie(pid)) found[name] = pid
  }
  return found
}

/** Command lines of the machine's pid namespace. */
function commandsIn(init: number): [number, string[]][] {
  const namespace = namespaceOf(init)
  const all = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  const ours = all.map(Number).filter((pid) => namespace !== null && namespaceOf(pid) === namespace)
  return ours.map((pid) => [pid, read(`/proc/${pid}/cmdline`).split('\0')])
}

function nameOf(argv: string[]): NodeProcess | null {
  const line = argv.join(' ')
  const service = /services\/(vrrp|ipvs|checker|notifier)\/main\.js/.exec(line)?.[1]
  if (service !== undefined) return ProcessName.parse(service)
  if (/nats-server -c \S*nats-(file|memory)\.conf/.test(line)) return 'nats-server'
  return /\/failoverd\.js -n/.test(line) ? 'supervisor' : null
}

function isZombie(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`)
  return stat === '' || stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

function namespaceOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ESRCH') || isErrno(cause, 'EACCES')) return null
    throw cause
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ESRCH')) return ''
    throw cause
  }
}
