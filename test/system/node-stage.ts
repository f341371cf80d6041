/** Real nodes on one segment of the host's kernel: what the client fetches, who holds the VIP, what is on the wire. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Holding, parseAddressEvent, withEvent } from '../../cli/lab/holders.ts'
import { addressOf, VIP, WEB_PORT } from '../../cli/lab/hosts.ts'
import { eachLine } from '../../cli/lab/lines.ts'
import { type LabProcess, type Machine, switchOn } from '../../cli/lab/machine.ts'
import { type Fetch, longestGap, parseFetch } from '../../cli/lab/observations.ts'
import { createSegment, removeLeftovers, type Segment } from '../../cli/lab/segment.ts'
import { createNode, NODE_PROCESSES, type NodeName, type TestNode } from './node-daemon.ts'
import { until } from './node-until.ts'

const FETCH_EVERY_MS = 10
const FETCH_TIMEOUT_MS = 300
/** Of an instance with advert_int 1: three intervals (DESIGN 2.5). */
export const LEASE_MS = 3_000
/** What the kernel may be late by when an address expires (DESIGN S2). */
export const GRANULARITY_MS = 1_250
/** Skew of priority 100, the backup of these tests, and what it waits for at most before it takes over. */
export const SKEW_MS = ((256 - 100) * 1_000) / 256
export const MASTER_DOWN_MS = 3_000 + SKEW_MS
/** What scheduling on a loaded machine of two processors may add. */
export const MARGIN_MS = 400
/** How long both may hold the VIP when it changes hands: the way of one advert, and two monitors' clocks. */
export const SHARED_MS = 150
/** Starting six processes twice, two elections, and the same margin. */
export const START_MS = 20_000

/** Several times what a file of these tests takes: a hang must not take the whole run with it. */
export const SUITE_MS = 300_000

/** What changes mastership; everything else that a vrrp may say explains. */
const TRANSITIONS = ['BecameMaster', 'BecameBackup', 'BecameFault', 'InstanceStopped']

const fromProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Why this machine cannot run these tests; false when it can. */
export const UNABLE =
  process.getuid?.() !== 0
    ? 'needs root for namespaces'
    : existsSync(fromProject('dist/cli/failoverd.js'))
      ? false
      : 'dist/ is not there: run `npm test`, which compiles it'

/** A VRRP advert as it passed on the bridge. */
export interface WireAdvert {
  /** Wall milliseconds. */
  at: number
  source: string
  priority: number
}

export interface NodeStage {
  segment: Segment
  client: Machine
  /** The real server: vos3. */
  web: Machine
  node(name: NodeName): TestNode
  /** SIGKILL to all of a node and link down, in the same instant. Returns when that was, wall milliseconds. */
  powerOff(name: NodeName): Promise<number>
  /** Switches it on again, with its disk and nothing running but its web server. */
  powerOn(name: NodeName): Promise<void>
  /** In the order in which they ended. */
  fetches(): readonly Fetch[]
  /** From the kernel's own address events. */
  holdings(): readonly Holding[]
  /** What the kernel of a node has told of addresses since a moment, in the words of `ip monitor`. */
  kernelWords(name: NodeName, since: number): string[]
  /** Who holds it now. */
  holders(): NodeName[]
  adverts(): readonly WireAdvert[]
  /** Waits until a node has sent so many adverts after a moment; returns them. */
  advertsSince(name: NodeName, since: number, count: number): Promise<readonly WireAdvert[]>
  /** Starts both nodes, and waits until vos1 is the one master, all processes run and both logs are there. */
  startBoth(extra?: readonly string[]): Promise<Record<NodeName, LabProcess>>
  /** Ids of all events of all nodes that changed mastership. Both logs must be there. */
  transitions(): Promise<string[]>
  /** Milliseconds of the longest time without an answer that reaches into the period. */
  gap(from: number, to?: number): number
  /** Waits until the last 20 fetches, all begun after `since`, were answered with this word: a director's name, or web1. */
  servedBy(answer: NodeName | 'web1', withinMs: number, since?: number): Promise<number>
  close(): Promise<void>
}

