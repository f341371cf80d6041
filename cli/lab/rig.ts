/** The lab as a whole: its segment and machines, what the client fetches, and who holds the VIP. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Director, type DirectorKind, startDirector } from './directors.ts'
import type { Happening } from './happenings.ts'
import { type Holding, withEvent } from './holders.ts'
import { addressOf, DIRECTORS, type DirectorName, type HostName } from './hosts.ts'
import { type Machine, signalProgram, switchOn } from './machine.ts'
import { startFetcher, startRelay, startWebServer, watchVip } from './machine-programs.ts'
import type { Fetch } from './observations.ts'
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
  /**
   * Switches a machine on, with its programs; nothing of an earlier life is in its kernel. On a machine that is on: starts
   * the director's program, when that was stopped.
   */
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

/** Builds the segment and starts the web servers and the client; the directors are off. Needs root and IPVS. */
export async function buildRig(options: RigOptions): Promise<Rig> {
  await removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-lab-'))
  // The services of failoverd give up root: they must still get through to their state.
  chmodSync(folder, 0o755)
  const segment = await createSegment(`fo${process.pid}-lab`)
  const room = machineRoom(options, segment, folder)
  const close = async () => {
    for (const host of room.hosts()) await room.shutDown(host)
    await segment.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await Promise.all((['vos3', 'vos4', 'client'] as const).map(room.start))
  } catch (cause) {
    await close()
    throw cause
  }
  return {
    ...room,
    kinds: options.kinds,
    segment,
    async ping(host) {
      const outcome = await room.machine('client')?.run(['ping', '-n', '-c', '1', '-W', '1', addressOf(host)])
      return outcome?.status === 0
    },
    disk: (name) => join(folder, name),
    close,
  }
}

type Room = Pick<Rig, 'machine' | 'director' | 'start' | 'shutDown' | 'stopDirector' | 'fetches' | 'holdings'> & {
  /** The machines that are on. */
  hosts(): HostName[]
}

/** Machines being switched on and off, and what is seen of them. */
function machineRoom({ kinds, fetchEveryMs, tell }: RigOptions, segment: Segment, folder: string): Room {
  const machines = new Map<HostName, Machine>()
  const directors = new Map<DirectorName, Director>()
  const fetches: Fetch[] = []
  let holdings: readonly Holding[] = []
  const startProgram = (machine: Machine, name: DirectorName) => {
    directors.set(name, startDirector({ machine, name, kind: kinds[name], disk: join(folder, name), tell }))
  }
  const startDirectorPrograms = (machine: Machine, name: DirectorName) => {
    watchVip(machine, (event) => {
      // What was still in the pipe when the machine was switched off says nothing about now.
      if (machines.get(name) === machine) holdings = withEvent(holdings, name, event)
    })
    // Not waited for: the first mail is due seconds later, and an outage must not be measured with it.
    startRelay(machine, name, tell)
    startProgram(machine, name)
  }
  return {
    hosts: () => [...machines.keys()],
    machine: (host) => machines.get(host) ?? null,
    director: (name) => directors.get(name) ?? null,
    fetches: () => fetches,
    holdings: () => holdings,
    async start(host) {
      const on = machines.get(host)
      if (on !== undefined) return isDirector(host) && !directors.has(host) ? startProgram(on, host) : undefined
      const machine = await switchOn(segment, host)
      machines.set(host, machine)
      if (isDirector(host)) startDirectorPrograms(machine, host)
      else if (host === 'client') startFetcher(machine, fetchEveryMs, fetches)
      else await startWebServer(machine, host)
    },
    async shutDown(host) {
      const machine = machines.get(host)
      machines.delete(host)
      if (isDirector(host)) {
        directors.get(host)?.stopListening()
        directors.delete(host)
        // Nobody is left on that machine to tell it.
        holdings = withEvent(holdings, host, { at: Date.now(), added: false })
      }
      await machine?.switchOff()
    },
    async stopDirector(name) {
      const director = directors.get(name)
      directors.delete(name)
      if (director !== undefined) await endInOrder(director)
    },
  }
}

function isDirector(host: HostName): host is DirectorName {
  return DIRECTORS.some((name) => name === host)
}

async function endInOrder(director: Director): Promise<void> {
  const ended = new Promise<void>((resolve) => director.process.once('exit', () => resolve()))
  signalProgram(director.process, 'SIGTERM')
  await ended
  director.stopListening()
}
