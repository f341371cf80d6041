/** The programs of the lab's machines, beside the directors themselves. */
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { HaError } from '#platform/errors.ts'
import type { Happening } from './happenings.ts'
import { type AddressEvent, parseAddressEvent } from './holders.ts'
import { type DirectorName, type HostName, VIP, WEB_PORT, WEB_SERVERS } from './hosts.ts'
import { eachLine } from './lines.ts'
import type { LabProcess, Machine } from './machine.ts'
import { type Fetch, parseFetch } from './observations.ts'

const FETCH_TIMEOUT_MS = 500
/** Fetches kept: of at least the last quarter of an hour. */
const MEMORY = 100_000
const program = (name: string) => fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url))
const Mail = z.object({ at: z.number(), to: z.array(z.string()), subject: z.string() })

/** Tells each time that the kernel of this machine adds the VIP or deletes it. */
export function watchVip(machine: Machine, take: (event: AddressEvent) => void): void {
  const monitor = machine.spawn(['ip', '-ts', '-4', '-o', 'monitor', 'address'])
  monitor.on('error', () => {})
  monitor.stderr.resume()
  eachLine(monitor.stdout, (line) => {
    const event = parseAddressEvent(line)
    if (event !== null) take(event)
  })
}

/** The client; its fetches go into a list in the order in which they end. */
export function startFetcher(machine: Machine, everyMs: number, into: Fetch[]): void {
  const argv = [VIP, WEB_PORT, everyMs, FETCH_TIMEOUT_MS].map(String)
  const fetcher = machine.spawn([process.execPath, program('fetcher'), ...argv])
  fetcher.stderr.resume()
  eachLine(fetcher.stdout, (line) => {
    const fetch = parseFetch(line)
    if (fetch !== null) into.push(fetch)
    if (into.length > 2 * MEMORY) into.splice(0, MEMORY)
  })
}

/** Resolves when the web server of this machine listens. */
export async function startWebServer(machine: Machine, host: HostName): Promise<void> {
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

/** The mail relay of a director: each mail it takes is told. */
export function startRelay(machine: Machine, name: DirectorName, tell: (happening: Happening) => void): void {
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
