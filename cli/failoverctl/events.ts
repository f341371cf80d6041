import { type BusReader, openReader, type StoredEvent } from '#platform/bus-reader.ts'
import { HaError } from '#platform/errors.ts'
import { eventFilter } from '#schemas/subjects.ts'
import { reachNode } from './node.ts'
import { sentence } from './sentence.ts'

export interface EventsOptions {
  stateDir: string
  json: boolean
  since?: string
  follow: boolean
  subject?: string
}

/** Prints the log, one event a line: CloudEvents with --json, else sentences. */
export async function printEvents(options: EventsOptions, print: (line: string) => void): Promise<void> {
  const node = await reachNode(options.stateDir)
  const reader = await openReader(node.bus)
  try {
    for await (const stored of choose(reader, options, options.subject ?? eventFilter(node)))
      print(options.json ? JSON.stringify(stored.envelope) : eventLine(stored))
  } finally {
    await reader.close()
  }
}

function choose(reader: BusReader, { since, follow }: EventsOptions, filter: string): AsyncIterable<StoredEvent> {
  const options = since === undefined ? { filter } : { filter, since: parseSince(since) }
  return follow ? reader.follow(options) : reader.read(options)
}

/** A stream sequence, or a moment as Date understands it. @throws HaError USAGE */
export function parseSince(text: string): number | Date {
  if (/^\d+$/.test(text)) return Number(text)
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime()))
    throw new HaError('USAGE', `"${text}" is neither a sequence (812) nor a time (2026-01-31T12:00:00Z)`)
  return moment
}

export function eventLine({ envelope, position }: StoredEvent): string {
  const service = envelope.source.slice(envelope.source.lastIndexOf('/') + 1)
  return `${String(position).padStart(6)} ${envelope.time} ${service.padEnd(10)} ${sentence(envelope)}`
}
