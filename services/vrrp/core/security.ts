/**
 * Adverts that are valid and should not be there: VRRP trusts everybody on the link. They are told, and change nothing
 * of the election, which has to go by the protocol. What comes in floods is told with its count, ever more seldom.
 */
import type { Millis } from '#platform/clock-port.ts'
import type { SecurityEvent } from '#schemas/security.ts'
import type { Peer } from '#schemas/vrrp.ts'
import type { HeardAdvert, State } from './state.ts'
import { effectivePriority } from './state.ts'
import { backoffMs } from './timing.ts'

/** A router that has been heard since the start. */
interface KnownRouter {
  priority: number
  /** UnexpectedPriority was published for it. */
  warned: boolean
}

/** Adverts of one kind. */
interface Flood {
  /** In the second that began at `since`. */
  count: number
  since: Millis
  /** Since the last event, or since the first. */
  total: number
  totalSince: Millis
  told: number
  quietUntil: Millis
}

export interface Watched {
  /** By address. */
  routers: ReadonlyMap<string, KnownRouter>
  floods: Readonly<Record<string, Flood>>
}

export const NOTHING_WATCHED: Watched = { routers: new Map(), floods: {} }

/** `election` is how things stood when it came. */
export type WatchInput =
  | { type: 'AdvertHeard'; at: Millis; advert: HeardAdvert; election: State }
  | { type: 'AdvertDropped'; at: Millis; reason: string; source: string; election: State }

export type WatchFact =
  | { type: 'AdvertTallied'; at: Millis; kind: string }
  | { type: 'RouterKnown'; at: Millis; router: Peer; warned: boolean }
  | (SecurityEvent & { at: Millis })

/** More than a network has: whoever makes up sources must not make us remember them all. */
const ROUTERS = 32
const WINDOW_MS = 1_000

export function decideWatch(input: WatchInput, watched: Watched): WatchFact[] {
  const { at, election } = input
  if (election.role === 'init' || election.role === 'stopped') return []
  switch (input.type) {
    case 'AdvertHeard':
      return watchSender(input.advert, at, election, watched)
    case 'AdvertDropped':
      return tally(input.reason, input.source, at, election, watched)
  }
}

/** What is new or odd about the sender of a valid advert. */
function watchSender(advert: HeardAdvert, at: Millis, election: State, watched: Watched): WatchFact[] {
  const { source, priority } = advert
  if (priority === 0) return tally('priority-0', source, at, election, watched)
  const known = watched.routers.get(source)
  const router = { address: source, priority }
  if (known === undefined) return watched.routers.size < ROUTERS ? meet(advert, router, at, election) : []
  // Tracked weights never lead to 255, nor away from it: that is another configuration, or somebody else.
  const swapped = (known.priority === 255) !== (priority === 255)
  if (!swapped || known.warned) return []
  const { name: instance } = election.config
  return [
    { type: 'RouterKnown', at, router, warned: true },
    { type: 'UnexpectedPriority', at, instance, router, formerly: known.priority },
  ]
}

function meet(advert: HeardAdvert, router: Peer, at: Millis, election: State): WatchFact[] {
  const known: WatchFact = { type: 'RouterKnown', at, router, warned: false }
  const { name: instance, unicast } = election.config
  const expected = unicast?.peers.some(({ address }) => address === router.address) === true
  if (expected || !takesOver(advert, election)) return [known]
  return [known, { type: 'UnexpectedRouter', at, instance, router, master: incumbent(election) }]
}

/** Its first word ends a mastership that is alive. */
function takesOver({ priority, comparedToOurs }: HeardAdvert, state: State): boolean {
  if (state.role === 'master') {
    const own = effectivePriority(state)
    return priority > own || (priority === own && comparedToOurs > 0)
  }
  return (
    state.role === 'backup' && state.master !== null && !state.master.resigned && priority > state.master.peer.priority
  )
}

/** null: this node. */
function incumbent({ role, master }: State): Peer | null {
  return role === 'master' ? null : (master?.peer ?? null)
}

/** Counts an advert of a kind that should be rare; the one that makes it a flood is told. */
function tally(kind: string, source: string, at: Millis, election: State, { floods }: Watched): WatchFact[] {
  const counted: WatchFact = { type: 'AdvertTallied', at, kind }
  const { count, total, totalSince, quietUntil } = floodAfter(floods[kind], at)
  if (count < limitOf(election) || at < quietUntil) return [counted]
  const { name: instance } = election.config
  const withinMs = Math.round(at - totalSince)
  return [counted, { type: 'AdvertFlood', at, instance, kind, count: total, withinMs, source }]
}

/** Adverts in a second: ten times what a router sends that is set up differently, and some more. */
function limitOf({ config }: State): number {
  return 50 + (10 * WINDOW_MS) / config.advertIntervalMs
}

export function evolveWatch(watched: Watched, fact: WatchFact): Watched {
  switch (fact.type) {
    case 'AdvertTallied':
      return withFlood(watched, fact.kind, floodAfter(watched.floods[fact.kind], fact.at))
    case 'AdvertFlood': {
      const before = watched.floods[fact.kind]
      return before === undefined ? watched : withFlood(watched, fact.kind, floodTold(before, fact.at))
    }
    case 'RouterKnown': {
      const { router, warned } = fact
      return {
        ...watched,
        routers: new Map(watched.routers).set(router.address, { priority: router.priority, warned }),
      }
    }
    case 'UnexpectedRouter':
    case 'UnexpectedPriority':
      return watched
  }
}

function withFlood(watched: Watched, kind: string, flood: Flood): Watched {
  return { ...watched, floods: { ...watched.floods, [kind]: flood } }
}

function floodAfter(before: Flood | undefined, at: Millis): Flood {
  if (before === undefined) return { count: 1, since: at, total: 1, totalSince: at, told: 0, quietUntil: 0 }
  const goesOn = at - before.since < WINDOW_MS
  if (goesOn) return { ...before, count: before.count + 1, total: before.total + 1 }
  return { ...before, count: 1, since: at, total: before.total + 1 }
}

/** Told after ten seconds again, then twenty, forty … up to an hour. */
function floodTold(before: Flood, at: Millis): Flood {
  const told = before.told + 1
  return { ...before, told, total: 0, totalSince: at, quietUntil: at + backoffMs(told, 10_000, 3_600_000) }
}
