/** A director in a namespace: the ipvs process alone, without a bus, and somebody who sends adverts in vrrp's name. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Config } from '#schemas/config.ts'
import { BusAccess, type Settings } from '#schemas/settings.ts'
import { config, instance, vip } from '../ipvs/settings.ts'
import type { EventDraft } from './ipvs-voices.ts'

export const VIP = '192.0.2.100'
export const LEASE_MS = 2_000
/** DESIGN S2: how late the kernel may be. */
export const GRANULARITY_MS = 1_250
export const INTERVAL_MS = 500
/** For tests that restart the process: starting node takes long on a machine that runs other tests. */
export const RESTART_LEASE_MS = 4_000

const SERVICE = resolve(import.meta.dirname, '../../services/ipvs/main.ts')
const SENDER = resolve(import.meta.dirname, 'ipvs-adverts.ts')
const BUS = resolve(import.meta.dirname, 'ipvs-bus.ts')
const ADDON = resolve(import.meta.dirname, '../../platform/native/socket.node')

/** Why this machine cannot run these tests; false when it can. */
export const UNABLE =
  process.getuid?.() !== 0 ? 'needs root for namespaces' : existsSync(ADDON) ? false : 'the native addon is not built'

/** When a line came (performance.now()), and what it says. */
export interface Line<Content> {
  at: number
  content: Content
}

export interface IpvsEvent {
  type: string
  [field: string]: unknown
}

export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Removes what killed runs of this test have left. */
function sweep(test: string): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [, pid, name] = /^fo(\d+)-([^ ]+)/.exec(line) ?? []
    if (pid === undefined || !name?.startsWith(test) || existsSync(`/proc/${pid}`)) continue
    ip('netns', 'del', `fo${pid}-${name}`)
  }
}

/** The one instance of these tests: VRID 51 on eth0, 192.0.2.100/32. */
export function directorConfig(change: Partial<Config> = {}, leaseMs = LEASE_MS): Config {
  const ours = instance({ addresses: [vip(VIP)], leaseMs, advertIntervalMs: INTERVAL_MS })
  return config({ instances: [ours], virtualServers: [], ...change })
}

export interface Watched<Content> {
  lines: Line<Content>[]
  /** Waits for the next line that matches and came after `since`. */
  until(matches: (content: Content) => boolean, withinMs: number, since?: number): Promise<Line<Content>>
}

export interface RunningIpvs extends Watched<IpvsEvent> {
  pid: number
  signal(signal: NodeJS.Signals): void
  end(signal?: NodeJS.Signals): Promise<void>
}

export interface Adverts extends Watched<string> {
  say(command: string): void
  signal(signal: NodeJS.Signals): void
}

export interface RunningBus {
  access: BusAccess
  /** Publishes, and waits until it is stored. */
  publish(draft: EventDraft): Promise<void>
}

export interface Director {
  namespace: string
  folder: string
  ipvs(config?: Config, bus?: BusAccess): RunningIpvs
  adverts(): Promise<Adverts>
  bus(): Promise<RunningBus>
  /** Every change of addresses, or of these kinds of objects, as `ip monitor` prints it. */
  monitor(...objects: string[]): Promise<Watched<string>>
  holdsVip(): boolean
  run(...command: string[]): string
  remove(): Promise<void>
}

