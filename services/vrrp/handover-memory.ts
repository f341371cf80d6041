import type { Bus } from '#platform/bus-port.ts'
import type { Clock, Millis } from '#platform/clock-port.ts'
import { factFilter, type NodeName } from '#schemas/subjects.ts'
import { HandoverBegan, HandoverEnded } from '#schemas/vrrp.ts'

/**
 * Finds the hand-overs that were not over when the process before this one ended. Elections do not wait for it: a log
 * that comes late finds this router in office, if nobody else is.
 *
 * @param remember gets the end of each on our monotonic clock; null: when somebody ends it
 */
export function recallHandovers(
  bus: Pick<Bus, 'follow'>,
  node: NodeName,
  clock: Clock,
  remember: (instance: string, endsAt: Millis | null) => void,
): void {
  const open = new Map<string, Millis | null>()
  let recalled = false
  bus.follow({
    filters: [factFilter(node, 'vrrp', 'HandoverBegan'), factFilter(node, 'vrrp', 'HandoverEnded')],
    after: 0,
    onEvent({ data, time }) {
      if (recalled) return
      const ended = HandoverEnded.safeParse(data)
      if (ended.success) open.delete(ended.data.instance)
      const began = HandoverBegan.safeParse(data)
      if (!began.success) return
      const { instance, forMs } = began.data
      open.set(instance, forMs === null ? null : clock.now() + Date.parse(time) + forMs - clock.wall())
    },
    onCaughtUp() {
      recalled = true
      for (const [instance, endsAt] of open) remember(instance, endsAt)
    },
  })
}
