/** Messages that leave one after another, with a least time in between. */
import type { Cancel, Clock, Millis } from '#platform/clock-port.ts'
import type { AnnouncementPacing } from '#schemas/announcement.ts'
import type { VipAddress } from '#schemas/config.ts'

/**
 * Timers are no finer than a millisecond. With shorter pauses, whatever has become due since the last one leaves at
 * once, but no more than falls due in this time: a process that was held up must not make up for it with a storm.
 */
const CATCH_UP_MS = 2
const FINEST_TIMER_MS = 1

/** Sends a message whose turn has come; false: it was no longer wanted, and the turn is the next one's. */
type Turn = () => boolean

interface Lane {
  gapMs: number
  freeAt: Millis
  queue: Turn[]
  timer: Cancel | null
}

export interface Pacing {
  pace(pacing: AnnouncementPacing): void
  /** Whether a message for this address may leave now; then it counts as sent. */
  claim(address: VipAddress): boolean
  /** Behind all others that wait. */
  wait(address: VipAddress, turn: Turn): void
  close(): void
}

export function createPacing(clock: Clock): Pacing {
  const lanes = new Map<string, Lane>()
  let settings: AnnouncementPacing = { arpGapMs: 0, neighbourGapMs: 0, groups: [] }

  function laneOf({ device, family }: VipAddress): Lane {
    const at = settings.groups.findIndex(({ interfaces }) => interfaces.includes(device))
    const { arpGapMs, neighbourGapMs } = settings.groups[at] ?? settings
    const name = `${family} ${at === -1 ? device : `#${at}`}`
    const known = lanes.get(name)
    if (known !== undefined) return known
    const lane = { gapMs: family === 4 ? arpGapMs : neighbourGapMs, freeAt: 0, queue: [], timer: null }
    lanes.set(name, lane)
    return lane
  }

  function take(lane: Lane, now: Millis): void {
    const catchUpMs = lane.gapMs < FINEST_TIMER_MS ? CATCH_UP_MS : 0
    lane.freeAt = Math.max(lane.freeAt, now - catchUpMs) + lane.gapMs
  }

  function run(lane: Lane): void {
    lane.timer = null
    for (let now = clock.now(); now >= lane.freeAt; now = clock.now()) {
      const turn = lane.queue.shift()
      if (turn === undefined) return
      if (turn()) take(lane, clock.now())
    }
    if (lane.queue.length > 0) lane.timer = clock.at(lane.freeAt, () => run(lane))
  }

  return {
    pace(pacing) {
      // What waits finishes at its former pace; the next message finds the new one.
      settings = pacing
      lanes.clear()
    },
    claim(address) {
      const lane = laneOf(address)
      const now = clock.now()
      const free = lane.gapMs === 0 || (lane.queue.length === 0 && now >= lane.freeAt)
      if (free) take(lane, now)
      return free
    },
    wait(address, turn) {
      const lane = laneOf(address)
      lane.queue.push(turn)
      if (lane.timer === null) lane.timer = clock.at(lane.freeAt, () => run(lane))
    },
    close() {
      for (const { timer } of lanes.values()) timer?.()
      lanes.clear()
    },
  }
}
