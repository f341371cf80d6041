/** What the tests let vrrp and checker say. */
import { z } from 'zod'
import { CheckerEvent } from '#schemas/checker.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'

export const EventDraft = z.strictObject({
  service: z.enum(['vrrp', 'checker']),
  entity: z.string(),
  data: z.union([VrrpEvent, CheckerEvent]),
})
export type EventDraft = z.infer<typeof EventDraft>

export function ofVrrp(data: VrrpEvent): EventDraft {
  return { service: 'vrrp', entity: data.instance, data }
}

export function ofChecker(data: CheckerEvent): EventDraft {
  return { service: 'checker', entity: data.virtualServer, data }
}
