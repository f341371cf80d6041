/** What the core hears of devices, concludes and has done: parts of Input, Fact and Effect. */
import type { Millis } from '#platform/clock-port.ts'
import type { VirtualDevice } from '#schemas/devices.ts'
import type { DeviceOutcome, Refusal } from '../ports.ts'

export type DeviceInput =
  | { type: 'DevicesSettled'; outcomes: DeviceOutcome[]; refusals: Refusal[]; at: Millis }
  | { type: 'DevicesRefused'; refusals: Refusal[]; at: Millis }
  /** A device is missing that could be there. */
  | { type: 'DevicesDisturbed'; at: Millis }

export type DeviceFact =
  | { type: 'DevicesNeeded' }
  | { type: 'DevicesDropped' }
  /** Devices of instances that this node is not, or is, master of. */
  | { type: 'DevicesAtRest' | 'DevicesWoken'; devices: string[] }

/** SettleDevices: these shall be there, and no others of ours. */
export type DeviceEffect =
  | { type: 'SettleDevices'; devices: VirtualDevice[] }
  | { type: 'RaiseDevices' | 'LowerDevices'; devices: string[] }
