/**
 * IPVS over generic netlink (linux/ip_vs.h), family "IPVS" version 1. Integers in host order, except ports and the
 * IPv4 persistence mask.
 *
 *   command      attributes SERVICE (1) and DEST (2), each nested
 *   service id   AF u16 (1) | PROTOCOL u16 (2) | ADDR 16 (3) | PORT be16 (4)     or AF (1) | FWMARK u32 (5)
 *   service      id | SCHED_NAME text (6) | FLAGS u32, mask u32 (7) | TIMEOUT u32 s (8) | NETMASK u32 (9)
 *   destination  ADDR 16 (1) | PORT be16 (2) | FWD_METHOD u32 (3) | WEIGHT i32 (4) | U_THRESH u32 (5)
 *                L_THRESH u32 (6) | ADDR_FAMILY u16 (11)
 *
 * ADDR is a union: an IPv4 address is its first 4 bytes. All of service or destination is needed for NEW and SET; the
 * command decides between them, not NLM_F_CREATE. A SET of a destination replaces everything.
 */
import { ipBytes, ipText } from '#platform/native/ip.ts'
import { AF_INET, AF_INET6 } from '#platform/native/sockaddr.ts'
import {
  type Attributes,
  attributeBe16,
  attributeText,
  attributeU16,
  attributeU32,
  decodeAttributes,
  encodeAttribute,
  encodeNested,
  readNested,
  readText,
  readUnsigned,
} from '#platform/netlink/attributes.ts'
import type { GenericCommand } from '#platform/netlink/generic.ts'
import type { Forwarding, KernelChange, KernelDestination, KernelService, ServiceKey } from '../ports.ts'

export const IPVS_FAMILY = 'IPVS'
export const IPVS_VERSION = 1

const COMMAND = {
  newService: 1,
  setService: 2,
  delService: 3,
  getService: 4,
  newDest: 5,
  setDest: 6,
  delDest: 7,
  getDest: 8,
}
const TOP = { service: 1, destination: 2 }
const SERVICE = {
  family: 1,
  protocol: 2,
  address: 3,
  port: 4,
  fwmark: 5,
  scheduler: 6,
  flags: 7,
  timeout: 8,
  netmask: 9,
}
const DEST = { address: 1, port: 2, method: 3, weight: 4, upper: 5, lower: 6, family: 11 }

const FLAG_PERSISTENT = 1
const FLAG_ONE_PACKET = 4
const METHOD_MASK = 7
const METHODS: Record<Forwarding, number> = { NAT: 0, TUN: 2, DR: 3 }
const PROTOCOLS: Record<ServiceKey['protocol'], number> = { TCP: 6, UDP: 17, SCTP: 132 }

/** What names a service to the kernel. A firewall mark service has a family and nothing else. */
export type ServiceId = { kind: 'address'; key: ServiceKey } | { kind: 'fwmark'; fwmark: number; family: 4 | 6 }

/** The kernel's whole view of a service; the port's KernelService is the part that failoverd sets. */
export interface ServiceEntry {
  id: ServiceId
  scheduler: string
  /** null: not persistent. */
  persistenceTimeoutS: number | null
  /** Length of the mask by which clients are grouped: 32 or 128, each client alone. */
  persistencePrefix: number
  /** UDP: every packet is scheduled anew. */
  onePacket: boolean
}

export interface DestinationEntry extends KernelDestination {
  family: 4 | 6
  /** Connections above which it gets no new ones, until there are fewer than the lower one; 0: no limit. */
  upperThreshold: number
  lowerThreshold: number
}

function familyCode(family: 4 | 6): number {
  return family === 4 ? AF_INET : AF_INET6
}

function unionAddress(text: string): Buffer {
  const out = Buffer.alloc(16)
  ipBytes(text).copy(out)
  return out
}

