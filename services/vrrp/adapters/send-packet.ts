import type { NativeSocket } from '#platform/native/socket.ts'
import type { SendResult } from '../ports.ts'

/** One packet, without waiting. */
export function sendPacket(socket: NativeSocket, payload: Buffer, to: Buffer, control: Buffer | null): SendResult {
  try {
    socket.send(payload, to, control)
    return { ok: true }
  } catch (cause) {
    // A pending ENETDOWN is reported by whichever call comes first: the packet was not even tried.
    const code = codeOf(cause)
    if (code !== 'ENETDOWN') return { ok: false, code }
  }
  try {
    socket.send(payload, to, control)
    return { ok: true }
  } catch (cause) {
    return { ok: false, code: codeOf(cause) }
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO'
}
