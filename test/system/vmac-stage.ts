/** Two routers with use_vmac on one bridge, ours (vrrp and ipvs, without a bus) and keepalived, and a client. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseConfig } from '#platform/config/to-config.ts'
import type { Config } from '#schemas/config.ts'
import type { Settings } from '#schemas/settings.ts'
import { memoryFiles, OPTIONS } from '../platform/config/parse.ts'
import { ended, sleep } from './vrrp-keepalived.ts'
import { segment } from './vrrp-segment.ts'

const fromProject = (path: string) => resolve(import.meta.dirname, '../..', path)
const ASKER = fromProject('test/system/neighbour-asker.ts')

export interface Variant {
  name: string
  version: 2 | 3
  family: 4 | 6
  /** Seconds. */
  interval: number
  /** `use_vmac` unless it says something else. */
  device?: string
  /** More lines of the instance, by node. */
  lines?: (node: 'ours' | 'theirs') => string
}

export const VMAC: Record<4 | 6, string> = { 4: '00:00:5e:00:01:33', 6: '00:00:5e:00:02:33' }
const VIPS: Record<4 | 6, readonly string[]> = { 4: ['192.0.2.100'], 6: ['fe80::100', '2001:db8::100'] }
const PLEN: Record<4 | 6, number> = { 4: 24, 6: 64 }

function configText(
  { version, family, interval, device, lines }: Variant,
  node: 'ours' | 'theirs',
  priority: number,
): string {
  return `global_defs {
  router_id ${node}
}
vrrp_instance VI_1 {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int ${interval}
  version ${version}
  ${device ?? 'use_vmac'}
  garp_master_delay 1
  ${lines?.(node) ?? ''}
  virtual_ipaddress {
    ${VIPS[family].map((vip) => `${vip}/${PLEN[family]}`).join('\n    ')}
  }
}
`
}

export interface OurNode {
  /** What vrrp and ipvs have told, as `type reason`. */
  events(): string[]
  /** Waits for an event of this type that comes after the `from`-th. */
  until(type: string, withinMs: number, from?: number): Promise<number>
  /** Another configuration, as the supervisor hands it over. */
  reload(priority: number, change: Partial<Variant>): void
  end(signal: NodeJS.Signals): Promise<void>
}

export type VmacStage = Awaited<ReturnType<typeof openVmacStage>>

