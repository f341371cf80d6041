import { HaError, isErrno } from '../errors.ts'
import { AF_NETLINK, SOCK_RAW, sockaddrNl } from '../native/sockaddr.ts'
import { type NativeSocket, openSocket } from '../native/socket.ts'
import {
  decodeMessages,
  decodeRefusal,
  encodeMessage,
  type NetlinkMessage,
  type NetlinkRefusal,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from './message.ts'

export const NETLINK_ROUTE = 0
export const NETLINK_GENERIC = 16

/** Longest datagram read: the kernel builds dumps of up to 32 KiB. */
export const DATAGRAM_SIZE = 65_536

const SOL_SOCKET = 1
const SO_SNDBUFFORCE = 32
const SO_RCVBUFFORCE = 33
const SOL_NETLINK = 270
const NETLINK_CAP_ACK = 10
const NETLINK_EXT_ACK = 11
const NETLINK_GET_STRICT_CHK = 12
/** Room for a thousand refusals of one batch: the kernel charges about 1 KiB for each. */
const BUFFER_SIZE = 4 << 20
/** A dump that changes under our eyes is read again, but not for ever. */
const DUMP_ATTEMPTS = 20

export interface NetlinkRequest {
  type: number
  /** On top of NLM_F_REQUEST; acknowledgement and dump are added here. */
  flags: number
  body: Buffer
}

export type NetlinkReply = { ok: true; messages: NetlinkMessage[] } | { ok: false; refusal: NetlinkRefusal }

/**
 * Requests and dumps, synchronously: rtnetlink and generic netlink do their work inside sendmsg, so every answer is
 * queued by the time it returns and waiting would only cost turns of the event loop.
 */
export interface NetlinkSocket {
  /**
   * Sends all requests in one system call; one reply each, in their order. A refused one does not stop those behind
   * it. @throws HaError NETLINK: the socket failed, not a request
   */
  request(requests: readonly NetlinkRequest[]): NetlinkReply[]
  /** @throws HaError NETLINK, with the errno error as cause when the kernel refused */
  dump(request: NetlinkRequest): NetlinkMessage[]
  close(): void
}

/** @throws HaError NETLINK */
export function openNetlink(protocol: number): NetlinkSocket {
  const socket = openConfigured(protocol)
  const port = portOf(socket)
  let sequence = 0

  function request(requests: readonly NetlinkRequest[]): NetlinkReply[] {
    const first = sequence + 1
    const frames = requests.map(({ type, flags, body }, index) => {
      // One acknowledgement, of the last, tells that all are through; refusals come without being asked for.
      const ack = index === requests.length - 1 ? NLM_F_ACK : 0
      sequence += 1
      return encodeMessage({ type, flags: flags | NLM_F_REQUEST | ack, sequence, body })
    })
    if (frames.length === 0) return []
    send(socket, Buffer.concat(frames))
    return collectReplies(socket, first, requests.length)
  }

  function dump(wanted: NetlinkRequest): NetlinkMessage[] {
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt += 1) {
      sequence += 1
      const { messages, interrupted } = readDump(socket, wanted, { sequence, port }, () => {})
      if (!interrupted) return messages
    }
    throw new HaError('NETLINK', `the kernel's table changed during each of ${DUMP_ATTEMPTS} dumps`)
  }

  return { request, dump, close: () => socket.close() }
}

/** A netlink socket with extended acknowledgements and strict checks, where the kernel has them. */
export function openConfigured(protocol: number): NativeSocket {
  try {
    const socket = openSocket(AF_NETLINK, SOCK_RAW, protocol)
    socket.bind(sockaddrNl())
    for (const name of [NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK])
      setIfKnown(socket, SOL_NETLINK, name, 1)
    setIfKnown(socket, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_SIZE)
    setIfKnown(socket, SOL_SOCKET, SO_SNDBUFFORCE, BUFFER_SIZE)
    return socket
  } catch (cause) {
    throw new HaError('NETLINK', `cannot open a netlink socket of protocol ${protocol}`, { cause })
  }
}

/** The port id the kernel gave the socket. */
export function portOf(socket: NativeSocket): number {
  return socket.localAddress().readUInt32LE(4)
}

function setIfKnown(socket: NativeSocket, level: number, name: number, value: number): void {
  try {
    socket.setOption(level, name, value)
  } catch (cause) {
    // Old kernels lack an option, readers without CAP_NET_ADMIN may not force buffers: both can do without.
    if (!isErrno(cause, 'ENOPROTOOPT') && !isErrno(cause, 'EPERM')) throw cause
  }
}

function send(socket: NativeSocket, data: Buffer): void {
  try {
    socket.send(data)
  } catch (cause) {
    throw new HaError('NETLINK', 'the netlink socket refused to send', { cause })
  }
}

/** The messages of the next datagram. */
function receive(socket: NativeSocket): NetlinkMessage[] {
  try {
    const datagram = socket.receive(DATAGRAM_SIZE, 0)
    if (datagram !== null) return decodeMessages(datagram.data)
  } catch (cause) {
    throw new HaError('NETLINK', 'the netlink socket lost answers', { cause })
  }
  throw new HaError('NETLINK', 'the kernel did not answer a netlink request')
}

function collectReplies(socket: NativeSocket, first: number, count: number): NetlinkReply[] {
  const replies: NetlinkReply[] = Array.from({ length: count }, () => ({ ok: true, messages: [] }))
  for (let done = false; !done; ) {
    for (const message of receive(socket)) {
      const index = message.sequence - first
      const reply = replies[index]
      // Undefined: a late answer to a request that was given up.
      if (reply === undefined) continue
      if (message.type !== NLMSG_ERROR) {
        if (reply.ok) reply.messages.push(message)
        continue
      }
      const refusal = decodeRefusal(message)
      if (refusal !== null) replies[index] = { ok: false, refusal }
      done = index === count - 1
    }
  }
  return replies
}

/**
 * Runs one dump. Messages that do not belong to it go to `onOther`, told whether the dump had begun by then.
 *
 * @throws HaError NETLINK
 */
export function readDump(
  socket: NativeSocket,
  { type, flags, body }: NetlinkRequest,
  own: { sequence: number; port: number },
  onOther: (message: NetlinkMessage, begun: boolean) => void,
): { messages: NetlinkMessage[]; interrupted: boolean } {
  send(socket, encodeMessage({ type, flags: flags | NLM_F_REQUEST | NLM_F_DUMP, sequence: own.sequence, body }))
  const messages: NetlinkMessage[] = []
  let interrupted = false
  for (let begun = false; ; ) {
    for (const message of receive(socket)) {
      // An event carries the sequence of whoever caused it, so the port id has to match as well.
      if (message.sequence !== own.sequence || message.port !== own.port) {
        onOther(message, begun)
        continue
      }
      begun = true
      if ((message.flags & NLM_F_DUMP_INTR) !== 0) interrupted = true
      if (message.type !== NLMSG_ERROR && message.type !== NLMSG_DONE) {
        messages.push(message)
        continue
      }
      const refusal = decodeRefusal(message)
      if (refusal === null) return { messages, interrupted }
      throw new HaError('NETLINK', 'the kernel refused a dump', { cause: refusalError(refusal) })
    }
  }
}

/** A refusal as an error whose `code` is the errno name, to be the cause of another. */
export function refusalError({ code, detail }: NetlinkRefusal): Error {
  return Object.assign(new Error(detail === null ? code : `${code}: ${detail}`), { code })
}
