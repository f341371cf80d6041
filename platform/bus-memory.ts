import type { Cause, Envelope, EventDraft } from '#schemas/envelope.ts'
import { eventSubject, type NodeName, type ServiceName } from '#schemas/subjects.ts'
import type { Bus, FollowOptions, Published, Snapshot, WorkOptions } from './bus-port.ts'
import { type Chained, GENESIS, nextEvent } from './chain.ts'
import { formatHlc } from './hlc.ts'

export interface MemoryBus extends Bus {
  /** Everything published through this bus or put on it, oldest first. */
  events: Envelope[]
  /** False: publishes wait, nobody hears anything, snapshots are out of reach. True again: all that waited goes out. */
  setConnected(connected: boolean): void
  /** An event of another service, as if it had come over the wire. */
  put(draft: EventDraft): Envelope
  /** A heartbeat of another service. */
  putBeat(service: ServiceName): void
  /** What a tool is answered. */
  ask(request: unknown): unknown
}

interface Stored extends Chained {
  subject: string
}

/** The bus's twin for tests: nothing waits, `stored` resolves at once, and everything published can be looked at. */
export function memoryBus(name: NodeName = { site: 'site1', node: 'node1' }): MemoryBus {
  const state = { connected: true, snapshot: null as Snapshot | null }
  const stored: Stored[] = []
  const waiting: { event: Stored; done(): void }[] = []
  const make = createProducer(name)
  const follows: FollowOptions[] = []
  const works: WorkOptions[] = []
  const connections: ((connected: boolean) => void)[] = []
  const requests: ((request: unknown) => unknown)[] = []
  const beats: { service: ServiceName | '*'; listener(service: string): void }[] = []

  function store(event: Stored): void {
    stored.push(event)
    const position = stored.length
    const concerned = ({ filters }: { filters: string[] }) => hears(filters, event)
    for (const work of works.filter(concerned)) void offer(work, event.envelope)
    for (const follow of follows.filter(concerned)) follow.onEvent(event.envelope, 'live', position)
  }

  function flush(): void {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      store(next.event)
      next.done()
    }
  }

  function publish(draft: EventDraft, cause: Cause | null): Published {
    const event = make(draft, cause, stored.length + waiting.length)
    const kept = Promise.withResolvers<void>()
    waiting.push({ event, done: kept.resolve })
    if (state.connected) flush()
    return { envelope: event.envelope, stored: kept.promise }
  }

  return {
    get events() {
      return stored.map(({ envelope }) => envelope)
    },
    publish,
    put: (draft) => publish(draft, null).envelope,
    putBeat: (service) => tell(beats, service),
    setConnected(connected) {
      state.connected = connected
      if (connected) flush()
      for (const listener of connections) listener(connected)
    },
    status: () => ({ connected: state.connected, spooled: waiting.length }),
    onConnection(listener) {
      connections.push(listener)
      listener(state.connected)
    },
    loadSnapshot: async (version) =>
      state.connected && state.snapshot?.version === version ? structuredClone(state.snapshot) : null,
    async saveSnapshot(snapshot) {
      if (state.connected) state.snapshot = structuredClone({ ...snapshot, position: stored.length })
    },
    follow(options) {
      for (const [index, event] of [...stored].entries()) {
        const due = index >= options.after && hears(options.filters, event)
        if (due) options.onEvent(event.envelope, 'replay', index + 1)
      }
      follows.push(options)
      options.onCaughtUp()
    },
    work(options) {
      works.push(options)
      const due = stored.filter((event) => hears(options.filters, event))
      for (const { envelope } of due) void offer(options, envelope)
    },
    beat() {},
    onBeat: (service, listener) => void beats.push({ service, listener }),
    onRequest: (listener) => void requests.push(listener),
    ask: (request) => requests.map((listener) => listener(request))[0],
    close: async () => undefined,
  }
}

const TIME = '2026-01-01T00:00:00.000Z'

/** Numbers and chains the events of every service. */
function createProducer(name: NodeName) {
  const chains = new Map<ServiceName, Chained['head']>()
  return (draft: EventDraft, cause: Cause | null, at: number): Stored => {
    const head = chains.get(draft.service) ?? GENESIS
    const counter = head.sequence + 1
    const stamp = { name, run: 'boot-0', counter, hlc: formatHlc({ ms: at, counter: 0 }, name.node), time: TIME }
    const chained = nextEvent(head, draft, cause, stamp)
    chains.set(draft.service, chained.head)
    return { ...chained, subject: eventSubject(name, draft.service, draft.entity, draft.data.type) }
  }
}

/** Offers again for as long as the handler puts it off, without the wait. */
async function offer(work: WorkOptions, event: Envelope): Promise<void> {
  while (!(await work.handle(event)).done) await new Promise((resolve) => setImmediate(resolve))
}

function tell(beats: { service: ServiceName | '*'; listener(service: string): void }[], service: ServiceName): void {
  for (const beat of beats) if (beat.service === '*' || beat.service === service) beat.listener(service)
}

function hears(filters: string[], { subject }: Stored): boolean {
  return filters.some((filter) => matches(filter, subject))
}

/** NATS subject matching: `*` is one token, `>` all that follow. */
export function matches(filter: string, subject: string): boolean {
  const wanted = filter.split('.')
  const tokens = subject.split('.')
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index
    if (token !== '*' && token !== tokens[index]) return false
  }
  return tokens.length === wanted.length
}
