/**
 * Two masters at once: others of lower rank that we hear, and others that we must not listen to.
 *
 * A rival that hears us lets go at our first advert. One that speaks a second time, although an advert of ours has left
 * since its first, does not hear us or does not believe us: that is an alarm, with whatever its adverts show of the
 * cause. The same goes for a router whose adverts are dropped because it is set up differently: it drops ours, too.
 *
 * Clients may have learned the rival's hardware address last (both announce in the same tenth of a millisecond), so the
 * survivor announces again when the rival is heard, and when it has resigned or said nothing at its next turn.
 */
import type { Millis } from '#platform/clock-port.ts'
import type { Peer, TwoMasters } from '#schemas/vrrp.ts'
import type { AdvertClues } from '../ports.ts'
import type { Fact, Heard, HeardAdvert, Input, State } from './state.ts'
import { effectivePriority, standingOf } from './state.ts'
import { isStalled } from './tenure.ts'
import { skewMs } from './timing.ts'

/** A router of lower rank that calls itself master while we are. */
export interface Rival extends Heard {
  /** Its first advert in a row. */
  since: Millis
  adverts: number
  intervalMs: Millis
  /** RivalHeard was published for it. */
  published: boolean
  /** TwoMasters was. */
  alarmed: boolean
}

/** A router that speaks for this virtual router in a way that we must not listen to. */
export interface Misfit extends Omit<Rival, 'published'> {
  cause: Cause
  detail: string | null
}

/** So many rivalries may be told in a row, and one more each minute: those that come and go must not fill the log. */
const RIVALRIES = 60
const RIVALRY_MS = 60_000

type Cause = TwoMasters['cause']

/** Reasons for which adverts are dropped that come of different settings, not of noise. */
const SETTINGS: Readonly<Record<string, Cause>> = {
  version: 'version',
  'auth-mismatch': 'password',
  'auth-failure': 'password',
  interval: 'interval',
  'address-list': 'address-list',
  checksum: 'checksum',
  destination: 'destination',
  'hmac-missing': 'signature',
  'hmac-unexpected': 'signature',
  'hmac-scheme': 'signature',
  'hmac-key': 'signature',
  'hmac-invalid': 'signature',
  'hmac-stale': 'clock',
}

/** An advert of lower rank, heard as master: answered at once, so that its sender lets go (RFC 9568 6.4.3). */
export function meetRival(advert: HeardAdvert, at: Millis, state: State): Fact[] {
  const { config } = state
  const peer = { address: advert.source, priority: advert.priority }
  const noted = { type: 'RivalNoted', at, rival: peer, intervalMs: advert.intervalMs } as const
  const rival = rivalAfter(state.rival, noted)
  const told = rival.published || hasCredit(at, state)
  const news: Fact[] = told && !rival.published ? [{ type: 'RivalHeard', at, instance: config.name, rival: peer }] : []
  const alarm = told && !rival.alarmed && persists(rival, at, state) ? [twoMasters(advert, at, state)] : []
  const ignores = config.ownerIgnoresAdverts && effectivePriority(state) === 255
  const answered = config.lowerPriorityAdvert && !ignores ? answer(at, state) : []
  return [...answered, noted, ...news, ...alarm]
}

/** Another router that resigns makes its backups wait for their skew only: they must hear us before. */
export function meetResignation(source: string, at: Millis, state: State): Fact[] {
  const { rival } = state
  const over = rival?.peer.address === source && (rival.published || hasCredit(at, state))
  return [...answer(at, state), ...(over ? [silenced(rival, 'resigned', at, state)] : [])]
}

/**
 * An advert at once, but not more often than any backup can need it: half the shortest skew apart. Whoever floods the
 * network with resignations must not make us flood it, too.
 */
function answer(at: Millis, state: State): Fact[] {
  const spacing = skewMs({ ...standingOf(state), priority: 254 }, state.config.advertIntervalMs) / 2
  const when = state.sentAt + spacing
  return at >= when ? [{ type: 'AdvertOwed', at }] : [{ type: 'AdvertHastened', at, when }]
}

