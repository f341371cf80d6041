import { type NetlinkMessage, type NetlinkRefusal, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from './message.ts'
import { type NetlinkMonitor, openMonitor } from './monitor.ts'
import {
  type AddressEntry,
  type AddressInfo,
  type AddressKey,
  decodeAddress,
  decodeLink,
  encodeAddress,
  encodeAddressQuery,
  encodeAddressRemoval,
  encodeLinkQuery,
  encodeLinkUp,
  type LinkInfo,
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_GETADDR,
  RTM_GETLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
} from './route-messages.ts'
import { NETLINK_ROUTE, type NetlinkReply, type NetlinkRequest, openNetlink } from './socket.ts'

const RTNLGRP_LINK = 1
const RTNLGRP_IPV4_IFADDR = 5
const RTNLGRP_IPV6_IFADDR = 9

/** null: done; else why not, with the errno name. */
export type RouteResult = NetlinkRefusal | null

/** Links and addresses; every call is one system call for all entries and answers at once. */
export interface RouteSocket {
  /** null: no such link. */
  link(name: string): LinkInfo | null
  links(): LinkInfo[]
  /** Does nothing to a link that is up. */
  switchOn(index: number): RouteResult
  /** Of one link, or with 0 of all. */
  addresses(index: number): AddressInfo[]
  /** EEXIST when it is there. */
  addAddresses(entries: readonly AddressEntry[]): RouteResult[]
  /** Changes lifetime and flags of what is there; the kernel ADDS what is not. */
  replaceAddresses(entries: readonly AddressEntry[]): RouteResult[]
  /** EADDRNOTAVAIL when it is not there. */
  removeAddresses(entries: readonly AddressKey[]): RouteResult[]
  close(): void
}

/** @throws HaError NETLINK */
export function openRoute(): RouteSocket {
  const socket = openNetlink(NETLINK_ROUTE)
  const change = (type: number, flags: number, bodies: Buffer[]): RouteResult[] =>
    socket.request(bodies.map((body) => ({ type, flags, body }))).map(refusalOf)
  return {
    link(name) {
      const [reply] = socket.request([{ type: RTM_GETLINK, flags: 0, body: encodeLinkQuery(name) }])
      const [message] = reply?.ok === true ? reply.messages : []
      return message === undefined ? null : decodeLink(message)
    },
    links: () => socket.dump(LINK_DUMP).flatMap((message) => decodeLink(message) ?? []),
    switchOn: (index) => change(RTM_NEWLINK, 0, [encodeLinkUp(index)])[0] ?? null,
    addresses: (index) =>
      socket
        .dump({ ...ADDRESS_DUMP, body: encodeAddressQuery(index) })
        .flatMap((message) => decodeAddress(message) ?? [])
        // Kernels before 4.20 do not know strict checks and give all.
        .filter((address) => index === 0 || address.index === index),
    addAddresses: (entries) => change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, entries.map(encodeAddress)),
    replaceAddresses: (entries) => change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, entries.map(encodeAddress)),
    removeAddresses: (entries) => change(RTM_DELADDR, 0, entries.map(encodeAddressRemoval)),
    close: () => socket.close(),
  }
}

const LINK_DUMP: NetlinkRequest = { type: RTM_GETLINK, flags: 0, body: encodeLinkQuery(null) }
const ADDRESS_DUMP: NetlinkRequest = { type: RTM_GETADDR, flags: 0, body: encodeAddressQuery(0) }

function refusalOf(reply: NetlinkReply): RouteResult {
  return reply.ok ? null : reply.refusal
}

export interface LinkListener {
  /** All links: after `resync`, and after an overrun. */
  onLinks(links: LinkInfo[], overrun: boolean): void
  onLink(link: LinkInfo, present: boolean): void
}

/** Follows links; nothing is reported before the first `resync`. @throws HaError NETLINK */
export function monitorLinks(listener: LinkListener, receiveBuffer?: number): NetlinkMonitor {
  return openMonitor({
    protocol: NETLINK_ROUTE,
    groups: [RTNLGRP_LINK],
    dump: LINK_DUMP,
    ...(receiveBuffer === undefined ? {} : { receiveBuffer }),
    onState: (messages, overrun) => listener.onLinks(decodeAll(messages, decodeLink), overrun),
    onEvent(message) {
      const link = decodeLink(message)
      if (link !== null) listener.onLink(link, message.type !== RTM_DELLINK)
    },
  })
}

export interface AddressListener {
  /** All addresses: after `resync`, and after an overrun. */
  onAddresses(addresses: AddressInfo[], overrun: boolean): void
  /** Each refresh is an event too. */
  onAddress(address: AddressInfo, present: boolean): void
}

/** Follows IPv4 and IPv6 addresses; nothing is reported before the first `resync`. @throws HaError NETLINK */
export function monitorAddresses(listener: AddressListener, receiveBuffer?: number): NetlinkMonitor {
  return openMonitor({
    protocol: NETLINK_ROUTE,
    groups: [RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR],
    dump: ADDRESS_DUMP,
    ...(receiveBuffer === undefined ? {} : { receiveBuffer }),
    onState: (messages, overrun) => listener.onAddresses(decodeAll(messages, decodeAddress), overrun),
    onEvent(message) {
      const address = decodeAddress(message)
      if (address !== null) listener.onAddress(address, message.type !== RTM_DELADDR)
    },
  })
}

function decodeAll<Entry>(messages: NetlinkMessage[], decode: (message: NetlinkMessage) => Entry | null): Entry[] {
  return messages.flatMap((message) => decode(message) ?? [])
}
