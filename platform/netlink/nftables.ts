import { HaError, isErrno } from '../errors.ts'
import { decodeMessages, decodeRefusal, encodeMessage, NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR } from './message.ts'
import { batchEnds } from './nftables-messages.ts'
import { DATAGRAM_SIZE, type NetlinkRequest, openConfigured, refusalError } from './socket.ts'

const NETLINK_NETFILTER = 12
/** How the kernel says that it has no nf_tables: no protocol, or no subsystem. */
const ABSENT = ['EPROTONOSUPPORT', 'EOPNOTSUPP']

export interface NftablesSocket {
  /** All of it or nothing, in one system call. @throws HaError KERNEL_NO_NFTABLES, KERNEL_NFTABLES */
  apply(requests: readonly NetlinkRequest[]): void
  /** Tables that belong to the socket go with it. */
  close(): void
}

/** @throws HaError KERNEL_NO_NFTABLES, NETLINK */
export function openNftables(): NftablesSocket {
  const socket = openOrExplain()
  let sequence = 0

  function apply(requests: readonly NetlinkRequest[]): void {
    const { begin, end } = batchEnds()
    const batch = [begin, ...requests, end].map(({ type, flags, body }, index) => {
      sequence += 1
      // Older kernels do not acknowledge the end, but every message within.
      const ack = index === requests.length ? NLM_F_ACK : 0
      return encodeMessage({ type, flags: flags | NLM_F_REQUEST | ack, sequence, body })
    })
    const first = sequence - batch.length + 1
    socket.send(Buffer.concat(batch))
    // The kernel has done it all when the system call returns: what it has to say is there.
    const refusals = replies().filter((reply) => reply.sequence >= first)
    const refusal = refusals.flatMap((reply) => decodeRefusal(reply) ?? [])[0]
    if (refusal !== undefined) throw refused(refusal.code, refusalError(refusal))
    if (refusals.length === 0) throw new HaError('KERNEL_NFTABLES', 'the kernel did not answer an nf_tables batch')
  }

  function replies() {
    const messages = []
    for (let datagram = socket.receive(DATAGRAM_SIZE, 0); datagram !== null; ) {
      messages.push(...decodeMessages(datagram.data).filter(({ type }) => type === NLMSG_ERROR))
      datagram = socket.receive(DATAGRAM_SIZE, 0)
    }
    return messages
  }

  return { apply, close: () => socket.close() }
}

function openOrExplain() {
  try {
    return openConfigured(NETLINK_NETFILTER)
  } catch (thrown) {
    const cause = thrown instanceof HaError ? thrown.cause : thrown
    throw ABSENT.some((code) => isErrno(cause, code)) ? refused('EPROTONOSUPPORT', cause) : thrown
  }
}

function refused(code: string, cause: unknown): HaError {
  if (!ABSENT.includes(code))
    return new HaError('KERNEL_NFTABLES', 'the kernel refused a change of nf_tables', { cause })
  return new HaError('KERNEL_NO_NFTABLES', 'this kernel has no nf_tables: load it with `modprobe nf_tables`', { cause })
}
