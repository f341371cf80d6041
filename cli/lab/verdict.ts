/** Whether a step shows what it must, and what is missing. Pure. */
import type { Happening } from './happenings.ts'
import { type Holding, holdersAt, longestShared } from './holders.ts'
import { addressOf, type HostName, VIP, WEB_SERVERS } from './hosts.ts'
import { alternates, answersNothing, answersOnly, type Fetch, failuresIn, longestGap } from './observations.ts'
import type { Answers, Step } from './steps.ts'

/** Everything seen so far. */
export interface Sight {
  fetches: readonly Fetch[]
  holdings: readonly Holding[]
  happenings: readonly Happening[]
  /** Machines that answered the last ping. */
  pings: Partial<Record<HostName, boolean>>
}

/** A period of wall milliseconds. */
export interface Period {
  from: number
  to: number
}

/** Enough fetches in a row to be sure, at one each 10 ms: a fifth of a second, and a second. */
const SURE = 20
const LASTING = 100
/** Both directors may hold the VIP while the advert that settles it travels: at most one advert interval. */
const MAX_SHARED_MS = 1_000
/** From a director's word that a server is dead to its removal from the kernel's table, on a slow machine. */
const REMOVAL_MS = 1_000

/** What is not yet as the step wants it, in words; empty when all is. */
export function missing(step: Step, sight: Sight, { from, to }: Period): string[] {
  return [
    ...(answered(step.answers, sight.fetches, from) ? [] : [`the client: ${wantedAnswers(step.answers)}`]),
    ...missingHolder(step, sight.holdings, to),
    ...missingFacts(step, sight.happenings, from),
    ...missingPings(step, sight.pings),
  ]
}

/** What the measurement of a finished step shows to be wrong, in words. */
export function broken(step: Step, sight: Sight, { from, to }: Period): string[] {
  const shared = longestShared(sight.holdings, from, to)
  const both = shared > MAX_SHARED_MS ? [`both directors held ${VIP} for ${Math.round(shared)} ms`] : []
  return [...both, ...brokenMeasure(step, sight, { from, to })]
}

function brokenMeasure(step: Step, sight: Sight, { from, to }: Period): string[] {
  switch (step.measure.kind) {
    case 'gap': {
      const gap = outageMs(step, sight.fetches, { from, to }) ?? Number.POSITIVE_INFINITY
      const { maxMs } = step.measure
      return gap > maxMs
        ? [`the client went without an answer for ${Math.round(gap)} ms, more than ${Math.floor(maxMs)} ms`]
        : []
    }
    case 'failures': {
      const known = sight.happenings.find(({ fact, at }) => fact === 'real-server-down' && at >= from)
      const late = known === undefined ? [] : failuresIn(sight.fetches, known.at + REMOVAL_MS, to)
      return late.length === 0 ? [] : [`after the dead server was known ${inWords(late, from)}`]
    }
    case 'return':
    case 'none':
      return []
  }
}

/** `45 fetches failed (timeout), from +4.50 s to +5.10 s` */
function inWords(failed: readonly Fetch[], zero: number): string {
  const at = (wall = 0) => `+${((wall - zero) / 1_000).toFixed(2)} s`
  const reasons = [...new Set(failed.map(({ failure }) => failure))].join(', ')
  const starts = failed.map(({ start }) => start)
  return `${failed.length} fetches failed (${reasons}), from ${at(Math.min(...starts))} to ${at(Math.max(...starts))}`
}

/** The outage a step is measured by, in milliseconds; null when there is none to measure. */
export function outageMs(step: Step, fetches: readonly Fetch[], { from, to }: Period): number | null {
  switch (step.measure.kind) {
    case 'gap':
      return longestGap(fetches, from, to)?.ms ?? null
    case 'return': {
      const gap = longestGap(fetches, from, to)
      return gap === null ? null : gap.to - Math.max(gap.from, from)
    }
    case 'failures':
    case 'none':
      return null
  }
}

export function wantedAnswers(answers: Answers): string {
  const [one, other] = WEB_SERVERS
  switch (answers) {
    case 'both':
      return `${other.answer} and ${one.answer} in turn`
    case 'web2':
      return 'only web2'
    case 'none':
      return 'no answer'
  }
}

function answered(answers: Answers, fetches: readonly Fetch[], from: number): boolean {
  switch (answers) {
    case 'both':
      return alternates(fetches, SURE, from)
    case 'web2':
      return answersOnly(fetches, LASTING, from, answers)
    case 'none':
      return answersNothing(fetches, LASTING, from)
  }
}

function missingHolder({ holder }: Step, holdings: readonly Holding[], at: number): string[] {
  const now = holdersAt(holdings, at)
  const wanted = holder === null ? [] : [holder]
  if (now.join() === wanted.join()) return []
  return [`${VIP} on ${holder ?? 'no director'} alone (it is on ${now.join(' and ') || 'none'})`]
}

function missingFacts({ facts }: Step, happenings: readonly Happening[], from: number): string[] {
  const absent = facts.filter(
    (wanted) =>
      !happenings.some(
        ({ host, fact, at, realServer }) =>
          at >= from &&
          host === wanted.host &&
          fact === wanted.fact &&
          (wanted.realServer === undefined || wanted.realServer === realServer),
      ),
  )
  return absent.map(({ host, fact, realServer }) => `${host} saying "${fact}"${realServer ? ` of ${realServer}` : ''}`)
}

function missingPings({ ping }: Step, pings: Sight['pings']): string[] {
  const hosts = (['vos1', 'vos2', 'vos3', 'vos4', 'client'] as const).filter(
    (host) => ping[host] !== undefined && ping[host] !== pings[host],
  )
  return hosts.map((host) => `ping to ${addressOf(host)} (${host}): ${ping[host] ? 'an answer' : 'no answer'}`)
}