/**
 * An advert that was dropped: perhaps of a router that is set up differently, and master as well. A backup takes note of
 * it: keepalived falls silent while it drops the adverts of another master, and would not be heard a second time then.
 */
export function meetMisfit(input: Extract<Input, { type: 'AdvertDropped' }>, state: State): Fact[] {
  const { at, reason, source, clues } = input
  const cause = SETTINGS[reason]
  const { role } = state
  if ((role !== 'master' && role !== 'backup') || cause === undefined || !speaksAsMaster(clues)) return []
  const rival = { address: source, priority: clues.priority }
  const detail = contrast(cause, clues, state)
  const noted = { type: 'MisfitNoted', at, rival, intervalMs: clues.intervalMs, cause, detail } as const
  const misfit = misfitAfter(state.misfit, noted)
  const same = role === 'master' && misfit.peer.address === source && !misfit.alarmed
  if (!same || !persists(misfit, at, state) || !hasCredit(at, state)) return [noted]
  const { name: instance } = state.config
  return [noted, { type: 'TwoMasters', at, instance, rival, cause, detail }]
}

/** Whoever is promoted while a router that must not be heard goes on talking has another master beside it. */
export function uncoverMisfit(facts: readonly Fact[], { misfit, config }: State): Fact[] {
  const promoted = misfit === null ? undefined : facts.find(({ type }) => type === 'BecameMaster')
  if (misfit === null || promoted === undefined) return []
  const { at } = promoted
  const { peer: rival, cause, detail, intervalMs } = misfit
  if (at - misfit.at > 1.5 * intervalMs) return []
  return [{ type: 'TwoMasters', at, instance: config.name, rival, cause, detail }]
}

function speaksAsMaster(clues: AdvertClues | null): clues is AdvertClues {
  return clues !== null && clues.priority > 0 && clues.intervalMs > 0
}

/** Its second advert came although one of ours has left since the first. */
function persists({ since, adverts }: { since: Millis; adverts: number }, at: Millis, state: State): boolean {
  return adverts >= 2 && state.sentAt >= since && at - since >= state.config.advertIntervalMs / 2
}

function twoMasters({ source, priority, clues }: HeardAdvert, at: Millis, state: State): Fact {
  const rival = { address: source, priority }
  const cause = causeOf(priority, clues, state)
  const detail = contrast(cause, clues, state)
  return { type: 'TwoMasters', at, instance: state.config.name, rival, cause, detail }
}

/** We understand it; why does it not yield to us? */
function causeOf(priority: number, clues: AdvertClues | null, state: State): Cause {
  if (priority === 255 && effectivePriority(state) === 255) return 'owners'
  if (state.sendError !== null) return 'unsent'
  if (clues?.sameChecksum === false) return 'checksum'
  if (clues?.sameAddresses === false) return 'address-list'
  return 'one-way'
}

/** What differs, here and there. */
function contrast(cause: Cause, clues: AdvertClues | null, { config, sendError }: State): string | null {
  const seconds = (ms: number) => `${ms / 1_000} s`
  switch (cause) {
    case 'version':
      return clues === null ? null : `version ${clues.version} there, ${config.version} here`
    case 'interval':
      return clues === null ? null : `${seconds(clues.intervalMs)} there, ${seconds(config.advertIntervalMs)} here`
    case 'unsent':
      return sendError
    case 'password':
    case 'address-list':
    case 'checksum':
    case 'destination':
    case 'signature':
    case 'clock':
    case 'owners':
    case 'one-way':
      return null
  }
}

/** What the timer that waits for their next words finds. */
export function missRivals(at: Millis, state: State): Fact[] {
  if (state.role !== 'master' || isStalled(at, state)) return []
  const { rival } = state
  return rival !== null && at >= dueOf(rival, state) ? [silenced(rival, 'silent', at, state)] : []
}

