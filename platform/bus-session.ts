import type { Msg, NatsConnection } from 'nats'

/** Something that lives on one connection after the other. */
export interface Part {
  attach(nc: NatsConnection): void
  detach(): void
}

export type Session = ReturnType<typeof createSession>

/** The one connection at hand, and those who live on it. */
export function createSession() {
  const parts: Part[] = []
  const listeners: ((connected: boolean) => void)[] = []
  let current: NatsConnection | null = null
  /** The library closes a connection a moment before it says so, and throws at whoever uses it meanwhile. */
  const usable = () => (current?.isClosed() === false ? current : null)

  function add(part: Part): void {
    parts.push(part)
    const nc = usable()
    if (nc !== null) part.attach(nc)
  }

  return {
    current: usable,
    /** Waits for a connection; null when none has come by then. */
    async connected(patienceMs: number) {
      const deadline = performance.now() + patienceMs
      while (usable() === null && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
      return usable()
    },
    onConnection(listener: (connected: boolean) => void) {
      listeners.push(listener)
      listener(current !== null)
    },
    add,
    /** Calls the listener with every message's subject. */
    listen(filter: string, listener: (subject: string) => void) {
      const callback = (error: Error | null, { subject }: { subject: string }) => {
        if (error === null) listener(subject)
      }
      add({ attach: (nc) => void nc.subscribe(filter, { callback }), detach() {} })
    },
    /** Answers every message with what the listener makes of it. */
    answer(subject: string, listener: (request: unknown) => unknown) {
      const callback = (error: Error | null, message: Msg) => {
        if (error === null) message.respond(JSON.stringify(listener(jsonOf(message))))
      }
      add({ attach: (nc) => void nc.subscribe(subject, { callback }), detach() {} })
    },
    up(nc: NatsConnection) {
      current = nc
      for (const part of parts) part.attach(nc)
      for (const listener of listeners) listener(true)
    },
    down() {
      current = null
      for (const part of parts) part.detach()
      for (const listener of listeners) listener(false)
    },
  }
}

/** null for what is no JSON: nobody understands that, either. */
function jsonOf(message: Msg): unknown {
  try {
    return message.json()
  } catch {
    return null
  }
}
