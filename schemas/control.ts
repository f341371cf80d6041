/** What people's tools ask a running service, over the bus and never stored: what comes of it becomes an event. */
import * as z from 'zod'
import { Peer } from './vrrp.ts'

/** Name of a vrrp_instance or a vrrp_sync_group: an instance of a group stands for the whole of it. */
const target = z.string().min(1)
/** The account of whoever asks. */
const actor = z.string().min(1)

export const VrrpRequest = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('Handover'),
    target,
    actor,
    reason: z.string().min(1),
    /** How long this node is to stay backup; null: until that is ended. */
    forMs: z.number().min(0).nullable(),
    /** Also when no other router was ever heard. */
    force: z.boolean(),
  }),
  z.strictObject({ type: z.literal('EndHandover'), target, actor }),
  /** Only looks. */
  z.strictObject({ type: z.literal('ShowHandover'), target }),
])
export type VrrpRequest = z.infer<typeof VrrpRequest>

/** How far an instance has come. */
export const HandoverState = z.strictObject({
  instance: z.string(),
  role: z.enum(['init', 'backup', 'master', 'fault', 'stopped']),
  /** null: no hand-over goes on. */
  phase: z.enum(['announced', 'yielding', 'aside']).nullable(),
  master: Peer.nullable(),
})
export type HandoverState = z.infer<typeof HandoverState>

export const VrrpReply = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), instances: z.array(HandoverState) }),
  z.strictObject({ ok: z.literal(false), problem: z.string() }),
])
export type VrrpReply = z.infer<typeof VrrpReply>

/** What an instance has heard, said and been since its process started. */
export const AdvertCounts = z.strictObject({
  instance: z.string(),
  /** Adverts that counted, and those of them with priority 0. */
  heard: z.number().int(),
  resignationsHeard: z.number().int(),
  sent: z.number().int(),
  resignationsSent: z.number().int(),
  becameMaster: z.number().int(),
  leftMaster: z.number().int(),
  /** Adverts that did not count, by reason. */
  dropped: z.record(z.string(), z.number().int()),
})
export type AdvertCounts = z.infer<typeof AdvertCounts>

/** What is left of the budget of flap_damping. */
export const DampingState = z.strictObject({
  instance: z.string(),
  /** Masterships within the window, and how many of them are left. */
  budget: z.number().int(),
  left: z.number().int(),
  windowMs: z.number(),
  /** When it may preempt again, from now; null: it may. */
  preemptsInMs: z.number().nullable(),
  /** When it comes back from FAULT at the latest, from now; null: it does not wait for that. */
  returnsInMs: z.number().nullable(),
})
export type DampingState = z.infer<typeof DampingState>

export const CountRequest = z.strictObject({ type: z.literal('CountAdverts') })
export type CountRequest = z.infer<typeof CountRequest>

export const CountReply = z.strictObject({
  instances: z.array(AdvertCounts),
  /** Of those that are damped. */
  damping: z.array(DampingState),
  /** Adverts of virtual routers that are not configured here, by interface and id: `eth0 52`. */
  unknown: z.record(z.string(), z.number().int()),
})
export type CountReply = z.infer<typeof CountReply>
