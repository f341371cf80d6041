/** All virtual routers of a node on a fake kernel and a fake clock. */
import { pino } from 'pino'
import { fakeClock } from '#platform/clock-fake.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import type { Cause, Envelope, EventDraft } from '#schemas/envelope.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'
import { encodeAdvert } from '../../services/vrrp/adapters/advert-codec.ts'
import type { Post } from '../../services/vrrp/bfd/fast-detection.ts'
import type { AdvertPacket } from '../../services/vrrp/ports.ts'
import { createRouters, type Routers } from '../../services/vrrp/routers.ts'
import { formOf } from '../../services/vrrp/wire/station.ts'
import { createWires } from '../../services/vrrp/wire/wires.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { fakeLinks, fakeSockets } from './fake-kernel.ts'
import { instance } from './given.ts'

const log = pino({ level: 'silent' })

/** A sign of life on the loopback interface. */
export interface Pulse {
  priority: number
  index: number
  family: 4 | 6
}

export interface Node {
  clock: ReturnType<typeof fakeClock>
  sockets: ReturnType<typeof fakeSockets>['sockets']
  refuse: { opening: boolean }
  pulses: Pulse[]
  links: ReturnType<typeof fakeLinks>
  routers: Routers
  /** What fast detection was told last of each router. */
  posts: ReadonlyMap<string, Post>
  /** Every event so far. */
  log(): VrrpEvent[]
  /** `VI_1 BecameBackup` of every event so far. */
  events(): string[]
  /** The cause of each event: `VI_1 BecameBackup`, or null. */
  causes(): (string | null)[]
  /** The data of the last event. */
  last(back?: number): EventDraft['data'] | undefined
  /** An advert of another router to all open sockets of eth0. */
  hear(priority: number, change?: Partial<VrrpInstance>): void
  /** The same, unread in the first socket. */
  miss(priority: number): void
  /** Priorities of what has left, oldest first. */
  sent(): number[]
}

function envelope(draft: EventDraft): Envelope {
  return {
    specversion: '1.0',
    id: nameOf(draft),
    source: '/s/n/vrrp',
    type: 't',
    time: '',
    subject: draft.entity,
    datacontenttype: 'application/json',
    data: draft.data,
    sequence: 1,
    hlc: '',
    correlationid: 'id',
    prevhash: '0'.repeat(64),
  }
}

function nameOf({ entity, data }: EventDraft): string {
  return `${entity} ${data.type}`
}

export function node(...instances: VrrpInstance[]): Node {
  const clock = fakeClock(1_000)
  const { sockets, open, refuse } = fakeSockets()
  const pulses: Pulse[] = []
  const openPulse = () => ({
    send(message: Buffer, router: { index: number; family: 4 | 6 }) {
      pulses.push({ priority: message.readUInt8(2), ...router })
      return { ok: true } as const
    },
  })
  const links = fakeLinks()
  const drafts: EventDraft[] = []
  const causes: (string | null)[] = []
  const publish = (draft: EventDraft, cause: Cause | null) => {
    drafts.push(draft)
    causes.push(cause?.id ?? null)
    return { envelope: envelope(draft), stored: new Promise<void>(() => {}) }
  }
  const posts = new Map<string, Post>()
  const detection = {
    attend: (router: string, post: Post | null) =>
      void (post === null ? posts.delete(router) : posts.set(router, post)),
    drain() {},
  }
  const routers = createRouters(
    { clock, detection, log, wires: createWires({ open, openPulse, log }), publish },
    links.open,
  )
  routers.apply({ instances, syncGroups: [], trackers: NO_TRACKERS })
  const packet = (priority: number, change: Partial<VrrpInstance> = {}): AdvertPacket => ({
    source: '192.0.2.2',
    destination: '224.0.0.18',
    ttl: 255,
    payload: encodeAdvert(formOf(instance(change), '192.0.2.2'), priority),
    at: clock.now(),
  })
  return {
    clock,
    log: () => drafts.map(({ data }) => VrrpEvent.parse(data)),
    sockets,
    refuse,
    pulses,
    links,
    routers,
    posts,
    events: () => drafts.map(nameOf),
    causes: () => causes,
    last: (back = 1) => drafts.at(-back)?.data,
    hear(priority, change) {
      for (const socket of sockets.filter((one) => one.open)) socket.deliver(packet(priority, change))
    },
    miss: (priority) => void sockets[0]?.unread.push(packet(priority)),
    sent: () => sockets.flatMap((socket) => socket.sent.map((message) => message.readUInt8(2))),
  }
}

/** A second router beside `instance()`. */
export const other = (change: Partial<VrrpInstance> = {}): VrrpInstance =>
  instance({ name: 'VI_2', virtualRouterId: 52, ...change })
