/** Our node (vrrp and ipvs, without a bus) and keepalived on one bridge, with one instance for each cell of the matrix. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { until } from './node-until.ts'
import { configOf, settingsOf } from './vmac-stage.ts'
import { dissect, ended } from './vrrp-keepalived.ts'
import { type Segment, segment } from './vrrp-segment.ts'

/** What all instances of one stage have in common. */
export interface Wire {
  family: 4 | 6
  unicast: boolean
  vmac: boolean
}

/** One instance. */
export interface Cell {
  name: string
  version: 2 | 3
  password: string | null
  virtualRouterId: number
}

export type Side = 'ours' | 'theirs'

/** What an instance of ours has told, with the reason of it. */
export interface Told {
  cell: string
  type: string
  reason?: string
}

/** An advert as tshark reads it where our cable meets the switch. */
export interface CapturedAdvert {
  hardware: string
  virtualRouterId: number
  version: number
  priority: number
  authentication: string
  /** tshark finds the checksum right and has nothing to remark. */
  sound: boolean
}

/** The daemon of a node. */
export interface Running {
  stop(): Promise<void>
  /** Each of its processes is killed at once, and the cable is cut. */
  crash(): Promise<void>
}

export type MatrixStage = Awaited<ReturnType<typeof openMatrixStage>>

/** Seconds; version 2 knows no shorter one. */
const INTERVAL: Record<2 | 3, number> = { 2: 1, 3: 0.5 }
/** As the supervisor starts what mastership takes. Of keepalived, too: a busy machine must not decide an election. */
const URGENT = ['nice', '-n', '-15']

/** Between two looks at the addresses, milliseconds. */
const LOOK_MS = 100
/** For a process of node to start, on a busy machine. */
const READY_MS = 30_000
const ROLES: ReadonlySet<string> = new Set(['BecameMaster', 'BecameBackup', 'BecameFault', 'MastershipResumed'])

const ADDRESSES: Record<Side, Record<4 | 6, string>> = {
  ours: { 4: '192.0.2.1', 6: '2001:db8::1' },
  theirs: { 4: '192.0.2.2', 6: '2001:db8::2' },
}
const PORTS: Record<Side, string> = { ours: 'p1', theirs: 'p2' }

/** Virtual addresses of a cell; over IPv6 the first is link-local, as the RFC wants it. */
function vipsOf({ virtualRouterId }: Cell, family: 4 | 6): string[] {
  const last = 100 + virtualRouterId
  return family === 4 ? [`192.0.2.${last}/32`] : [`fe80::${last}/64`, `2001:db8::${last}/64`]
}

function instanceText(wire: Wire, cell: Cell, side: Side, priority: number): string {
  const { family, unicast, vmac } = wire
  const [own, other] = [ADDRESSES[side][family], ADDRESSES[side === 'ours' ? 'theirs' : 'ours'][family]]
  const peers = `unicast_src_ip ${own}\n  check_unicast_src\n  unicast_peer {\n    ${other}\n  }`
  const device = unicast ? 'use_vmac\n  vmac_xmit_base' : 'use_vmac'
  return `vrrp_instance ${cell.name} {
  state BACKUP
  interface eth0
  virtual_router_id ${cell.virtualRouterId}
  priority ${priority}
  version ${cell.version}
  advert_int ${INTERVAL[cell.version]}
  garp_master_delay 1
  ${unicast ? peers : ''}
  ${vmac ? device : ''}
  ${cell.password === null ? '' : `authentication {\n    auth_type PASS\n    auth_pass ${cell.password}\n  }`}
  virtual_ipaddress {
    ${vipsOf(cell, family).join('\n    ')}
  }
}
`
}

