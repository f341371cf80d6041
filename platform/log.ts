import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/**
 * A logger of one process: JSON lines on standard output, secrets masked wherever a field of these names stands.
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
  return destination === undefined ? pino(options) : pino(options, destination)
}
