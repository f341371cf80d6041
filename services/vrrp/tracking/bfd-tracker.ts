import type { Clock } from '#platform/clock-port.ts'
import type { Cause } from '#schemas/envelope.ts'
import type { BfdTracker } from '#schemas/tracking.ts'
import type { BfdSpeaker, SessionPlace } from '../bfd/bfd-speaker.ts'
import type { Change, SessionSettings } from '../core/bfd-state.ts'
import type { TrackerReport } from '../core/tracking.ts'

export interface BfdTrackerPorts {
  clock: Clock
  speaker: Pick<BfdSpeaker, 'open'>
  report(report: TrackerReport, cause?: Cause): void
}

/** One bfd_instance at work. */
export interface RunningBfd {
  /** Takes over what can change while the session goes on; false: it has to begin anew. */
  change(settings: BfdTracker): boolean
  stop(): void
}

/**
 * A session that was never up is unknown for as long as it takes to get up, so that a restart of this process does not
 * look like a loss; from then on it is down.
 */
export function createBfdTracker(settings: BfdTracker, { clock, speaker, report }: BfdTrackerPorts): RunningBfd {
  const { name } = settings
  const tell = (status: TrackerReport['status'], detail: string | null, cause: Cause | null) => {
    report({ kind: 'bfd', name, status, detail, value: null }, cause ?? undefined)
  }

  function onChange(change: Change, cause: Cause | null): void {
    forget()
    if (change.to === 'up') tell('up', null, cause)
    else tell('down', `is down: ${change.reason.replaceAll('-', ' ')}`, cause)
  }

  const patienceMs = settings.multiplier * settings.idleTxMs
  const forget = clock.at(clock.now() + patienceMs, () => tell('down', 'does not get up', null))
  tell('unknown', null, null)
  const session = speaker.open(placeOf(settings), paceOf(settings), { name, onChange })
  if (session === null) {
    forget()
    tell('down', 'cannot be: its port is not to be had', null)
  }
  return {
    change(next) {
      if (session === null || JSON.stringify(placeOf(next)) !== JSON.stringify(placeOf(settings))) return false
      session.settle(paceOf(next))
      return true
    },
    stop() {
      forget()
      session?.stop()
    },
  }
}

function placeOf({ neighbour, source, multihop, ttl, leastTtl }: BfdTracker): SessionPlace {
  return { neighbour, source, multihop, ttl, leastTtl, index: null }
}

function paceOf({ minTxMs, minRxMs, idleTxMs, multiplier, passive }: BfdTracker): SessionSettings {
  return { desiredTxMs: minTxMs, requiredRxMs: minRxMs, idleTxMs, multiplier, passive }
}