/** When the timer has to ring; null: for nobody. */
export function nextSilence(state: State): Millis | null {
  return state.rival === null ? null : dueOf(state.rival, state)
}

/** A quarter of its interval after its next advert was due. One that was never told waits until it may be. */
function dueOf(each: Rival, state: State): Millis {
  const due = each.at + Math.max(1.25 * each.intervalMs, each.intervalMs + 20)
  return each.published ? due : Math.max(due, creditAt(state))
}

function silenced(each: Rival, ending: 'resigned' | 'silent', at: Millis, state: State): Fact {
  const last = ending === 'resigned' ? at : each.at
  const overlapMs = Math.round(last - each.since)
  const atMostMs = ending === 'resigned' ? overlapMs : overlapMs + Math.round(each.intervalMs)
  const { adverts, peer: rival } = each
  return { type: 'RivalSilenced', at, instance: state.config.name, rival, ending, adverts, overlapMs, atMostMs }
}

/** What a master that yields has to tell of the time before. */
export function overlapBefore({ source, priority }: HeardAdvert, at: Millis, state: State): string | null {
  if (priority === 255 && effectivePriority(state) === 255)
    return 'two routers claim to own the addresses (priority 255)'
  const known = [state.rival, state.misfit].find((each) => each?.alarmed && each.peer.address === source)
  return known === undefined || known === null
    ? null
    : `both were master for ${((at - known.since) / 1_000).toFixed(1)} s`
}

// What we know after a fact.

type Noted = { at: Millis; rival: Peer; intervalMs: Millis }

export function rivalAfter(before: Rival | null, { at, rival: peer, intervalMs }: Noted): Rival {
  const { published, alarmed } = before ?? { published: false, alarmed: false }
  // Another one, or the same one again after a pause that nobody told.
  const goesOn = before?.peer.address === peer.address && at - before.at <= 2 * before.intervalMs
  if (!goesOn) return { peer, at, since: at, adverts: 1, intervalMs, published, alarmed }
  return { ...before, peer, at, intervalMs, adverts: before.adverts + 1 }
}

/** One at a time: noise from many addresses does not push out the one that is being counted. */
export function misfitAfter(
  before: Misfit | null,
  { at, rival: peer, intervalMs, cause, detail }: Noted & Pick<Misfit, 'cause' | 'detail'>,
): Misfit {
  const fresh = { peer, at, since: at, adverts: 1, intervalMs, cause, detail, alarmed: false }
  if (before === null || at - before.at > 3 * before.intervalMs) return fresh
  if (before.peer.address !== peer.address) return before
  return { ...before, peer, at, intervalMs, cause, detail, adverts: before.adverts + 1 }
}

export function afterAlarm(state: State, address: string): Pick<State, 'rival' | 'misfit' | 'rivalDebt'> {
  const { rival, misfit, rivalDebt } = state
  if (rival?.peer.address === address) return { rival: { ...rival, alarmed: true }, misfit, rivalDebt }
  if (misfit?.peer.address !== address) return { rival, misfit, rivalDebt }
  return { rival, misfit: { ...misfit, alarmed: true }, rivalDebt }
}

export function afterSilence(state: State, address: string, at: Millis): Pick<State, 'rival' | 'misfit' | 'rivalDebt'> {
  const { rival, misfit } = state
  const ours = rival?.peer.address === address
  const told = ours && rival.published
  return {
    rival: ours ? null : rival,
    misfit,
    rivalDebt: told ? state.rivalDebt : debtAfter(state, at),
  }
}

/** Each rivalry that is told costs a minute, whatever has not been paid back of the ones before. */
export function debtAfter({ rivalDebt }: State, at: Millis): Millis {
  return Math.max(rivalDebt, at) + RIVALRY_MS
}

function creditAt({ rivalDebt }: State): Millis {
  return rivalDebt - (RIVALRIES - 1) * RIVALRY_MS
}

function hasCredit(at: Millis, state: State): boolean {
  return at >= creditAt(state)
}