function idAttributes(id: ServiceId): Buffer[] {
  switch (id.kind) {
    case 'address':
      return [
        attributeU16(SERVICE.family, familyCode(id.key.family)),
        attributeU16(SERVICE.protocol, PROTOCOLS[id.key.protocol]),
        encodeAttribute(SERVICE.address, unionAddress(id.key.address)),
        attributeBe16(SERVICE.port, id.key.port),
      ]
    case 'fwmark':
      return [attributeU16(SERVICE.family, familyCode(id.family)), attributeU32(SERVICE.fwmark, id.fwmark)]
  }
}

function familyOf(id: ServiceId): 4 | 6 {
  return id.kind === 'address' ? id.key.family : id.family
}

/** IPv4: a mask in network order; IPv6: a prefix length as a plain number. */
function netmaskValue(family: 4 | 6, prefix: number): Buffer {
  const out = Buffer.alloc(4)
  if (family === 6) out.writeUInt32LE(prefix)
  else out.writeUInt32BE(prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0)
  return out
}

function netmaskPrefix(family: 4 | 6, value: Buffer | undefined): number {
  if (value === undefined || value.length < 4) return family === 4 ? 32 : 128
  return family === 6 ? value.readUInt32LE(0) : 32 - Math.log2(0x1_0000_0000 - value.readUInt32BE(0))
}

/** The SERVICE attribute of a NEW or SET. */
export function encodeService(entry: ServiceEntry): Buffer {
  const flags = Buffer.alloc(8)
  const persistent = entry.persistenceTimeoutS === null ? 0 : FLAG_PERSISTENT
  flags.writeUInt32LE(persistent | (entry.onePacket ? FLAG_ONE_PACKET : 0), 0)
  flags.writeUInt32LE(0xffff_ffff, 4)
  return encodeNested(TOP.service, [
    ...idAttributes(entry.id),
    attributeText(SERVICE.scheduler, entry.scheduler),
    encodeAttribute(SERVICE.flags, flags),
    attributeU32(SERVICE.timeout, entry.persistenceTimeoutS ?? 0),
    encodeAttribute(SERVICE.netmask, netmaskValue(familyOf(entry.id), entry.persistencePrefix)),
  ])
}

/** The SERVICE attribute where only its name is wanted. */
export function encodeServiceId(id: ServiceId): Buffer {
  return encodeNested(TOP.service, idAttributes(id))
}

/** The DEST attribute of a NEW or SET. */
export function encodeDestination(entry: DestinationEntry): Buffer {
  return encodeNested(TOP.destination, [
    ...destinationId(entry),
    attributeU32(DEST.method, METHODS[entry.forwarding]),
    attributeU32(DEST.weight, entry.weight),
    attributeU32(DEST.upper, entry.upperThreshold),
    attributeU32(DEST.lower, entry.lowerThreshold),
  ])
}

function destinationId({ address, port }: { address: string; port: number }): Buffer[] {
  const family = ipBytes(address).length === 4 ? AF_INET : AF_INET6
  return [
    attributeU16(DEST.family, family),
    encodeAttribute(DEST.address, unionAddress(address)),
    attributeBe16(DEST.port, port),
  ]
}

/** null: something that failoverd does not set up (another protocol). */
export function decodeService(message: Buffer): ServiceEntry | null {
  const service = readNested(decodeAttributes(message), TOP.service)
  const id = decodeServiceId(service)
  if (id === null) return null
  const flags = service.get(SERVICE.flags)?.readUInt32LE(0) ?? 0
  return {
    id,
    scheduler: readText(service, SERVICE.scheduler),
    persistenceTimeoutS: (flags & FLAG_PERSISTENT) === 0 ? null : readUnsigned(service, SERVICE.timeout),
    persistencePrefix: netmaskPrefix(familyOf(id), service.get(SERVICE.netmask)),
    onePacket: (flags & FLAG_ONE_PACKET) !== 0,
  }
}

function decodeServiceId(service: Attributes): ServiceId | null {
  const family = familyNumber(readUnsigned(service, SERVICE.family))
  if (family === null) return null
  if (service.has(SERVICE.fwmark)) return { kind: 'fwmark', fwmark: readUnsigned(service, SERVICE.fwmark), family }
  const protocol = protocolName(readUnsigned(service, SERVICE.protocol))
  const address = unionText(service.get(SERVICE.address), family)
  if (protocol === null || address === null) return null
  return { kind: 'address', key: { protocol, address, port: port(service.get(SERVICE.port)), family } }
}

