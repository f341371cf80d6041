/**
 * Adverts of unicast routers once more, on the loopback interface, where services/ipvs sees them leave:
 *
 *   IPv4 header   source 127.0.0.4 or 127.0.0.6 (the router's family), destination 127.x.y.z (its interface's index)
 *   VRRP message  as sent to the first peer; only version, id and priority are read
 *
 * Only who has CAP_NET_RAW can send such packets, and none leaves the machine.
 */
import { HaError } from '#platform/errors.ts'
import { BPF_RETURN, encodeFilter } from '#platform/native/filter.ts'
import { AF_INET, encodeControl, SOCK_RAW, sockaddrIp } from '#platform/native/sockaddr.ts'
import { int32, type NativeSocket, openSocket } from '#platform/native/socket.ts'
import type { OpenAdvertPulse } from '../ports.ts'
import { sendPacket } from './send-packet.ts'

const VRRP = 112
/** ip(7): level IPPROTO_IP, and in_pktinfo: interface, source, (destination). */
const IP_LEVEL = 0
const IP_PKTINFO = 8
const NOTHING = encodeFilter([[BPF_RETURN, 0, 0, 0]])

/** Needs CAP_NET_RAW at opening only. */
export const openPulse: OpenAdvertPulse = () => {
  const socket = openDeaf()
  const controls = { 4: fromLoopback(4), 6: fromLoopback(6) }
  return {
    send: (message, { index, family }) =>
      sendPacket(socket, message, sockaddrIp(pulseAddress(index)), controls[family]),
  }
}

/** Each packet of the protocol would come back to us: none is wanted. */
function openDeaf(): NativeSocket {
  try {
    const socket = openSocket(AF_INET, SOCK_RAW, VRRP)
    socket.attachFilter(NOTHING)
    return socket
  } catch (cause) {
    throw new HaError('KERNEL_SOCKET', 'cannot open a VRRP socket for signs of life', { cause })
  }
}

function fromLoopback(family: 4 | 6): Buffer {
  const data = Buffer.concat([int32(0), Buffer.from([127, 0, 0, family]), Buffer.alloc(4)])
  return encodeControl({ level: IP_LEVEL, type: IP_PKTINFO, data })
}

/** `127.0.1.4` for interface 260. */
function pulseAddress(index: number): string {
  return [127, (index >> 16) & 0xff, (index >> 8) & 0xff, index & 0xff].join('.')
}
