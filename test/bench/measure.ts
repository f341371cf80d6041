/** Readings of processes and of the wire. */
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { VIP } from '../../cli/lab/hosts.ts'
import { eachLine } from '../../cli/lab/lines.ts'
import type { Machine } from '../../cli/lab/machine.ts'

export interface AtRest {
  name: string
  pssMb: number
  /** Of one core, percent. */
  cpuPercent: number
}

const CLOCK_TICKS = 100

/** Proportional set size and CPU time of each process over `seconds`. */
export async function atRest(pids: number[], seconds: number): Promise<AtRest[]> {
  const before = new Map(pids.map((pid) => [pid, cpuTicks(pid)]))
  await wait(seconds * 1_000)
  return pids.map((pid) => ({
    name: nameOf(pid),
    pssMb: pssKb(pid) / 1_024,
    cpuPercent: ((cpuTicks(pid) - (before.get(pid) ?? 0)) / CLOCK_TICKS / seconds) * 100,
  }))
}

function pssKb(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
}

/** utime and stime, fields 14 and 15 of proc(5) stat. */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** What runs in a process: a service of failoverd, its supervisor, or the program's name. */
export function nameOf(pid: number): string {
  const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  const service = argv.flatMap((word) => /services\/(\w+)\/main\.js$/.exec(word)?.[1] ?? [])[0]
  if (service !== undefined) return service
  if (argv.some((word) => word.endsWith('cli/failoverd.js'))) return 'supervisor'
  return argv[0]?.split('/').at(-1) ?? String(pid)
}

export interface Wire {
  /** Microsecond times of adverts with a priority above 0, by source, and of gratuitous ARPs for the VIP. */
  adverts: { at: number; source: string }[]
  announcements: number[]
  close(): void
}

/** Listens on the segment where the client is, with tcpdump's kernel timestamps. */
export async function tapWire(client: Machine): Promise<Wire> {
  const tap = client.spawn(['tcpdump', '--immediate-mode', '-tt', '-n', '-l', '-i', 'eth0', 'ip proto 112 or arp'])
  const wire: Wire = { adverts: [], announcements: [], close: () => tap.kill('SIGKILL') }
  await new Promise<void>((resolve) => eachLine(tap.stderr, (line) => line.includes('listening on') && resolve()))
  eachLine(tap.stdout, (line) => {
    const at = Number(line.split(' ', 1)[0]) * 1_000
    const source = /IP (\S+) > 224\.0\.0\.18: VRRPv[23], Advertisement, vrid 51, prio [1-9]/.exec(line)?.[1]
    if (source !== undefined) wire.adverts.push({ at, source })
    else if (line.includes(`who-has ${VIP} (ff:ff:ff:ff:ff:ff) tell ${VIP}`)) wire.announcements.push(at)
    else if (line.includes(`Announcement ${VIP}`)) wire.announcements.push(at)
  })
  return wire
}

/** When a router first sent an advert at or after a moment; null when it did not. */
export function firstAdvert({ adverts }: Wire, source: string, after: number): number | null {
  return adverts.find((advert) => advert.at >= after && advert.source === source)?.at ?? null
}

/** The moment of a router's next advert from now on. */
export async function nextAdvert(wire: Wire, source: string): Promise<number> {
  const after = Date.now()
  for (;;) {
    const at = firstAdvert(wire, source, after)
    if (at !== null) return at
    await wait(5)
  }
}

/** From a takeover's first advert to the first gratuitous ARP after it, milliseconds. */
export function announcementDelay({ announcements }: Wire, takeover: number): number | null {
  const first = announcements.find((at) => at >= takeover)
  return first === undefined ? null : first - takeover
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
