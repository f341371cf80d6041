import type { AdvertCounts } from '#schemas/control.ts'
import type { VrrpEvent } from '#schemas/vrrp.ts'

type Counted = Omit<AdvertCounts, 'instance' | 'dropped'>

/** What one virtual router has heard, said and been since this process started. */
export interface Tally {
  heard(priority: number): void
  sent(priority: number): void
  event(type: string): void
  counts(): Counted
}

export function createTally(): Tally {
  const counts: Counted = {
    ...{ heard: 0, sent: 0, resignationsHeard: 0, resignationsSent: 0, becameMaster: 0, leftMaster: 0 },
  }
  let master = false
  return {
    heard(priority) {
      counts.heard += 1
      if (priority === 0) counts.resignationsHeard += 1
    },
    sent(priority) {
      counts.sent += 1
      if (priority === 0) counts.resignationsSent += 1
    },
    event(type) {
      if (type === 'BecameMaster') counts.becameMaster += 1
      if (type === 'BecameMaster' || type === 'MastershipResumed') master = true
      if (!master || !LEAVING.has(type)) return
      counts.leftMaster += 1
      master = false
    },
    counts: () => ({ ...counts }),
  }
}

const LEAVING: ReadonlySet<string> = new Set([
  'BecameBackup',
  'BecameFault',
  'InstanceStopped',
] satisfies VrrpEvent['type'][])
