/** What an input means given what we know. Pure: time arrives as input.at. */
import { decidePacketsRefused } from './acceptance.ts'
import { decideClaim } from './conflicts.ts'
import { decideRefused, decideSettled } from './devices.ts'
import { isFresh } from './evidence.ts'
import { decideAdvert, decideMastership, decideTimeouts } from './mastership.ts'
import { decideListed, decideVanished } from './presence.ts'
import { refusals } from './refusals.ts'
import {
  decideHint,
  decideRoutingCleared,
  decideRoutingDrop,
  decideRoutingReload,
  decideRoutingStart,
  decideRoutingStop,
  decideRoutingTime,
  decideRoutingWritten,
  withRouting,
} from './routing.ts'
import type { Fact, Input, State } from './state.ts'
import {
  decideDump,
  decideHealth,
  decideTableReload,
  decideTableStop,
  decideTableTime,
  decideWritten,
  settle,
} from './table.ts'
import {
  decideAnnounced,
  decideCleared,
  decideRefreshed,
  decideSecondaries,
  decideStart,
  decideUnannounced,
  decideVipReload,
  decideVipStop,
  decideWrittenAddresses,
} from './vips.ts'

export function decide(input: Input, state: State): Fact[] {
  return withRouting(decided(input, state), state)
}

function decided(input: Input, state: State): Fact[] {
  switch (input.type) {
    case 'Started':
      return [...decideStart(input, state), ...decideRoutingStart(input.at, state)]
    case 'ConfigurationReloaded':
      return state.stopping ? [] : reloaded(input, state)
    case 'StopRequested':
      return [
        { type: 'StopBegun' },
        ...decideVipStop(input.at, state),
        ...decideRoutingStop(state),
        ...decideTableStop(state),
        { type: 'DevicesDropped' },
      ]
    case 'BusConnectionChanged':
      return input.connected === state.busConnected ? [] : [{ type: 'BusChanged', connected: input.connected }]
    case 'HistoryRead':
      return state.stopping ? [] : [...afterHistory(input.at, state), ...settle(input.at, state)]
    case 'VrrpHeard':
      return state.stopping ? [] : decideMastership(input, state)
    case 'CheckerHeard':
      return state.stopping ? [] : decideHealth(input, state)
    case 'OwnAdvertSeen':
      return state.stopping ? [] : decideAdvert(input, state)
    case 'AddressVanished':
      return decideVanished(input.held, state)
    case 'AddressesListed':
      return decideListed(input, state)
    case 'AddressesWritten':
      return decideWrittenAddresses(input, state)
    case 'AddressesRefreshed':
      return decideRefreshed(input, state)
    case 'AddressesCleared':
      return decideCleared(input, state)
    case 'AddressesAnnounced':
      return decideAnnounced(input, state)
    case 'AnnouncementFailed':
      return decideUnannounced(input, state)
    case 'ClaimSeen':
      return state.stopping ? [] : decideClaim(input.claim, input.at, state)
    case 'PacketsRefused':
      return decidePacketsRefused(input, state)
    case 'SecondariesFailed':
      return decideSecondaries(input, state)
    case 'DevicesSettled':
      return decideSettled(input, state)
    case 'DevicesRefused':
      return decideRefused(input.refusals, state)
    case 'DevicesDisturbed':
      return state.stopping ? [] : [{ type: 'DevicesNeeded' }]
    case 'TableDumped':
      return decideDump(input, state)
    case 'TableUnavailable':
      return refusals([{ entity: 'ipvs', code: input.code, message: input.message }], state)
    case 'TableWritten':
      return decideWritten(input, state)
    case 'TimePassed':
      return state.stopping ? [] : timePassed(input.at, state)
    case 'RoutingHinted':
      return decideHint(input, state)
    case 'RoutingWritten':
      return decideRoutingWritten(input, state)
    case 'RoutingCleared':
      return decideRoutingCleared(input, state)
  }
}

function timePassed(at: number, state: State): Fact[] {
  return [...decideTimeouts(at, state), ...decideRoutingTime(at, state), ...decideTableTime(at, state)]
}

/** Routes leave before the addresses that they need, and come after them. */
function reloaded(input: Extract<Input, { type: 'ConfigurationReloaded' }>, state: State): Fact[] {
  return [
    ...decideRoutingDrop(input.config, state),
    ...decideVipReload(input, state),
    ...decideRoutingReload(input.at, input.config, state),
    ...decideTableReload(input, state),
  ]
}

/** The log is known: it may say that we became master just before we could listen, or that nobody here is. */
function afterHistory(at: number, state: State): Fact[] {
  return Object.values(state.instances).flatMap(({ config, hold, role, roleAt }): Fact[] => {
    const instance = config.name
    if (hold.phase === 'left-over' && role !== 'master')
      return [{ type: 'HoldEnded', instance, at, reason: 'left-over' }]
    if (hold.phase !== 'idle' || role !== 'master' || !isFresh(config, roleAt, at)) return []
    const deadline = at + config.leaseMs
    return [{ type: 'HoldBegan', instance, trigger: 'event', grantedAt: roleAt, startedAt: at, deadline }]
  })
}