export async function openVmacStage(variant: Variant) {
  const lan = segment(`vmac-${variant.name}`)
  const folder = mkdtempSync(join(tmpdir(), `fo${process.pid}-vmac-`))
  chmodSync(folder, 0o755)
  const nodes = { ours: lan.router('a', 1), theirs: lan.router('b', 2), client: lan.router('c', 3) }
  const children = new Set<ChildProcess>()
  for (const namespace of Object.values(nodes)) {
    // Link-local addresses at once, so that nobody waits for duplicates of them.
    lan.run(namespace, 'sysctl', '-qw', 'net.ipv6.conf.eth0.accept_dad=0')
    lan.run(namespace, 'ip', 'link', 'set', 'eth0', 'down')
    lan.run(namespace, 'ip', 'link', 'set', 'eth0', 'up')
  }

  /** Its complaints go to the screen. */
  function start(namespace: string, ...command: string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.add(child)
    child.on('exit', () => children.delete(child))
    return child
  }

  function ours(priority: number, change: Partial<Variant> = {}): OurNode {
    const config = configOf(configText({ ...variant, ...change }, 'ours', priority))
    const told: string[] = []
    const files = new Map<'vrrp' | 'ipvs', string>()
    const run = (['vrrp', 'ipvs'] as const).map((service) => {
      const own = mkdtempSync(join(folder, `${service}-`))
      chmodSync(own, 0o755)
      const file = join(own, 'settings.json')
      files.set(service, file)
      writeFileSync(file, JSON.stringify(settingsOf(service, config, folder)))
      const child = start(nodes.ours, process.execPath, fromProject(`services/${service}/main.ts`), file)
      if (child.stdout !== null)
        createInterface({ input: child.stdout }).on('line', (line) => {
          const { data } = JSON.parse(line)
          if (data?.type !== undefined) told.push([data.type, data.reason, data.detail].filter(Boolean).join(' '))
        })
      return child
    })
    return {
      events: () => told,
      until: (type, withinMs, from = 0) =>
        until(
          () => told.slice(from).some((line) => line.startsWith(type)),
          withinMs,
          () => `no ${type}: ${told.join(', ')}`,
        ),
      reload(next, changed) {
        const other = configOf(configText({ ...variant, ...changed }, 'ours', next))
        for (const [service, file] of files) writeFileSync(file, JSON.stringify(settingsOf(service, other, folder)))
        for (const child of run) child.kill('SIGHUP')
      },
      // In the supervisor's order: resign, then let go.
      async end(signal) {
        for (const child of run) await ended(child, signal)
      },
    }
  }

  function keepalived(priority: number) {
    const own = mkdtempSync(join(folder, 'keepalived-'))
    writeFileSync(join(own, 'keepalived.conf'), configText(variant, 'theirs', priority))
    const files = ['-f', join(own, 'keepalived.conf'), '-p', join(own, 'pid'), '-r', join(own, 'vrrp.pid')]
    const child = start(
      nodes.theirs,
      'sh',
      '-c',
      'exec "$@" 2>&1',
      'sh',
      'keepalived',
      '-n',
      '-l',
      '-D',
      '-P',
      ...files,
    )
    let log = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      log += chunk
    })
    return {
      log: () => log,
      until: (text: RegExp, withinMs: number, from = 0) =>
        until(
          () => text.test(log.slice(from)),
          withinMs,
          () => `keepalived did not say ${text}: ${log}`,
        ),
      end: () => ended(child, 'SIGTERM'),
    }
  }

  const stage = {
    nodes,
    run: lan.run,
    capture: () => lan.capture(nodes.client),
    ours,
    keepalived,
    /** The cable of keepalived's machine: without it, it might as well be dead. */
    cable: (state: 'up' | 'down') => lan.run(lan.bridge, 'ip', 'link', 'set', 'p2', state),
    lan,
    /** Hardware addresses that answer for the last of the virtual addresses, one for each answer. */
    async answers(): Promise<string[]> {
      const vip = VIPS[variant.family].at(-1) ?? ''
      const own =
        variant.family === 4 ? '192.0.2.3' : linkLocal(lan.run(nodes.client, 'ip', '-6', 'addr', 'show', 'eth0'))
      const child = start(nodes.client, process.execPath, ASKER, 'eth0', vip, own)
      let text = ''
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk
      })
      await new Promise((done) => child.once('close', done))
      return JSON.parse(text)
    },
    /** `ip link` of our macvlan; empty: there is none. */
    device: () => lan.run(nodes.ours, 'ip', '-d', '-o', 'link', 'show', 'type', 'macvlan').trim(),
    /** Whether our node has the virtual addresses. */
    holds: () => lan.run(nodes.ours, 'ip', '-o', 'addr').includes(`${VIPS[variant.family].at(-1)}/`),
    setting: (name: string) => lan.run(nodes.ours, 'sysctl', '-n', name).trim(),
    until: (what: string, condition: () => boolean, withinMs: number) => until(condition, withinMs, () => what),
    async close() {
      for (const child of children) await ended(child, 'SIGKILL')
      await lan.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return stage
}

function linkLocal(text: string): string {
  return /inet6 (fe80::[0-9a-f:]+)/.exec(text)?.[1] ?? ''
}

/** Returns how long it took, milliseconds. */
async function until(condition: () => boolean, withinMs: number, complaint: () => string): Promise<number> {
  const start = performance.now()
  while (performance.now() < start + withinMs) {
    if (condition()) return performance.now() - start
    await sleep(10)
  }
  throw new Error(`not within ${withinMs} ms: ${complaint()}`)
}

export function configOf(text: string): Config {
  const { config, diagnostics } = parseConfig(memoryFiles({ '/f.conf': text }), '/f.conf', OPTIONS)
  if (config === null) throw new Error(JSON.stringify(diagnostics))
  return config
}

export function settingsOf(service: 'vrrp' | 'ipvs', config: Config, folder: string): Settings {
  const capabilities = service === 'vrrp' ? ['CAP_NET_RAW'] : ['CAP_NET_ADMIN', 'CAP_NET_RAW']
  return {
    ...{ service, site: 'site1', node: 'node1', boot: 'boot1', version: '0.1.0' },
    spoolDir: mkdtempSync(join(folder, 'spool-')),
    // Nobody listens there.
    bus: { url: 'nats://127.0.0.1:1', user: service, password: 'x' },
    identity: { uid: 65_534, gid: 65_534, capabilities },
    ...{ logLevel: 'info', configDigest: '0', config },
  }
}
