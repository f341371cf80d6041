import { type DestinationStream, type Logger, pino } from 'pino'
import { textDestination } from './log-text.ts'

export type Log = Logger

/** `text` in this environment variable makes a log for people; the supervisor hands it on to its children. */
export const LOG_FORMAT = 'FAILOVERD_LOG_FORMAT'

/**
 * A logger of one process on standard output: JSON lines, or lines for people. Secrets are masked wherever a field of
 * these names stands.
 *
 * @param level `trace` packets, `debug` effects, `info` state changes, `warn` coping, `error` a human is needed
 */
export function createLog(service: string, level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { service },
    redact: { paths: ['password', '*.password', '*.*.password'], censor: '***' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  }
  if (destination !== undefined) return pino(options, destination)
  return process.env[LOG_FORMAT] === 'text' ? pino(options, textDestination()) : pino(options)
}
