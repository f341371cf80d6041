/** Network devices that this program makes. */
import * as z from 'zod'

/**
 * A device on top of an interface that this program makes, and takes away. macvlan: with the virtual router's hardware
 * address; ipvlan: with that of its parent, and an address of its own.
 */
export const VirtualDevice = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('macvlan'),
    name: z.string().min(1).max(15),
    parent: z.string().min(1),
    /** `00:00:5e:00:01:33` */
    hardwareAddress: z.string().regex(/^[\da-f]{2}(:[\da-f]{2}){5}$/),
    /** Group of interfaces, as firewalls know them; null: that of the parent. */
    group: z.number().int().min(0).nullable(),
  }),
  z.strictObject({
    type: z.literal('ipvlan'),
    name: z.string().min(1).max(15),
    parent: z.string().min(1),
    mode: z.enum(['bridge', 'private', 'vepa']),
    address: z.strictObject({ address: z.string(), prefix: z.number().int().min(0).max(128) }).nullable(),
    group: z.number().int().min(0).nullable(),
  }),
])
export type VirtualDevice = z.infer<typeof VirtualDevice>
