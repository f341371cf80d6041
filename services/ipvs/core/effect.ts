/** What the ipvs core wants done. */

import type { Millis } from '#platform/clock-port.ts'
import type { AnnouncementPacing } from '#schemas/announcement.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { KernelChange } from '../ports.ts'
import type { DeviceEffect } from './device-state.ts'
import type { RoutingEffect } from './routing-state.ts'
import type { ProgramReason, RemovalReason, Trigger } from './state.ts'

export interface AddAddresses {
  type: 'AddAddresses'
  instance: string
  addresses: VipAddress[]
  leaseMs: number
  /** Nothing is written or announced any more after this. */
  deadline: Millis
  trigger: Trigger
  startedAt: Millis
}

export interface Announce {
  type: 'Announce'
  instance: string
  addresses: VipAddress[]
  repeat: number
  /** What waits for its turn leaves only while the instance holds its addresses, for so long at first. */
  deadline: Millis
  /** The write that it completes; null for the later ones. */
  write: AddAddresses | null
  /** When the last address was in the kernel. */
  writtenAt: Millis
}

export type Effect =
  | DeviceEffect
  | AddAddresses
  | Announce
  | { type: 'RefreshAddresses'; instance: string; addresses: VipAddress[]; leaseMs: number; deadline: Millis }
  /** `reason` null: tidying up after a loss that has been told. */
  | { type: 'RemoveAddresses'; instance: string; addresses: VipAddress[]; reason: RemovalReason | null }
  | { type: 'ListAddresses'; devices: string[] }
  | { type: 'WatchInterfaces'; interfaces: string[] }
  | { type: 'DumpTable'; version: number; reason: ProgramReason }
  | { type: 'WriteTable'; changes: KernelChange[]; reason: ProgramReason }
  /** Sets promote_secondaries on these interfaces, and undoes it on all others. */
  | { type: 'PromoteSecondaries'; devices: string[] }
  | { type: 'CancelAnnouncements'; instance: string; addresses: VipAddress[] }
  | { type: 'PaceAnnouncements'; pacing: AnnouncementPacing }
  /** Drops what is sent to these addresses, and to no others. `check`: says now whether that will be possible. */
  | { type: 'RefusePackets'; addresses: VipAddress[]; check: boolean }
  | { type: 'WatchNeighbours'; addresses: VipAddress[] }
  | { type: 'AskForAddresses'; addresses: VipAddress[] }
  | { type: 'WakeAt'; when: Millis }
  | RoutingEffect
