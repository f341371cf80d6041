/** RFC 3768 6.4 and RFC 9568 6.4, with the safety that leases give: what an input means, given what we know. */

import { isEqual } from '#platform/equality.ts'
import { weighBudget } from './damping.ts'
import { findMaster, loseMaster } from './fast-failover.ts'
import { beginHandover, endHandover, handoverDue, recallHandover } from './handover.ts'
import { hear } from './hearing.ts'
import { joinGroup, obey } from './membership.ts'
import { weighPromotion } from './promotion.ts'
import { meetMisfit, missRivals, uncoverMisfit } from './rivals.ts'
import { comeBack, reconfigure, stop, watchLink, watchTracker } from './standing.ts'
import { missDevice, start } from './startup.ts'
import type { Fact, Input, State } from './state.ts'
import { keepOffice, loseAddress, seeAddress, weighCommit } from './tenure.ts'

/** Pure: time arrives as `input.at`. */
export function decide(input: Input, state: State): Fact[] {
  const facts = weigh(input, state)
  return [...facts, ...uncoverMisfit(facts, state)]
}

function weigh(input: Input, state: State): Fact[] {
  switch (input.type) {
    case 'Started':
      return start(input, state)
    case 'AdvertHeard':
      return hear(input.advert, input.at, state)
    case 'AdvertDropped':
      return reject(input, state)
    case 'MasterDownExpired':
      return weighPromotion(input, state)
    case 'AdvertTimerExpired':
      return keepOffice(input.at, state)
    case 'CommitExpired':
      return weighCommit(input, state)
    case 'RivalTimerExpired':
      return missRivals(input.at, state)
    case 'SendFailed':
      return state.role === 'master' ? [{ type: 'AdvertUnsent', at: input.at, code: input.code }] : []
    case 'DeviceExpired':
      return missDevice(input.at, state)
    case 'LinkChanged':
      return watchLink(input.link, input.at, state)
    case 'AddressPresent':
      return seeAddress(input, state)
    case 'AddressGone':
      return loseAddress(input, state)
    case 'PeerLost':
      return loseMaster(input, state)
    case 'PeerFound':
      return findMaster(input, state)
    case 'IpvsAlive':
      return trust(input.at, state)
    case 'TrackerReported':
      return watchTracker(input.report, input.at, state)
    case 'HandoverAsked':
      return beginHandover(input.request, input.at, state)
    case 'HandoverEndAsked':
      return endHandover(input.actor, input.at, state)
    case 'HandoverExpired':
      return handoverDue(input, state)
    case 'HandoverRemembered':
      return recallHandover(input.endsAt, input.at, state)
    case 'DampingExpired':
      return [...weighBudget(input.at, state), ...comeBack(input.at, state)]
    case 'GroupChosen':
      return joinGroup(input.group, input.at, state)
    case 'GroupRuled':
      return obey(input.verdict, input.at, state)
    case 'Reconfigured':
      return [...reconfigure(input.config, input.at, state), ...rebudget(input, state)]
    case 'StopRequested':
      return stop(input.at, state)
  }
}

/** A dropped advert is counted and changes nothing else; the first of a reason in a state becomes an event. */
function reject(input: Extract<Input, { type: 'AdvertDropped' }>, state: State): Fact[] {
  const { at, reason, source } = input
  if (state.role === 'init' || state.role === 'stopped') return []
  const counted: Fact = { type: 'AdvertCounted', at, reason }
  const rejected: Fact = { type: 'AdvertRejected', at, instance: state.config.name, reason, source }
  return [counted, ...(state.reported.includes(reason) ? [] : [rejected]), ...meetMisfit(input, state)]
}

/** Another budget than before. */
function rebudget({ config, at }: Extract<Input, { type: 'Reconfigured' }>, state: State): Fact[] {
  const isSame = isEqual(config.flapDamping, state.config.flapDamping)
  return isSame || state.role === 'stopped' ? [] : weighBudget(at, { ...state, config })
}

/** services/ipvs lives: after an address went missing we compete again, once its quiet time is over. */
function trust(at: number, { distrustUntil }: State): Fact[] {
  return distrustUntil !== null && at >= distrustUntil ? [{ type: 'TrustRegained', at }] : []
}
