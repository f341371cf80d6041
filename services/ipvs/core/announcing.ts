/** When the addresses of an instance are announced, and how often. */
import type { Millis } from '#platform/clock-port.ts'
import type { VipAddress, VrrpInstance } from '#schemas/config.ts'
import { conflictsOver, probeSpacingMs } from './conflicts.ts'
import type { Effect } from './effect.ts'
import type { Fact, Hold, Instance, PlannedAnnouncement, State } from './state.ts'
import { presentAddresses } from './state.ts'

/**
 * After a rival has let go, its own last announcements may still arrive behind ours, and clients would go on speaking to
 * a node without the address. So there is one more round, when everything that was on its way has come.
 */
export const SETTLED_MS = 100

/**
 * Both announce in the same moment when a rival turns up, and the one that lets go may be the last to be heard. Nothing
 * tells when it has: single rounds follow closely, so that no client is lost for longer than to the next of them.
 */
export const SOON_MS = [10, 25, 45]

type Plan = readonly PlannedAnnouncement[]

/** What follows the first burst of a mastership; `resumed`: what goes on after a restart. */
export function planOf(
  { announcement }: VrrpInstance,
  at: Millis,
  { state, resumed = false }: { state: State; resumed?: boolean },
): PlannedAnnouncement[] {
  const { repeat, delayMs, refreshMs, refreshRepeat, extra } = announcement
  const second: Plan = delayMs > 0 && !resumed ? [{ kind: 'second', due: at + delayMs, repeat, everyMs: null }] : []
  const refresh: Plan =
    refreshMs > 0 ? [{ kind: 'refresh', due: at + refreshMs, repeat: refreshRepeat, everyMs: refreshMs }] : []
  const others: Plan =
    extra === null ? [] : [{ kind: 'extra', due: at + extra.everyMs, repeat: 1, everyMs: extra.everyMs }]
  const spacingMs = probeSpacingMs(state)
  const probe: Plan = spacingMs === null ? [] : [{ kind: 'probe', due: at + spacingMs, repeat: 1, everyMs: spacingMs }]
  return [...second, ...refresh, ...others, ...probe]
}

/** Whatever of the plan is due. After the deadline the addresses may be somebody else's already: nothing then. */
export function plannedDue({ config, hold }: Instance, at: Millis, state: State): Fact[] {
  if (hold.phase !== 'held' || at > hold.deadline) return []
  const due = hold.planned.filter((each) => each.due <= at)
  if (due.length === 0) return []
  const later = hold.planned.flatMap((each) => next(each, at))
  const repeatOf = (plan: Plan) => Math.max(0, ...plan.map(({ repeat }) => repeat))
  const isQuestion = ({ kind }: PlannedAnnouncement) => kind === 'probe' || kind === 'confirm'
  const own = { instance: config.name, planned: later }
  const probes: Fact[] = due.some(isQuestion)
    ? [{ type: 'ProbeDue', ...own }, ...conflictsOver(config.name, at, state)]
    : []
  const extra = repeatOf(due.filter(({ kind }) => kind === 'extra'))
  const all = repeatOf(due.filter((each) => !isQuestion(each) && each.kind !== 'extra'))
  if (all > 0) return [{ type: 'AnnouncementDue', ...own, reach: 'all', repeat: all }, ...probes]
  return extra > 0 ? [{ type: 'AnnouncementDue', ...own, reach: 'extra', repeat: extra }, ...probes] : probes
}

function next(planned: PlannedAnnouncement, at: Millis): PlannedAnnouncement[] {
  if (planned.due > at) return [planned]
  return planned.everyMs === null ? [] : [{ ...planned, due: at + planned.everyMs }]
}

/**
 * Clients may have believed a rival: tell them again, now and later. What else was planned stays planned.
 * @param news whether it was heard, or has fallen silent
 */
export function announceAgain(news: 'heard' | 'silenced', { config, hold }: Instance, at: Millis): Fact[] {
  const { lowerPriorityRepeat: repeat, lowerPriorityDelayMs } = config.announcement
  if (hold.phase !== 'held' || at > hold.deadline || repeat === 0) return []
  const kind = news === 'heard' ? 'rival' : 'settled'
  const delayMs = news === 'heard' ? lowerPriorityDelayMs : SETTLED_MS
  const others = hold.planned.filter((each) => each.kind !== kind && each.kind !== 'soon')
  const soon: Plan =
    news === 'heard' ? SOON_MS.map((ms) => ({ kind: 'soon', due: at + ms, repeat: 1, everyMs: null })) : []
  const later: Plan = delayMs > 0 ? [{ kind, due: at + delayMs, repeat, everyMs: null }] : []
  const again: Plan = [...soon, ...later]
  return [{ type: 'AnnouncementDue', instance: config.name, reach: 'all', repeat, planned: [...others, ...again] }]
}

/** Those on other interfaces than the adverts: no advert keeps the switches there informed. */
export function extraAddresses(instance: Instance): VipAddress[] {
  const { interface: parent, device, addressDevices, announcement } = instance.config
  const { extra } = announcement
  if (extra === null) return []
  const own = device?.name ?? parent
  const virtual = addressDevices.filter(({ type }) => type === 'macvlan').map(({ name }) => name)
  return presentAddresses(instance).filter(
    (each) => each.device !== own && (extra.everywhere || virtual.includes(each.device)),
  )
}

/** The next of a plan; a timer that finds nothing due does no harm. */
export function wakeForPlan(hold: Hold): Effect[] {
  if (hold.phase !== 'held' || hold.planned.length === 0) return []
  return [{ type: 'WakeAt', when: Math.min(...hold.planned.map(({ due }) => due)) }]
}
