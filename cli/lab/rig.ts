/** The lab as a whole: its segment and machines, what the client fetches, and who holds the VIP. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { HaError } from '#platform/errors.ts'
import { type Director, type DirectorKind, startDirector } from './directors.ts'
import type { Happening } from './happenings.ts'
import { type Holding, parseAddressEvent, withEvent } from './holders.ts'
import { addressOf, type DirectorName, type HostName, VIP, WEB_PORT, WEB_SERVERS } from './hosts.ts'
import { eachLine } from './lines.ts'
import { type LabProcess, type Machine, signalProgram, switchOn } from './machine.ts'
import { type Fetch, parseFetch } from './observations.ts'
import { createSegment, removeLeftovers, type Segment } from './segment.ts'

export type DirectorKinds = Record<DirectorName, DirectorKind>

export interface RigOptions {
  kinds: DirectorKinds
  /** The client's pace. */
  fetchEveryMs: number
  /** Called for each thing a director says, and for each mail its relay took. */
  tell: (happening: Happening) => void
}

export interface Rig {
  kinds: DirectorKinds
  segment: Segment
  machine(host: HostName): Machine | null
  director(name: DirectorName): Director | null
  /** Switches a machine on, with its programs; for a director nothing of the earlier life is in the kernel. */
  start(host: HostName): Promise<void>
  /** SIGKILL and link down at once. */
  shutDown(host: HostName): Promise<void>
  /** SIGTERM to the director's program; its machine stays on. */
  stopDirector(name: DirectorName): Promise<void>
  /** True when the client got an echo within a second. */
  ping(host: HostName): Promise<boolean>
  /** In the order in which they ended. */
  fetches(): readonly Fetch[]
  holdings(): readonly Holding[]
  /** Where a director's log and state are. */
  disk(name: DirectorName): string
  close(): Promise<void>
}

const FETCH_TIMEOUT_MS = 500
/** Fetches kept: of at least the last quarter of an hour. */
const MEMORY = 100_000
const program = (name: string) => fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url))
const Mail = z.object({ at: z.number(), to: z.array(z.string()), subject: z.string() })

/** Builds the segment and starts the web servers and the client; the directors are off. Needs root and IPVS. */
export async function buildRig(options: RigOptions): Promise<Rig> {
  await removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-lab-'))
  // The services of failoverd give up root: they must still get through to their state.
  chmodSync(folder, 0o755)
  const segment = await createSegment(`fo${process.pid}-lab`)
  const machines = new Map<HostName, Machine>()
  const directors = new Map<DirectorName, Director>()
  const seen: { fetches: Fetch[]; holdings: readonly Holding[] } = { fetches: [], holdings: [] }
  const disk = (name: DirectorName) => join(folder, name)

  const directorPrograms = (machine: Machine, name: DirectorName) => {
    watchVip(machine, (line) => {
      const event = parseAddressEvent(line)
      if (event !== null) seen.holdings = withEvent(seen.holdings, name, event)
    })
    // Not waited for: the first mail is due seconds later, and an outage must not be measured with it.
    startRelay(machine, name, options.tell)
    directors.set(
      name,
      startDirector({ machine, name, kind: options.kinds[name], disk: disk(name), tell: options.tell }),
    )
  }

  const start = async (host: HostName) => {
    if (machines.has(host)) return
    const machine = await switchOn(segment, host)
    machines.set(host, machine)
    if (host === 'vos1' || host === 'vos2') directorPrograms(machine, host)
    else if (host === 'client') startFetcher(machine, options.fetchEveryMs, seen.fetches)
    else await startWebServer(machine, host)
  }

  const shutDown = async (host: HostName) => {
    const machine = machines.get(host)
    if (machine === undefined) return
    machines.delete(host)
    if (host === 'vos1' || host === 'vos2') {
      directors.get(host)?.stopListening()
      directors.delete(host)
      seen.holdings = withEvent(seen.holdings, host, { at: Date.now(), added: false })
    }
    await machine.switchOff()
  }

  const close = async () => {
    for (const host of [...machines.keys()]) await shutDown(host)
    await segment.close()
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    await Promise.all((['vos3', 'vos4', 'client'] as const).map(start))
  } catch (cause) {
    await close()
    throw cause
  }
  return {
    kinds: options.kinds,
    segment,
    machine: (host) => machines.get(host) ?? null,
    director: (name) => directors.get(name) ?? null,
    start,
    shutDown,
    async stopDirector(name) {
      const director = directors.get(name)
      if (director === undefined) return
      directors.delete(name)
      await endInOrder(director)
    },
    async ping(host) {
      const from = machines.get('client')
      const outcome = await from?.run(['ping', '-n', '-c', '1', '-W', '1', addressOf(host)])
      return outcome?.status === 0
    },
    fetches: () => seen.fetches,
    holdings: () => seen.holdings,
    disk,
    close,
  }
}

function watchVip(machine: Machine, take: (line: string) => void): void {
  const monitor = machine.spawn(['ip', '-ts', '-4', '-o', 'monitor', 'address'])
  monitor.on('error', () => {})
  monitor.stderr.resume()
  eachLine(monitor.stdout, take)
}

function startFetcher(machine: Machine, everyMs: number, into: Fetch[]): void {
  const argv = [VIP, WEB_PORT, everyMs, FETCH_TIMEOUT_MS].map(String)
  const fetcher = machine.spawn([process.execPath, program('fetcher'), ...argv])
  fetcher.stderr.resume()
  eachLine(fetcher.stdout, (line) => {
    const fetch = parseFetch(line)
    if (fetch !== null) into.push(fetch)
    if (into.length > 2 * MEMORY) into.splice(0, MEMORY)
  })
}

async function startWebServer(machine: Machine, host: HostName): Promise<void> {
  const answer = WEB_SERVERS.find((server) => server.host === host)?.answer ?? 'web'
  await ready(
    machine.spawn([process.execPath, program('web-server'), answer, String(WEB_PORT)]),
    `the web server of ${host}`,
  )
}

/** Waits for a program's line `ready`. */
function ready(child: LabProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    eachLine(child.stderr, (line) => {
      said += `${line} `
    })
    eachLine(child.stdout, (line) => {
      if (line === 'ready') resolve()
    })
    child.once('error', reject)
    child.once('exit', () => reject(new HaError('LAB_PROGRAM', `${name} ended: ${said.trim()}`)))
  })
}

function startRelay(machine: Machine, name: DirectorName, tell: (happening: Happening) => void): void {
  const relay = machine.spawn([process.execPath, program('mail-relay')])
  relay.stderr.resume()
  eachLine(relay.stdout, (line) => {
    if (line !== 'ready') tellMail(name, line, tell)
  })
}

function tellMail(host: DirectorName, line: string, tell: (happening: Happening) => void): void {
  const { at, to, subject } = Mail.parse(JSON.parse(line))
  const words = `the mail relay took a mail to ${to.join(', ')}: ${subject}`
  tell({ host, at, fact: 'mail', realServer: null, words, id: null, causedBy: null, told: true })
}

async function endInOrder(director: Director): Promise<void> {
  const ended = new Promise<void>((resolve) => director.process.once('exit', () => resolve()))
  signalProgram(director.process, 'SIGTERM')
  await ended
  director.stopListening()
}