export async function openMatrixStage(name: string, wire: Wire, cells: readonly Cell[]) {
  const lan = segment(name)
  const nodes: Record<Side, string> = { ours: lan.router('a', 1), theirs: lan.router('b', 2) }
  prepare(lan, nodes)
  const capture = await lan.capture(lan.bridge, ['proto', '112', 'or', 'ip6', 'proto', '112'], PORTS.ours)
  const children = new Set<ChildProcess>()
  const unplugged = new Set<Side>()
  const told: Told[] = []
  const log: string[] = []
  const place: Place = {
    folder: lan.folder,
    config: (side, priority) =>
      `global_defs {\n  router_id ${side}\n}\n${cells.map((cell) => instanceText(wire, cell, side, priority)).join('')}`,
    start(side, ...command) {
      const child = spawn('ip', ['netns', 'exec', nodes[side], ...URGENT, ...command], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      children.add(child)
      child.on('exit', () => children.delete(child))
      return child
    },
    cut: (side) => {
      unplugged.add(side)
      lan.run(lan.bridge, 'ip', 'link', 'set', PORTS[side], 'down')
    },
  }
  const theirRoles = (cell: Cell) =>
    log.flatMap((line) => {
      const [, name, role = ''] = /\((.+)\) Entering (\S+) STATE/.exec(line) ?? []
      return name === cell.name ? role : []
    })
  const ourRoles = (cell: Cell) => told.filter((one) => one.cell === cell.name && ROLES.has(one.type))
  const isMaster = (side: Side, cell: Cell) =>
    side === 'ours' ? ourRoles(cell).at(-1)?.type === 'BecameMaster' : theirRoles(cell).at(-1) === 'MASTER'
  /** How many addresses of the cells a node has. */
  function held(side: Side): number {
    const addresses = lan.run(nodes[side], 'ip', '-o', 'addr')
    return all.filter((vip) => addresses.includes(` ${vip} `)).length
  }
  const all = cells.flatMap((cell) => vipsOf(cell, wire.family))
  const seen = () => `ours: ${JSON.stringify(told)}\nkeepalived: ${log.join('\n')}`

  return {
    told,
    log,
    ourRoles,
    theirRoles,
    start: {
      ours: (priority: number) => startOurs(place, priority, (one) => told.push(one)),
      theirs: (priority: number) => startTheirs(place, priority, (line) => log.push(line)),
    } satisfies Record<Side, (priority: number) => Promise<Running>>,
    plug(side: Side): void {
      unplugged.delete(side)
      lan.run(lan.bridge, 'ip', 'link', 'set', PORTS[side], 'up')
    },
    /** Waits until this node is the master of all cells and the only one that can be reached with their addresses. */
    async alone(side: Side, withinMs: number): Promise<void> {
      const other = side === 'ours' ? 'theirs' : 'ours'
      const isAlone = () =>
        cells.every((cell) => isMaster(side, cell)) &&
        held(side) === all.length &&
        (unplugged.has(other) || held(other) === 0)
      await until(`${side}: master of all, alone`, withinMs, isAlone, LOOK_MS).catch((cause) => {
        throw new Error(seen(), { cause })
      })
    },
    /** Waits until this node has none of the addresses. */
    empty: (side: Side, withinMs: number) => until(`${side}: no address`, withinMs, () => held(side) === 0, LOOK_MS),
    async adverts(): Promise<CapturedAdvert[]> {
      const vrrp = ['vrrp.virt_rtr_id', 'vrrp.version', 'vrrp.prio', 'vrrp.auth_type', 'vrrp.checksum.status']
      return dissect(await capture.stop(), 'eth.src', ...vrrp, '_ws.expert').map(
        ([hardware = '', id, version, priority, authentication = '', checksum, expert]) => ({
          ...{ hardware, virtualRouterId: Number(id), version: Number(version), priority: Number(priority) },
          ...{ authentication, sound: checksum === '1' && expert === '' },
        }),
      )
    },
    async close() {
      for (const child of children) await ended(child, 'SIGKILL')
      await lan.remove()
    },
  }
}

/** Addresses can be used at once: nobody waits for duplicates of them. */
function prepare(lan: Segment, nodes: Record<Side, string>): void {
  chmodSync(lan.folder, 0o755)
  for (const side of ['ours', 'theirs'] as const) {
    const run = (...command: string[]) => lan.run(nodes[side], ...command)
    run('sysctl', '-qw', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.eth0.accept_dad=0')
    for (const state of ['down', 'up']) run('ip', 'link', 'set', 'eth0', state)
    run('ip', 'addr', 'add', `${ADDRESSES[side][6]}/64`, 'dev', 'eth0', 'nodad')
  }
}

/** Where a node is started, and how its cable is cut. */
interface Place {
  folder: string
  config(side: Side, priority: number): string
  start(side: Side, ...command: string[]): ChildProcess
  cut(side: Side): void
}

/** Both services that mastership takes. They have no bus, on which ipvs would tell vrrp that it has come. */
async function startOurs(place: Place, priority: number, tell: (one: Told) => void): Promise<Running> {
  const config = configOf(place.config('ours', priority))
  const start = (service: 'vrrp' | 'ipvs') => {
    const file = join(mkdtempSync(join(place.folder, `${service}-`)), 'settings.json')
    writeFileSync(file, JSON.stringify(settingsOf(service, config, place.folder)))
    return place.start(
      'ours',
      process.execPath,
      resolve(import.meta.dirname, `../../dist/services/${service}/main.js`),
      file,
    )
  }
  const ipvs = start('ipvs')
  ipvs.stdout?.resume()
  await until('ipvs is ready', READY_MS, () => gaveUpRoot(ipvs), LOOK_MS)
  const vrrp = start('vrrp')
  linesOf(vrrp, (line) => {
    const { data } = JSON.parse(line)
    if (data?.instance !== undefined) tell({ cell: data.instance, type: data.type, reason: data.reason })
  })
  const run = [vrrp, ipvs]
  return {
    // In the supervisor's order: resign, then let go.
    async stop() {
      for (const child of run) await ended(child, 'SIGTERM')
    },
    async crash() {
      const gone = run.map((child) => ended(child, 'SIGKILL'))
      place.cut('ours')
      await Promise.all(gone)
    },
  }
}

async function startTheirs(place: Place, priority: number, tell: (line: string) => void): Promise<Running> {
  const own = mkdtempSync(join(place.folder, 'keepalived-'))
  writeFileSync(join(own, 'keepalived.conf'), place.config('theirs', priority))
  const files = ['-f', join(own, 'keepalived.conf'), '-p', join(own, 'pid'), '-r', join(own, 'vrrp.pid')]
  const command = ['keepalived', '-n', '-l', '-D', '-P', ...files]
  const child = place.start('theirs', 'sh', '-c', 'exec "$@" 2>&1', 'sh', ...command)
  linesOf(child, tell)
  return {
    stop: () => ended(child, 'SIGTERM'),
    async crash() {
      // Its VRRP process first: a dead parent would be its signal to resign.
      process.kill(Number(readFileSync(join(own, 'vrrp.pid'), 'utf8')), 'SIGKILL')
      const gone = ended(child, 'SIGKILL')
      place.cut('theirs')
      await gone
    },
  }
}

/** What a service does once it has opened all it needs. */
function gaveUpRoot({ pid }: ChildProcess): boolean {
  return /^Uid:\t65534\t/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

function linesOf(child: ChildProcess, take: (line: string) => void): void {
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', take)
}
