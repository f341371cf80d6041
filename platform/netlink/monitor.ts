import { HaError, isErrno } from '../errors.ts'
import { decodeMessages, type NetlinkMessage } from './message.ts'
import { DATAGRAM_SIZE, type NetlinkRequest, openConfigured, portOf, readDump } from './socket.ts'

const SOL_NETLINK = 270
const NETLINK_ADD_MEMBERSHIP = 1
const SOL_SOCKET = 1
const SO_RCVBUFFORCE = 33
const RESYNC_ATTEMPTS = 20

export interface MonitorOptions {
  protocol: number
  /** Multicast groups, RTNLGRP_*. */
  groups: readonly number[]
  /** The dump that shows everything the groups tell changes of. */
  dump: NetlinkRequest
  /** Bytes; for tests of the overrun. */
  receiveBuffer?: number
  /** The present state: after `resync`, and by itself after an overrun (`overrun` is true then). */
  onState(messages: NetlinkMessage[], overrun: boolean): void
  onEvent(message: NetlinkMessage): void
}

export interface NetlinkMonitor {
  /**
   * Reads the present state anew. The dump runs on the monitor's own socket: events queued before it are older than
   * it and are dropped, those behind it follow after `onState`. So no event ever tells of an older state.
   */
  resync(): void
  /** Delivers what is queued now before it returns. */
  drain(): void
  close(): void
}

/** Follows the changes of one kernel table; call `resync` for the first state. @throws HaError NETLINK */
export function openMonitor(options: MonitorOptions): NetlinkMonitor {
  const socket = openConfigured(options.protocol)
  if (options.receiveBuffer !== undefined) socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, options.receiveBuffer)
  for (const group of options.groups) socket.setOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)
  const port = portOf(socket)
  let sequence = 0

  function resync(overrun: boolean): void {
    for (let attempt = 0; attempt < RESYNC_ATTEMPTS; attempt += 1) {
      try {
        const { state, later } = readState()
        if (state === null) continue
        options.onState(state, overrun)
        for (const message of later) options.onEvent(message)
        return
      } catch (cause) {
        // Overrun once more while we were reading: begin again.
        if (!(cause instanceof HaError) || !isErrno(cause.cause, 'ENOBUFS')) throw cause
      }
    }
    throw new HaError('NETLINK', `the kernel's table changed during each of ${RESYNC_ATTEMPTS} dumps`)
  }

  function readState(): { state: NetlinkMessage[] | null; later: NetlinkMessage[] } {
    discardQueued()
    const later: NetlinkMessage[] = []
    sequence += 1
    const { messages, interrupted } = readDump(socket, options.dump, { sequence, port }, (message, begun) => {
      if (begun) later.push(message)
    })
    return { state: interrupted ? null : messages, later }
  }

  /** Only an empty queue ends the congestion in which the kernel drops events. */
  function discardQueued(): void {
    socket.forget()
    for (let more = true; more; ) {
      try {
        more = socket.receive(DATAGRAM_SIZE, 0) !== null
      } catch (cause) {
        if (!isErrno(cause, 'ENOBUFS')) throw cause
      }
    }
  }

  socket.watch({
    batch: 8,
    size: DATAGRAM_SIZE,
    controlSize: 0,
    onMessage({ data }) {
      // What is addressed to us is the rest of a dump that was given up.
      for (const message of decodeMessages(data)) if (message.port !== port) options.onEvent(message)
    },
    onError: () => resync(true),
  })
  return { resync: () => resync(false), drain: () => socket.drain(), close: () => socket.close() }
}
