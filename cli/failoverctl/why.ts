import { type BusReader, openReader, type StoredEvent } from '#platform/bus-reader.ts'
import { HaError } from '#platform/errors.ts'
import { encodeToken, eventFilter, type NodeName } from '#schemas/subjects.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'
import { reachNode } from './node.ts'
import { stateAfter } from './projection.ts'
import { sentence } from './sentence.ts'

export interface Why {
  instance: string
  /** The transition in question. */
  transition: StoredEvent
  /** What led to it, first cause first. */
  causes: StoredEvent[]
  /** What followed from it, in log order. */
  consequences: StoredEvent[]
}

/** The causal chain of the last transition of an instance, or of the last one before a moment. */
export async function explain(stateDir: string, instance: string, at: Date | null): Promise<Why> {
  const node = await reachNode(stateDir)
  const reader = await openReader(node.bus)
  try {
    const transition = await lastTransition(reader, node, instance, at)
    const related = await sameStory(reader, node, transition)
    const causes = causesOf(transition, related)
    const known = new Set([transition, ...causes].map(({ envelope }) => envelope.id))
    return { instance, transition, causes, consequences: related.filter(({ envelope }) => !known.has(envelope.id)) }
  } finally {
    await reader.close()
  }
}

async function lastTransition(
  reader: BusReader,
  node: NodeName,
  instance: string,
  at: Date | null,
): Promise<StoredEvent> {
  const filter = eventFilter(node, 'vrrp').replace(/>$/, `${encodeToken(instance)}.*`)
  let last: StoredEvent | null = null
  let formerName: { formerly: string; until: Date } | null = null
  for await (const stored of reader.read({ filter, lastPerSubject: at === null })) {
    const parsed = VrrpEvent.safeParse(stored.envelope.data)
    const time = new Date(stored.envelope.time)
    if (!parsed.success || (at !== null && time > at)) continue
    if (stateAfter(parsed.data) !== null) last = stored
    if (parsed.data.type !== 'InstanceRenamed') continue
    // What this name stood for before was another virtual router.
    formerName = { formerly: parsed.data.formerly, until: time }
    last = null
  }
  if (last !== null) return last
  if (formerName !== null) return lastTransition(reader, node, formerName.formerly, formerName.until)
  const when = at === null ? '' : ` before ${at.toISOString()}`
  const trimmed = (await reader.isTrimmed()) ? '; its oldest events have left it (event_bus max_age, max_size)' : ''
  throw new HaError('NOT_FOUND', `the log has no transition of an instance ${instance}${when}${trimmed}`)
}

/**
 * All events with the transition's correlation id. Its causes can be at most as old as the story: the scan begins a
 * little before the transition, at a bounded distance, so that it does not depend on the length of history.
 */
async function sameStory(
  reader: BusReader,
  node: NodeName,
  { envelope, position }: StoredEvent,
): Promise<StoredEvent[]> {
  const story: StoredEvent[] = []
  for await (const stored of reader.read({ filter: eventFilter(node), since: position - STORY_REACH }))
    if (stored.envelope.correlationid === envelope.correlationid) story.push(stored)
  return story
}

/** How many events before a transition its first cause may lie. */
const STORY_REACH = 2_000

function causesOf(transition: StoredEvent, related: StoredEvent[]): StoredEvent[] {
  const byId = new Map(related.map((stored) => [stored.envelope.id, stored]))
  const causes: StoredEvent[] = []
  for (let id = transition.envelope.causationid; id !== undefined; ) {
    const cause = byId.get(id)
    if (cause === undefined) break
    causes.unshift(cause)
    id = cause.envelope.causationid
  }
  return causes
}

export function whyText({ transition, causes, consequences }: Why): string {
  const start = Date.parse(transition.envelope.time)
  const line = (stored: StoredEvent) => {
    const service = stored.envelope.source.slice(stored.envelope.source.lastIndexOf('/') + 1)
    const offset = Date.parse(stored.envelope.time) - start
    return `  ${`${offset < 0 ? '' : '+'}${offset} ms`.padStart(10)}  ${service.padEnd(10)} ${sentence(stored.envelope)}`
  }
  return [
    `${transition.envelope.time}  ${sentence(transition.envelope)}`,
    ...(causes.length === 0 ? [] : ['because', ...causes.map(line)]),
    ...(consequences.length === 0 ? [] : ['then', ...consequences.map(line)]),
  ].join('\n')
}
