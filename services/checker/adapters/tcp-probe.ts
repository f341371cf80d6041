import { connect, type Socket } from 'node:net'
import { setTimeout as startTimer } from 'node:timers'
import type { Clock } from '#platform/clock-port.ts'
import type { TcpCheck } from '#schemas/config.ts'
import type { ProbeResult } from '../ports.ts'

/** Our own shortage; says nothing about the server. */
const OUR_FAULT = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection-refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
}

/** Connects once by TCP; an accepted connection is a success. `onEnd` is called once, never before this returns. */
export function probeTcp(check: TcpCheck, clock: Clock, onEnd: (result: ProbeResult) => void): void {
  const { connectAddress: host, connectPort: port, bindAddress, connectTimeoutMs } = check
  const startedAt = clock.now()
  const socket: Socket = connect({ host, port, ...(bindAddress === null ? {} : { localAddress: bindAddress }) })
  let ended = false
  const timer = startTimer(() => {
    // A process that stood still finds its timers due before it has looked at its sockets: those have the first word.
    setImmediate(() => end({ outcome: 'failed', reason: 'timeout', detail: `no answer in ${connectTimeoutMs} ms` }))
  }, connectTimeoutMs)

  function end(result: ProbeResult): void {
    if (ended) return
    ended = true
    clearTimeout(timer)
    // RST instead of FIN: above some 500 connections a second to one place, the TIME_WAIT that an orderly close leaves
    // with the one who closes and the search for a free port cost as much as the checks (measured with keepalived).
    if (result.outcome === 'passed') socket.resetAndDestroy()
    else socket.destroy()
    onEnd(result)
  }

  socket.on('connect', () => end({ outcome: 'passed', tookMs: clock.now() - startedAt }))
  // Stays for the socket's whole life: an error after the end is nobody's business, but must not be unheard.
  socket.on('error', (cause) => {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown error'
    const detail = cause.message
    end(OUR_FAULT.has(code) ? { outcome: 'impossible', detail } : failed(code, detail))
  })
}

function failed(code: string, detail: string): ProbeResult {
  return { outcome: 'failed', reason: REASONS[code] ?? code, detail }
}
