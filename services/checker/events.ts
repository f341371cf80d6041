/** Events in and out of checker. */
import { CheckerEvent } from '#schemas/checker.ts'
import type { Envelope, EventDraft } from '#schemas/envelope.ts'
import type { Fact } from './core/state.ts'

export function targetName({ virtualServer, realServer }: { virtualServer: string; realServer: string }): string {
  return `${virtualServer} ${realServer}`
}

export function eventOf(fact: Fact): EventDraft | null {
  if (fact.type !== 'RealServerUp' && fact.type !== 'RealServerDown') return null
  // One subject per real server: whoever reads the newest of each subject has them all.
  return { service: 'checker', entity: targetName(fact), data: fact }
}

/** null for a kind that this version does not know. */
export function recalledEvent({ data }: Envelope): CheckerEvent | null {
  const parsed = CheckerEvent.safeParse(data)
  return parsed.success ? parsed.data : null
}
