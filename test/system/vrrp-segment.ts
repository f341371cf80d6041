/** Routers on one bridge, each in a namespace: ours (the vrrp process alone, with no bus at all) and real keepaliveds. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { BfdEvent } from '#schemas/bfd.ts'
import type { Settings } from '#schemas/settings.ts'
import type { Trackers } from '#schemas/tracking.ts'
import type { TrackerChanged, VrrpEvent } from '#schemas/vrrp.ts'
import { identityOf } from '../../services/supervisor/identities.ts'
import { exampleConfig, NO_TRACKERS } from '../configuration.ts'
import { instance } from '../vrrp/given.ts'
import { ended, type Keepalived, type KeepalivedOptions, startKeepalived, VIP } from './vrrp-keepalived.ts'

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

/** An event of our process, with when it happened by its own account, as performance.now() here. */
export interface Seen {
  at: number
  event: VrrpEvent | TrackerChanged | BfdEvent
}

/** Our vrrp process with a stand-in for services/ipvs that follows its events. */
export interface Ours {
  pid: number
  events: Seen[]
  /** Waits for the next event of this type from `since` on. */
  until(type: Seen['event']['type'], withinMs: number, since?: number): Promise<Seen>
  signal(signal: NodeJS.Signals): void
  /** Rewrites the settings file and sends SIGHUP. */
  reload(change: Parameters<typeof instance>[0]): void
  /** The stand-in stops adding and refreshing, as a dead services/ipvs would. */
  loseIpvs(): void
  end(signal?: NodeJS.Signals): Promise<void>
}

export interface Segment {
  /** The namespace of the bridge; the port of a router is p<last>. */
  bridge: string
  /** The namespace of a router on the bridge, with 192.0.2.<last> on eth0. */
  router(name: string, last: number): string
  ours(namespace: string, change?: Parameters<typeof instance>[0], watched?: Partial<Trackers>): Ours
  keepalived(namespace: string, options: KeepalivedOptions): Keepalived
  /** Where files may be left. */
  folder: string
  /** Captures protocol 112, or what else the filter says, on a router's interface into a file; `stop` returns its path. */
  capture(namespace: string, filter?: readonly string[], device?: string): Promise<{ stop(): Promise<string> }>
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
    bridge,
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
    ours(namespace, change = {}, watched = {}) {
      const ours = startOurs(namespace, folder, change, watched)
      ends.push(() => ours.end('SIGKILL'))
      return ours
    },
    keepalived(namespace, options) {
      const keepalived = startKeepalived(namespace, folder, options)
      ends.push(() => keepalived.end())
      return keepalived
    },
    folder,
    async capture(namespace, filter = ['proto', '112'], device = 'eth0') {
      const file = join(folder, `${namespace}.pcap`)
      const args = [
        'netns',
        'exec',
        namespace,
        'tcpdump',
        '-i',
        device,
        '--immediate-mode',
        '-U',
        '-w',
        file,
        '-Z',
        'root',
        ...filter,
      ]
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

function settings(folder: string, change: Parameters<typeof instance>[0], watched: Partial<Trackers>): Settings {
  const trackers = { ...NO_TRACKERS, ...watched }
  const config = exampleConfig({ instances: [instance(change)], trackers })
  const { uid, gid } = { uid: 65_534, gid: 65_534 }
  return {
    service: 'vrrp',
    site: 'site1',
    node: 'node1',
    boot: 'boot1',
    version: '0.1.0',
    spoolDir: mkdtempSync(join(folder, 'spool-')),
    // Nobody listens there: elections must not need a bus.
    bus: { url: 'nats://127.0.0.1:1', user: 'vrrp', password: 'x' },
    // Who can be started as root gives it up, as in the real thing.
    identity: { uid, gid, capabilities: identityOf('vrrp', true, config)?.capabilities ?? [] },
    logLevel: 'info',
    configDigest: '0',
    config,
  }
}

function startOurs(
  namespace: string,
  folder: string,
  change: Parameters<typeof instance>[0],
  watched: Partial<Trackers>,
): Ours {
  const own = mkdtempSync(join(folder, 'ours-'))
  const file = join(own, 'settings.json')
  // Read again after a reload, by whom it runs as then.
  for (const open of [folder, own]) chmodSync(open, 0o755)
  writeFileSync(file, JSON.stringify(settings(folder, change, watched)))
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, VRRP, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const events: Seen[] = []
  const waiting: { type: string; since: number; found(seen: Seen): void }[] = []
  const vips = standIn(
    namespace,
    instance(change).addresses.map(({ address, prefix }) => `${address}/${prefix}`),
  )
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { data, time } = JSON.parse(line)
    if (data?.type === undefined) return
    const seen = { at: Date.parse(time) - performance.timeOrigin, event: data }
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
    reload(next) {
      writeFileSync(file, JSON.stringify(settings(folder, next, watched)))
      child.kill('SIGHUP')
    },
    loseIpvs: vips.lose,
    async end(signal = 'SIGTERM') {
      await ended(child, signal)
      vips.lose()
    },
  }
}

/** Holds the addresses with a lease while the events say so, as services/ipvs does. */
function standIn(namespace: string, addresses: readonly string[]) {
  let refresh: NodeJS.Timeout | null = null
  let lost = false
  const vip = (...command: string[]) => {
    try {
      ip('-n', namespace, 'addr', ...command)
    } catch {
      // The address is gone already, or the interface is.
    }
  }
  const hold = () => {
    const lease = ['valid_lft', '3', 'preferred_lft', '3']
    for (const address of addresses) vip('replace', address, 'dev', 'eth0', ...lease)
  }
  return {
    follow({ type }: Seen['event']) {
      if (lost) return
      if (type === 'BecameMaster' || type === 'MastershipResumed') {
        hold()
        refresh ??= setInterval(hold, 1_000)
        return
      }
      if (type !== 'BecameBackup' && type !== 'InstanceStopped' && type !== 'BecameFault') return
      clearInterval(refresh ?? undefined)
      refresh = null
      for (const address of addresses) vip('del', address, 'dev', 'eth0')
    },
    lose() {
      lost = true
      clearInterval(refresh ?? undefined)
    },
  }
}
