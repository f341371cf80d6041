/** Routers on one bridge, each in a namespace: ours (the vrrp process alone, with no bus at all) and real keepaliveds. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Settings } from '#schemas/settings.ts'
import type { VrrpEvent } from '#schemas/vrrp.ts'
import { instance } from '../vrrp/given.ts'

export const VIP = '192.0.2.100'
const VRRP = resolve(import.meta.dirname, '../../services/vrrp/main.ts')
const ADDON = resolve(import.meta.dirname, '../../platform/native/socket.node')

/** Why this machine cannot run these tests; false when it can. */
export const UNABLE =
  process.getuid?.() !== 0
    ? 'needs root for namespaces'
    : !existsSync('/usr/sbin/keepalived')
      ? 'keepalived is not installed'
      : !existsSync(ADDON)
        ? 'the native addon is not built'
        : false

export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

function ip(...args: string[]): string {
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

/** An event of our process, with when it was printed (performance.now()). */
export interface Seen {
  at: number
  event: VrrpEvent
}

/** Our vrrp process with a stand-in for services/ipvs that follows its events. */
export interface Ours {
  pid: number
  events: Seen[]
  /** Waits for the next event of this type from `since` on. */
  until(type: VrrpEvent['type'], withinMs: number, since?: number): Promise<Seen>
  signal(signal: NodeJS.Signals): void
  /** The stand-in stops adding and refreshing, as a dead services/ipvs would. */
  loseIpvs(): void
  end(signal?: NodeJS.Signals): Promise<void>
}

export interface Keepalived {
  log(): string
  /** Waits for a line of its log that comes after the `from`-th character; returns when it was there. */
  until(text: RegExp, withinMs: number, from?: number): Promise<number>
  end(signal?: NodeJS.Signals): Promise<void>
}

export interface Segment {
  /** The namespace of a router on the bridge, with 192.0.2.<last> on eth0. */
  router(name: string, last: number): string
  ours(namespace: string, change?: Parameters<typeof instance>[0]): Ours
  keepalived(namespace: string, options: { priority: number; password?: string; extra?: string }): Keepalived
  /** Captures protocol 112 on eth0 of a router into a file; `stop` returns its path. */
  capture(namespace: string): Promise<{ stop(): Promise<string> }>
  holdsVip(namespace: string): boolean
  run(namespace: string, ...command: string[]): string
  remove(): Promise<void>
}

export function segment(test: string): Segment {
  sweep(test)
  const prefix = `fo${process.pid}-${test}`
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`))
  const bridge = `${prefix}-br`
  const namespaces = [bridge]
  const ends: (() => Promise<void>)[] = []
  ip('netns', 'add', bridge)
  ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge')
  ip('-n', bridge, 'link', 'set', 'br0', 'up')
  const run = (namespace: string, ...command: string[]) =>
    execFileSync('ip', ['netns', 'exec', namespace, ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })

  return {
    router(name, last) {
      const namespace = `${prefix}-${name}`
      ip('netns', 'add', namespace)
      namespaces.push(namespace)
      const peer = ['peer', 'name', `p${last}`, 'netns', bridge]
      ip('-n', namespace, 'link', 'add', 'eth0', 'type', 'veth', ...peer)
      ip('-n', bridge, 'link', 'set', `p${last}`, 'master', 'br0', 'up')
      ip('-n', namespace, 'link', 'set', 'lo', 'up')
      ip('-n', namespace, 'link', 'set', 'eth0', 'up')
      ip('-n', namespace, 'addr', 'add', `192.0.2.${last}/24`, 'dev', 'eth0')
      return namespace
    },
    ours(namespace, change = {}) {
      const ours = startOurs(namespace, folder, change)
      ends.push(() => ours.end('SIGKILL'))
      return ours
    },
    keepalived(namespace, options) {
      const keepalived = startKeepalived(namespace, folder, options)
      ends.push(() => keepalived.end())
      return keepalived
    },
    async capture(namespace) {
      const file = join(folder, `${namespace}.pcap`)
      const filter = ['proto', '112']
      const args = ['netns', 'exec', namespace, 'tcpdump', '-i', 'eth0', '-U', '-w', file, '-Z', 'root', ...filter]
      const child = spawn('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
      ends.push(() => ended(child, 'SIGTERM'))
      await new Promise((done) => child.stderr?.once('data', done))
      return {
        async stop() {
          await ended(child, 'SIGTERM')
          return file
        },
      }
    },
    holdsVip: (namespace) => run(namespace, 'ip', '-4', 'addr', 'show', 'eth0').includes(`${VIP}/`),
    run,
    async remove() {
      for (const end of ends) await end()
      for (const namespace of namespaces) ip('netns', 'del', namespace)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill(signal)
  // A stopped process takes no other signal but this one.
  if (signal === 'SIGKILL') child.kill('SIGCONT')
  await gone
}

function settings(folder: string, change: Parameters<typeof instance>[0]): Settings {
  const server = { host: '127.0.0.1', port: 25 }
  return {
    service: 'vrrp',
    site: 'site1',
    node: 'node1',
    boot: 'boot1',
    version: '0.1.0',
    spoolDir: mkdtempSync(join(folder, 'spool-')),
    // Nobody listens there: elections must not need a bus.
    bus: { url: 'nats://127.0.0.1:1', user: 'vrrp', password: 'x' },
    identity: null,
    logLevel: 'info',
    configDigest: '0',
    config: {
      routerId: 'node1',
      site: null,
      mail: { recipients: [], from: 'a@example.org', server, connectTimeoutMs: 1_000, heloName: null },
      scriptUser: null,
      instances: [instance(change)],
      virtualServers: [],
    },
  }
}

function startOurs(namespace: string, folder: string, change: Parameters<typeof instance>[0]): Ours {
  const file = join(mkdtempSync(join(folder, 'ours-')), 'settings.json')
  writeFileSync(file, JSON.stringify(settings(folder, change)))
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, VRRP, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const events: Seen[] = []
  const waiting: { type: string; since: number; found(seen: Seen): void }[] = []
  const vips = standIn(namespace)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { data } = JSON.parse(line)
    if (data?.type === undefined) return
    const seen = { at: performance.now(), event: data }
    vips.follow(seen.event)
    events.push(seen)
    for (const one of waiting) if (one.type === data.type && seen.at >= one.since) one.found(seen)
  })
  return {
    pid: child.pid ?? 0,
    events,
    async until(type, withinMs, since = 0) {
      const known = events.find(({ at, event }) => event.type === type && at >= since)
      if (known !== undefined) return known
      const { promise, resolve: found, reject } = Promise.withResolvers<Seen>()
      waiting.push({ type, since, found })
      const late = setTimeout(
        () => reject(new Error(`no ${type} within ${withinMs} ms, only ${JSON.stringify(events)}`)),
        withinMs,
      )
      return promise.finally(() => clearTimeout(late))
    },
    signal: (signal) => child.kill(signal),
    loseIpvs: vips.lose,
    async end(signal = 'SIGTERM') {
      await ended(child, signal)
      vips.lose()
    },
  }
}

/** Holds the VIP with a lease while the events say so, as services/ipvs does. */
function standIn(namespace: string) {
  let refresh: NodeJS.Timeout | null = null
  let lost = false
  const vip = (...command: string[]) => {
    try {
      ip('-n', namespace, 'addr', ...command)
    } catch {
      // The address is gone already, or the interface is.
    }
  }
  const hold = () => vip('replace', `${VIP}/32`, 'dev', 'eth0', 'valid_lft', '3', 'preferred_lft', '3')
  return {
    follow({ type }: VrrpEvent) {
      if (lost) return
      if (type === 'BecameMaster' || type === 'MastershipResumed') {
        hold()
        refresh ??= setInterval(hold, 1_000)
        return
      }
      if (type !== 'BecameBackup' && type !== 'InstanceStopped' && type !== 'BecameFault') return
      clearInterval(refresh ?? undefined)
      refresh = null
      vip('del', `${VIP}/32`, 'dev', 'eth0')
    },
    lose() {
      lost = true
      clearInterval(refresh ?? undefined)
    },
  }
}

type KeepalivedOptions = { priority: number; password?: string; extra?: string }

function startKeepalived(
  namespace: string,
  folder: string,
  { priority, password, extra = '' }: KeepalivedOptions,
): Keepalived {
  const own = mkdtempSync(join(folder, 'keepalived-'))
  const auth = password === undefined ? '' : `authentication { \n auth_type PASS \n auth_pass ${password} \n }`
  writeFileSync(
    join(own, 'keepalived.conf'),
    `global_defs {
  router_id peer
}
vrrp_instance VI_1 {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int 1
  ${auth}
  ${extra}
  virtual_ipaddress {
    ${VIP}/32
  }
}
`,
  )
  const files = ['-f', join(own, 'keepalived.conf'), '-p', join(own, 'pid'), '-r', join(own, 'vrrp.pid')]
  const command = ['netns', 'exec', namespace, 'keepalived', '-n', '-l', '-D', '-P', ...files]
  const child = spawn('ip', command, { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const take = (chunk: Buffer) => {
    text += chunk
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return {
    log: () => text,
    async until(pattern, withinMs, from = 0) {
      const end = performance.now() + withinMs
      while (performance.now() < end) {
        if (pattern.test(text.slice(from))) return performance.now()
        await sleep(5)
      }
      throw new Error(`keepalived did not say ${pattern} within ${withinMs} ms: ${text}`)
    },
    end: (signal = 'SIGTERM') => ended(child, signal),
  }
}

/** Fields of each packet in a capture, by tshark's names. */
export function dissect(file: string, ...fields: string[]): string[][] {
  const wanted = fields.flatMap((field) => ['-e', field])
  const checked = ['-o', 'ip.check_checksum:TRUE']
  const args = ['-r', file, ...checked, '-T', 'fields', '-E', 'separator=|', ...wanted]
  const text = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('|'))
}

export function readText(file: string): string {
  return readFileSync(file, 'utf8')
}
