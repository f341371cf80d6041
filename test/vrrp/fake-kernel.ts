/** Twins of the kernel adapters: sockets that record what leaves, a link watch that says what it is told. */
import type {
  AdvertPacket,
  AdvertSocketOptions,
  LinkEvent,
  LinkState,
  LinkTargets,
  OpenAdvertSocket,
  OpenLinkWatch,
} from '../../services/vrrp/ports.ts'
import { link } from './given.ts'

export interface FakeSocket {
  options: AdvertSocketOptions
  sent: Buffer[]
  /** Where each of `sent` went. */
  destinations: string[]
  open: boolean
  /** Hands a packet over as if it had just arrived. */
  deliver(packet: AdvertPacket): void
  /** Lies unread until drained. */
  unread: AdvertPacket[]
  /** errno name of every send from now on; null: they work. */
  failure: string | null
}

export function fakeSockets(): { sockets: FakeSocket[]; open: OpenAdvertSocket; refuse: { opening: boolean } } {
  const sockets: FakeSocket[] = []
  const refuse = { opening: false }
  const open: OpenAdvertSocket = (options, onPacket) => {
    if (refuse.opening) throw new Error('no such interface')
    const socket: FakeSocket = {
      options,
      sent: [],
      destinations: [],
      open: true,
      unread: [],
      failure: null,
      deliver: onPacket,
    }
    sockets.push(socket)
    return {
      send(payload, destination) {
        if (socket.failure !== null) return { ok: false, code: socket.failure }
        socket.sent.push(payload)
        socket.destinations.push(destination)
        return { ok: true }
      },
      drain() {
        for (const packet of socket.unread.splice(0)) onPacket(packet)
      },
      close() {
        socket.open = false
      },
    }
  }
  return { sockets, open, refuse }
}

export interface FakeLinks {
  open: OpenLinkWatch
  /** What the kernel has: told at `watch`, and whenever it changes. */
  links: Map<string, LinkState>
  /** Addresses it has, with what is left of their lifetime: told at `watch`. */
  held: Map<string, number>
  targets(): LinkTargets
  tell(event: LinkEvent): void
  /** Told at the next drain only. */
  unread: LinkEvent[]
}

export function fakeLinks(): FakeLinks {
  const links = new Map([['eth0', link()]])
  const held = new Map<string, number>()
  const unread: LinkEvent[] = []
  let targets: LinkTargets = { interfaces: [], addresses: [], sources: [] }
  let tell: (event: LinkEvent) => void = () => {}
  return {
    links,
    held,
    unread,
    targets: () => targets,
    tell: (event) => tell(event),
    open(onEvent) {
      tell = onEvent
      return {
        watch(next) {
          targets = next
          for (const name of next.interfaces) {
            const found = links.get(name)
            onEvent(found === undefined ? { type: 'LinkGone', interface: name } : { type: 'LinkChanged', link: found })
          }
          for (const target of next.addresses) {
            const remainingMs = held.get(target.address)
            if (remainingMs !== undefined) onEvent({ type: 'AddressPresent', ...target, remainingMs })
          }
        },
        drain() {
          for (const event of unread.splice(0)) onEvent(event)
        },
        close() {},
      }
    },
  }
}
