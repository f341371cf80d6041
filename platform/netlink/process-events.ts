/**
 * The process connector (linux/cn_proc.h): the kernel tells of every process that begins, becomes another program and
 * ends. Only with CAP_NET_ADMIN when it is opened, and only in the first network and process namespaces of a machine.
 *
 *   cn_msg       idx u32 | val u32 | sequence u32 | ack u32 | length u16 | flags u16 | data
 *   proc_event   what u32 | cpu u32 | time u64 | pids u32...
 */
import { isErrno } from '../errors.ts'
import { AF_NETLINK, SOCK_RAW, sockaddrNl } from '../native/sockaddr.ts'
import { type NativeSocket, openSocket } from '../native/socket.ts'
import { decodeMessages, encodeMessage, NLMSG_DONE } from './message.ts'

const NETLINK_CONNECTOR = 11
const CN_IDX_PROC = 1
const CN_VAL_PROC = 1
const PROC_CN_MCAST_LISTEN = 1
const CN_HEADER = 20
const SOL_SOCKET = 1
const SO_RCVBUFFORCE = 33
const BUFFER_SIZE = 1 << 20

const PROC_EVENT_NONE = 0
const PROC_EVENT_FORK = 0x1
const PROC_EVENT_EXEC = 0x2
const PROC_EVENT_COMM = 0x200
const PROC_EVENT_EXIT = 0x8000_0000

/** Without the right, in another network namespace, in a kernel without the connector. */
const REFUSALS = ['EPERM', 'EACCES', 'ECONNREFUSED', 'EPROTONOSUPPORT', 'ENOENT']

/** What happened to a process; its threads do not count. */
export type ProcessEvent = { type: 'begun' | 'changed' | 'ended'; pid: number }

export interface ProcessEventsOptions {
  onEvent(event: ProcessEvent): void
  /** Events were lost: nothing is known any more. */
  onOverrun(): void
}

/** null: the kernel does not tell this process. */
export function openProcessEvents({ onEvent, onOverrun }: ProcessEventsOptions): { close(): void } | null {
  const socket = listen()
  if (socket === null) return null
  socket.watch({
    batch: 64,
    size: 256,
    controlSize: 0,
    onMessage({ data }) {
      for (const { body } of decodeMessages(data)) {
        const event = decodeProcessEvent(body)
        if (event !== null) onEvent(event)
      }
    },
    onError: onOverrun,
  })
  return { close: () => socket.close() }
}

function listen(): NativeSocket | null {
  let socket: NativeSocket | null = null
  try {
    socket = openSocket(AF_NETLINK, SOCK_RAW, NETLINK_CONNECTOR)
    socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_SIZE)
    socket.bind(sockaddrNl(CN_IDX_PROC))
    socket.send(encodeMessage({ type: NLMSG_DONE, flags: 0, sequence: 0, body: listenRequest() }))
    if (isAcknowledged(socket)) return socket
  } catch (cause) {
    if (!REFUSALS.some((code) => isErrno(cause, code))) throw cause
  }
  socket?.close()
  return null
}

function listenRequest(): Buffer {
  const body = Buffer.alloc(CN_HEADER + 4)
  body.writeUInt32LE(CN_IDX_PROC, 0)
  body.writeUInt32LE(CN_VAL_PROC, 4)
  body.writeUInt16LE(4, 16)
  body.writeUInt32LE(PROC_CN_MCAST_LISTEN, CN_HEADER)
  return body
}

/** The answer is queued when the request has been sent; from within another process namespace there is none. */
function isAcknowledged(socket: NativeSocket): boolean {
  for (let message = socket.receive(256, 0); message !== null; message = socket.receive(256, 0)) {
    for (const { body } of decodeMessages(message.data)) {
      const isAnswer = body.length >= CN_HEADER + 20 && body.readUInt32LE(CN_HEADER) === PROC_EVENT_NONE
      if (isAnswer) return body.readUInt32LE(CN_HEADER + 16) === 0
    }
  }
  return false
}

/** null: of a thread, or nothing that matters here. */
export function decodeProcessEvent(body: Buffer): ProcessEvent | null {
  if (body.length < CN_HEADER + 24) return null
  const what = body.readUInt32LE(CN_HEADER)
  const data = CN_HEADER + 16
  // A new process stands behind its parent.
  const own = what === PROC_EVENT_FORK ? data + 8 : data
  if (body.length < own + 8) return null
  const [pid, group] = [body.readUInt32LE(own), body.readUInt32LE(own + 4)]
  if (pid !== group) return null
  switch (what) {
    case PROC_EVENT_FORK:
      return { type: 'begun', pid }
    case PROC_EVENT_EXEC:
    case PROC_EVENT_COMM:
      return { type: 'changed', pid }
    case PROC_EVENT_EXIT:
      return { type: 'ended', pid }
  }
  return null
}