/** `family` is the service's: kernels before 3.18 do not say the destination's. null: not to be understood. */
export function decodeDestination(message: Buffer, family: 4 | 6): DestinationEntry | null {
  const dest = readNested(decodeAttributes(message), TOP.destination)
  const own = dest.has(DEST.family) ? familyNumber(readUnsigned(dest, DEST.family)) : family
  const address = own === null ? null : unionText(dest.get(DEST.address), own)
  const forwarding = methodName(readUnsigned(dest, DEST.method) & METHOD_MASK)
  if (own === null || address === null || forwarding === null) return null
  return {
    address,
    port: port(dest.get(DEST.port)),
    forwarding,
    weight: readUnsigned(dest, DEST.weight),
    family: own,
    upperThreshold: readUnsigned(dest, DEST.upper),
    lowerThreshold: readUnsigned(dest, DEST.lower),
  }
}

function familyNumber(code: number): 4 | 6 | null {
  if (code === AF_INET) return 4
  return code === AF_INET6 ? 6 : null
}

function protocolName(code: number): ServiceKey['protocol'] | null {
  return (['TCP', 'UDP', 'SCTP'] as const).find((name) => PROTOCOLS[name] === code) ?? null
}

/** null: method 1, which the kernel accepts for a server on the machine itself, and which failoverd never sets. */
function methodName(code: number): Forwarding | null {
  return (['NAT', 'TUN', 'DR'] as const).find((name) => METHODS[name] === code) ?? null
}

function unionText(bytes: Buffer | undefined, family: 4 | 6): string | null {
  const length = family === 4 ? 4 : 16
  return bytes === undefined || bytes.length < length ? null : ipText(bytes.subarray(0, length))
}

function port(bytes: Buffer | undefined): number {
  return bytes?.readUInt16BE(0) ?? 0
}

export const DUMP_SERVICES: GenericCommand = { command: COMMAND.getService, attributes: [] }

export function dumpDestinations(id: ServiceId): GenericCommand {
  return { command: COMMAND.getDest, attributes: [encodeServiceId(id)] }
}

/** The command that carries a change out. */
export function encodeChange(change: KernelChange): GenericCommand {
  switch (change.kind) {
    case 'add-service':
      return { command: COMMAND.newService, attributes: [encodeService(entryOf(change.service))] }
    case 'update-service':
      return { command: COMMAND.setService, attributes: [encodeService(entryOf(change.service))] }
    case 'remove-service':
      return { command: COMMAND.delService, attributes: [encodeServiceId(idOf(change.service))] }
    case 'add-destination':
      return withDestination(COMMAND.newDest, change.service, encodeDestination(destinationOf(change.destination)))
    case 'update-destination':
      return withDestination(COMMAND.setDest, change.service, encodeDestination(destinationOf(change.destination)))
    case 'remove-destination': {
      const destination = encodeNested(TOP.destination, destinationId(change.destination))
      return withDestination(COMMAND.delDest, change.service, destination)
    }
  }
}

function withDestination(command: number, service: ServiceKey, destination: Buffer): GenericCommand {
  return { command, attributes: [encodeServiceId(idOf(service)), destination] }
}

function idOf(key: ServiceKey): ServiceId {
  return { kind: 'address', key }
}

function entryOf(service: Omit<KernelService, 'destinations'>): ServiceEntry {
  const { scheduler, persistenceTimeoutS, family } = service
  return {
    id: idOf(service),
    scheduler,
    persistenceTimeoutS,
    persistencePrefix: family === 4 ? 32 : 128,
    onePacket: false,
  }
}

function destinationOf(destination: KernelDestination): DestinationEntry {
  const family = ipBytes(destination.address).length === 4 ? 4 : 6
  return { ...destination, family, upperThreshold: 0, lowerThreshold: 0 }
}
