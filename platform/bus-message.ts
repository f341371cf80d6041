import type { Msg } from 'nats'
import type { Envelope } from '#schemas/envelope.ts'
import { readEvent } from './chain.ts'
import type { Log } from './log.ts'

/** Reads messages into events; what is none is logged once for its subject and skipped. */
export function createParser(log: Log): (message: Msg) => Envelope | null {
  const complained = new Set<string>()
  return (message) => {
    const event = readEvent(message.data)
    if (event === null && !complained.has(message.subject)) {
      complained.add(message.subject)
      log.warn({ subject: message.subject }, 'skipped a message that is no event')
    }
    return event
  }
}

/** A listener that throws is a bug and ends the process; inside the client it would only break the connection. */
export function guarded(run: () => void): void {
  try {
    run()
  } catch (bug) {
    process.nextTick(() => {
      throw bug
    })
  }
}
