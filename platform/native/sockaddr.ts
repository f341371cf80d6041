/**
 * Socket addresses and control messages as the kernel lays them out (64-bit little-endian machines):
 *
 *   sockaddr_in   family u16 | port be16 | address 4 | zero 8                                       (ip(7))
 *   sockaddr_in6  family u16 | port be16 | flow be32 | address 16 | scope id u32                    (ipv6(7))
 *   sockaddr_ll   family u16 | protocol be16 | ifindex i32 | hatype u16 | pkttype u8 | halen u8 | address 8   (packet(7))
 *   sockaddr_nl   family u16 | pad u16 | port id u32 | groups u32                                   (netlink(7))
 *   cmsghdr       length u64 (with header) | level i32 | type i32 | data, padded to 8               (cmsg(3))
 */
import { ipBytes, ipText } from './ip.ts'

export const AF_INET = 2
export const AF_INET6 = 10
export const AF_NETLINK = 16
export const AF_PACKET = 17
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3

/** For IPv4 or IPv6, by the text; `scope` is the interface index that link-local addresses need. */
export function sockaddrIp(address: string, port = 0, scope = 0): Buffer {
  const bytes = ipBytes(address)
  const out = Buffer.alloc(bytes.length === 4 ? 16 : 28)
  out.writeUInt16LE(bytes.length === 4 ? AF_INET : AF_INET6, 0)
  out.writeUInt16BE(port, 2)
  bytes.copy(out, bytes.length === 4 ? 4 : 8)
  if (bytes.length === 16) out.writeUInt32LE(scope, 24)
  return out
}

/** The address of a sockaddr_in or sockaddr_in6; null for another family. */
export function ipOfSockaddr(sockaddr: Buffer): string | null {
  if (sockaddr.length < 16) return null
  const family = sockaddr.readUInt16LE(0)
  if (family === AF_INET) return ipText(sockaddr.subarray(4, 8))
  return family === AF_INET6 && sockaddr.length >= 24 ? ipText(sockaddr.subarray(8, 24)) : null
}

export function sockaddrLl(link: { index: number; protocol: number; hardwareAddress?: Buffer }): Buffer {
  const out = Buffer.alloc(20)
  out.writeUInt16LE(AF_PACKET, 0)
  out.writeUInt16BE(link.protocol, 2)
  out.writeInt32LE(link.index, 4)
  out.writeUInt8(link.hardwareAddress?.length ?? 0, 11)
  link.hardwareAddress?.copy(out, 12, 0, 8)
  return out
}

/** Port id 0: the kernel, or for bind its own choice. `groups` is the old bit mask; groups above 32 need an option. */
export function sockaddrNl(groups = 0): Buffer {
  const out = Buffer.alloc(12)
  out.writeUInt16LE(AF_NETLINK, 0)
  out.writeUInt32LE(groups, 8)
  return out
}

/** An interface name as SO_BINDTODEVICE takes it. */
export function deviceName(name: string): Buffer {
  return Buffer.from(`${name}\0`)
}

export interface ControlMessage {
  level: number
  type: number
  data: Buffer
}

const CONTROL_HEADER = 16

export function encodeControl({ level, type, data }: ControlMessage): Buffer {
  const out = Buffer.alloc(CONTROL_HEADER + ((data.length + 7) & ~7))
  out.writeBigUInt64LE(BigInt(CONTROL_HEADER + data.length), 0)
  out.writeInt32LE(level, 8)
  out.writeInt32LE(type, 12)
  data.copy(out, CONTROL_HEADER)
  return out
}

export function controlMessages(control: Buffer): ControlMessage[] {
  const found: ControlMessage[] = []
  for (let at = 0; at + CONTROL_HEADER <= control.length; ) {
    const length = Number(control.readBigUInt64LE(at))
    if (length < CONTROL_HEADER) break
    const data = control.subarray(at + CONTROL_HEADER, at + length)
    found.push({ level: control.readInt32LE(at + 8), type: control.readInt32LE(at + 12), data })
    at += (length + 7) & ~7
  }
  return found
}
