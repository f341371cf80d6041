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
