/** Devices on top of other ones, as services/ipvs makes them. */
import {
  type DeviceEntry,
  type DeviceInfo,
  decodeDevice,
  encodeDevice,
  encodeDeviceChange,
  encodeDeviceRemoval,
} from './device-messages.ts'
import { NLM_F_CREATE, NLM_F_EXCL } from './message.ts'
import type { RouteResult } from './route.ts'
import { encodeLinkQuery, RTM_DELLINK, RTM_GETLINK, RTM_NEWLINK } from './route-messages.ts'
import { NETLINK_ROUTE, openNetlink } from './socket.ts'

/** Where those go that are removed together; nobody else uses it for longer than a call. */
const DOOMED_GROUP = 0x666f_7674

/** Every call is one system call for all entries, and answers at once. @throws HaError NETLINK */
export interface DeviceSocket {
  /** Every link there is. */
  list(): DeviceInfo[]
  /** EEXIST when the name is taken. */
  create(entries: readonly DeviceEntry[]): RouteResult[]
  describe(entries: readonly { name: string; alias: string }[]): RouteResult[]
  /** 60 microseconds each; EBUSY when another device on the same parent has the same hardware address. */
  switchOn(names: readonly string[]): RouteResult[]
  /** The kernel waits for all its processors: 12 ms each, for which the caller is stopped. */
  switchOff(name: string): RouteResult
  /**
   * All of them in one go, which takes the kernel 60 ms for 255 instead of 16 ms for each. ENODEV when one is not there;
   * the others are removed.
   */
  remove(names: readonly string[]): RouteResult[]
  close(): void
}

/** @throws HaError NETLINK */
export function openDevices(): DeviceSocket {
  const socket = openNetlink(NETLINK_ROUTE)
  const change = (type: number, flags: number, bodies: readonly Buffer[]): RouteResult[] =>
    socket.request(bodies.map((body) => ({ type, flags, body }))).map((reply) => (reply.ok ? null : reply.refusal))
  return {
    list: () =>
      socket
        .dump({ type: RTM_GETLINK, flags: 0, body: encodeLinkQuery(null) })
        .flatMap((message) => decodeDevice(message) ?? []),
    create: (entries) => change(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, entries.map(encodeDevice)),
    describe: (entries) =>
      change(
        RTM_NEWLINK,
        0,
        entries.map(({ name, alias }) => encodeDeviceChange(name, { alias })),
      ),
    switchOn: (names) =>
      change(
        RTM_NEWLINK,
        0,
        names.map((name) => encodeDeviceChange(name, { up: true })),
      ),
    switchOff: (name) => change(RTM_NEWLINK, 0, [encodeDeviceChange(name, { up: false })])[0] ?? null,
    remove(names) {
      if (names.length < 2)
        return change(
          RTM_DELLINK,
          0,
          names.map((name) => encodeDeviceRemoval({ name })),
        )
      const bodies = names.map((name) => encodeDeviceChange(name, { group: DOOMED_GROUP }))
      const results = change(RTM_NEWLINK, 0, bodies)
      const [refusal = null] = change(RTM_DELLINK, 0, [encodeDeviceRemoval({ group: DOOMED_GROUP })])
      return results.map((result) => result ?? refusal)
    },
    close: () => socket.close(),
  }
}
