/**
 * The envelope around every event: CloudEvents 1.0, structured JSON mode of the NATS binding, with the extension
 * attributes of failoverd.
 */
import * as z from 'zod'
import type { ServiceName } from './subjects.ts'

export const Envelope = z.object({
  specversion: z.literal('1.0'),
  /** `<site>.<node>.<service>.<boot>.<sequence>`: unique in the fleet, and the message's `Nats-Msg-Id`. */
  id: z.string().min(1),
  /** `/<site>/<node>/<service>` */
  source: z.string().min(1),
  /** `failoverd.<service>.<fact>.v<N>` */
  type: z.string().min(1),
  /** RFC 3339, wall clock of the producer: for people, never for order. */
  time: z.string(),
  /** The entity: an instance, a virtual server, a service. */
  subject: z.string(),
  datacontenttype: z.literal('application/json'),
  data: z.record(z.string(), z.unknown()),
  /** Gapless from 1 within the source. */
  sequence: z.number().int().min(1),
  /** Hybrid logical clock `<unix ms, 12 hex digits>-<counter, 4 hex digits>-<node>`: sorts cause before effect. */
  hlc: z.string(),
  /** The event that caused this one. */
  causationid: z.string().optional(),
  /** One id for a whole failover, from its first cause to its last e-mail. */
  correlationid: z.string(),
  /** SHA-256 (hex) of the source's previous event as it was published; 64 zeros before the first. */
  prevhash: z.string().regex(/^[0-9a-f]{64}$/),
})
export type Envelope = z.infer<typeof Envelope>

/** What led to an event: copied into the events that follow from it. */
export interface Cause {
  id: string
  correlationId: string
}

/** An event before it is numbered and chained. */
export interface EventDraft {
  service: ServiceName
  entity: string
  /** The event's data; its `type` field names the fact. */
  data: { type: string } & Record<string, unknown>
}