/** Segment, client and one web server (vos3); the directors are switched on, with nothing running but their web server. */
export async function openNodeStage(
  names: readonly NodeName[] = ['vos1', 'vos2'],
  fetchEveryMs = FETCH_EVERY_MS,
): Promise<NodeStage> {
  await removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-node-'))
  // The services of failoverd give up root: they must still get through to their state.
  chmodSync(folder, 0o755)
  const segment = await createSegment(`fo${process.pid}-lab`)
  const fetches: Fetch[] = []
  const adverts: WireAdvert[] = []
  const words: { name: NodeName; at: number; line: string }[] = []
  let holdings: readonly Holding[] = []
  const nodes = new Map<NodeName, TestNode>()

  const wire = await captureAdverts(segment, (advert) => adverts.push(advert))
  const [web, client, ...directors] = await Promise.all(
    (['vos3', 'client', ...names] as const).map((host) => switchOn(segment, host)),
  )
  if (web === undefined || client === undefined) throw new Error('a machine is missing')
  await serve(web, 'web1')
  const furnish = async (machine: Machine, name: NodeName) => {
    await serve(machine, name)
    const monitor = machine.spawn(['ip', '-ts', '-4', '-o', 'monitor', 'address'])
    monitor.stderr.resume()
    eachLine(monitor.stdout, (line) => {
      words.push({ name, at: Date.now(), line })
      const event = parseAddressEvent(line)
      if (event !== null) holdings = withEvent(holdings, name, event)
    })
    nodes.set(name, createNode({ name, machine, folder: join(folder, name) }))
  }
  for (const machine of directors) await furnish(machine, machine.host === 'vos1' ? 'vos1' : 'vos2')
  const argv = [VIP, WEB_PORT, fetchEveryMs, FETCH_TIMEOUT_MS].map(String)
  const fetcher = client.spawn([process.execPath, fromProject('cli/lab/programs/fetcher.ts'), ...argv])
  fetcher.stderr.resume()
  eachLine(fetcher.stdout, (line) => {
    const fetch = parseFetch(line)
    if (fetch !== null) fetches.push(fetch)
  })

  const node = (name: NodeName) => {
    const known = nodes.get(name)
    if (known === undefined) throw new Error(`${name} is not on this stage`)
    return known
  }
  const holders = () => holdings.filter(({ to }) => to === null).map(({ host }) => host)
  const servedBy = (name: NodeName | 'web1', withinMs: number, since = Date.now()) =>
    until(`the client is served by ${name}`, withinMs, () => {
      const last = fetches.slice(-20)
      return last.length === 20 && last.every(({ answer, start }) => answer === name && start >= since)
    })

  return {
    segment,
    client,
    web,
    node,
    servedBy,
    async powerOff(name) {
      const at = Date.now()
      await node(name).switchOff()
      nodes.delete(name)
      holdings = withEvent(holdings, name, { at, added: false })
      return at
    },
    powerOn: async (name) => furnish(await switchOn(segment, name), name),
    async startBoth(extra = []) {
      const daemons = { vos1: node('vos1').start(extra), vos2: node('vos2').start(extra) }
      await servedBy('vos1', START_MS).catch((cause: unknown) => {
        throw new Error(`vos1 does not serve; it says:\n${node('vos1').lastWords()}`, { cause })
      })
      for (const name of names) {
        const all = () => Object.keys(node(name).pids()).length === NODE_PROCESSES.length
        await until(`all of ${name} runs`, START_MS, all)
        await node(name).untilEvent('a state', START_MS, ({ type }) => type === 'BecameBackup')
      }
      await node('vos1').untilEvent('its mastership', START_MS, ({ type }) => type === 'AddressesAdded')
      await until('vos1 alone holds the VIP', START_MS, () => holders().join() === 'vos1')
      return daemons
    },
    fetches: () => fetches,
    holdings: () => holdings,
    holders,
    kernelWords: (name, since) =>
      words.filter((word) => word.name === name && word.at >= since).map(({ line }) => line),
    adverts: () => adverts,
    async advertsSince(name, since, count) {
      const sent = () => adverts.filter(({ at, source }) => at > since && source === addressOf(name))
      await until(`${count} adverts of ${name}`, (count + 1) * 1_000 + START_MS, () => sent().length >= count)
      return sent()
    },
    async transitions() {
      const logs = await Promise.all(names.map((name) => node(name).log()))
      if (logs.includes(null)) throw new Error('a log is away')
      const events = logs.flatMap((log) => log ?? [])
      return events.filter(({ type }) => TRANSITIONS.includes(type)).map(({ envelope }) => envelope.id)
    },
    gap: (from, to = Date.now()) => Math.round(longestGap(fetches, from, to)?.ms ?? Number.POSITIVE_INFINITY),
    async close() {
      for (const node of nodes.values()) await node.switchOff()
      wire.kill('SIGTERM')
      for (const machine of [web, client]) await machine.switchOff()
      await segment.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function serve(machine: Machine, answer: string): Promise<void> {
  const argv = [process.execPath, fromProject('cli/lab/programs/web-server.ts'), answer, String(WEB_PORT)]
  await lineOf(machine.spawn(argv), 'stdout')
}

/** Sees every advert of the segment where all of them pass: on the bridge. */
async function captureAdverts(segment: Segment, take: (advert: WireAdvert) => void): Promise<LabProcess> {
  const tcpdump = ['tcpdump', '-i', 'lan', '-n', '-tt', '-l', '--immediate-mode', 'proto', '112']
  const child = spawn('ip', ['netns', 'exec', segment.bridgeNamespace, ...tcpdump], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  eachLine(child.stdout, (line) => {
    const [, at, source, priority] = /^([0-9.]+) IP (\S+) > \S+ VRRPv2.* prio (\d+)/.exec(line) ?? []
    if (source !== undefined) take({ at: Number(at) * 1_000, source, priority: Number(priority) })
  })
  await lineOf(child, 'stderr')
  return child
}

function lineOf(child: LabProcess, output: 'stdout' | 'stderr'): Promise<void> {
  return new Promise((resolve, reject) => {
    child[output].once('data', () => resolve())
    if (output === 'stdout') child.stderr.resume()
    else child.stderr.on('data', () => {})
    child.once('error', reject)
    child.once('exit', (status) => reject(new Error(`it ended with status ${status}`)))
  })
}