/** A namespace with 192.0.2.1/24 on eth0, the other end of which is in a second one. */
export function director(test: string): Director {
  sweep(test)
  const namespace = `fo${process.pid}-${test}`
  const peer = `${namespace}-lan`
  const folder = mkdtempSync(join(tmpdir(), `${namespace}-`))
  const children: ChildProcess[] = []
  for (const each of [namespace, peer]) ip('netns', 'add', each)
  ip('-n', namespace, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', peer)
  ip('-n', peer, 'link', 'set', 'eth0', 'up')
  for (const device of ['lo', 'eth0']) ip('-n', namespace, 'link', 'set', device, 'up')
  ip('-n', namespace, 'addr', 'add', '192.0.2.1/24', 'dev', 'eth0')

  function start(...command: string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: ['pipe', 'pipe', 'inherit'] })
    children.push(child)
    return child
  }

  return {
    namespace,
    folder,
    ipvs(wanted = directorConfig(), bus) {
      const file = join(mkdtempSync(join(folder, 'settings-')), 'settings.json')
      writeFileSync(file, JSON.stringify(settings(folder, wanted, bus)))
      const child = start(process.execPath, SERVICE, file)
      return { pid: child.pid ?? 0, ...watched(child, eventOf), ...controls(child) }
    },
    async adverts() {
      const child = start(process.execPath, SENDER, 'eth0')
      const lines = watched(child, (line) => line)
      await lines.until((line) => line === 'ready', 5_000)
      return { ...lines, ...controls(child), say: (command) => void child.stdin?.write(`${command}\n`) }
    },
    async bus() {
      const child = start(process.execPath, BUS)
      const lines = watched(child, (line) => line)
      const { content } = await lines.until((line) => line.startsWith('{'), 20_000)
      return {
        access: BusAccess.parse(JSON.parse(content)),
        async publish(draft) {
          const since = performance.now()
          child.stdin?.write(`${JSON.stringify(draft)}\n`)
          await lines.until((line) => line === 'stored', 5_000, since)
        },
      }
    },
    async monitor(...objects) {
      const lines = watched(
        start('ip', '-o', 'monitor', ...(objects.length > 0 ? objects : ['address'])),
        (line) => line,
      )
      await sleep(100)
      return lines
    },
    holdsVip: () => ip('-n', namespace, '-4', 'addr', 'show', 'eth0').includes(`${VIP}/`),
    run: (...command) =>
      execFileSync('ip', ['netns', 'exec', namespace, ...command], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    async remove() {
      // In order, so that what they started ends with them; a stopped one takes no other signal but the last.
      for (const child of children) child.kill('SIGTERM')
      await sleep(200)
      for (const child of children) await ended(child, 'SIGKILL')
      for (const each of [namespace, peer]) ip('netns', 'del', each)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function controls(child: ChildProcess) {
  return {
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
    end: (signal: NodeJS.Signals = 'SIGTERM') => ended(child, signal),
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill(signal)
  await gone
}

/** The event in a line of the service's log; null for other lines. */
function eventOf(line: string): IpvsEvent | null {
  const { data } = JSON.parse(line)
  return data?.type === undefined ? null : data
}

function watched<Content>(child: ChildProcess, parse: (line: string) => Content | null): Watched<Content> {
  const lines: Line<Content>[] = []
  const waiting = new Set<(line: Line<Content>) => void>()
  if (child.stdout === null) throw new Error('no standard output')
  createInterface({ input: child.stdout }).on('line', (text) => {
    const content = parse(text)
    if (content === null) return
    const line = { at: performance.now(), content }
    lines.push(line)
    for (const found of waiting) found(line)
  })
  return {
    lines,
    until(matches, withinMs, since = 0) {
      const known = lines.find(({ at, content }) => at >= since && matches(content))
      if (known !== undefined) return Promise.resolve(known)
      const { promise, resolve: found, reject } = Promise.withResolvers<Line<Content>>()
      const look = (line: Line<Content>) => line.at >= since && matches(line.content) && found(line)
      waiting.add(look)
      const said = () => JSON.stringify(lines.slice(-5).map(({ content }) => content))
      const late = setTimeout(() => reject(new Error(`nothing within ${withinMs} ms; last: ${said()}`)), withinMs)
      return promise.finally(() => {
        clearTimeout(late)
        waiting.delete(look)
      })
    },
  }
}

function settings(folder: string, wanted: Config, bus: BusAccess | undefined): Settings {
  return {
    service: 'ipvs',
    site: 'site1',
    node: 'node1',
    boot: 'boot1',
    version: '0.1.0',
    spoolDir: mkdtempSync(join(folder, 'spool-')),
    // Nobody listens there: VIPs must not need a bus.
    bus: bus ?? { url: 'nats://127.0.0.1:1', user: 'ipvs', password: 'x' },
    // As the supervisor has it: no root, two capabilities.
    identity: { uid: 65_534, gid: 65_534, capabilities: ['CAP_NET_ADMIN', 'CAP_NET_RAW'] },
    logLevel: 'info',
    configDigest: '0',
    config: wanted,
  }
}
