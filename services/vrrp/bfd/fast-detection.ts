import type { Cause } from '#schemas/envelope.ts'
import type { PeerSettings } from '../core/peer-watch.ts'
import type { ControlDatagram, NeighbourPlace } from './bfd-ports.ts'
import { type PeerPorts, type WatchedPeer, watchPeer } from './watched-peer.ts'

/** Where a virtual router stands, and whom it follows. */
export interface Post {
  interface: string
  index: number
  /** Where its adverts come from. */
  source: string
  /** Where those of its master come from; null: it follows nobody. */
  master: string | null
  settings: PeerSettings
  /** `cause` is the event that led to the news. */
  tell(news: 'lost' | 'found', address: string, cause: Cause | null): void
}

/** All that virtual routers know of each other beyond adverts: one session for each pair of addresses. */
export interface FastDetection {
  /** A router takes up another post; null: none. Cheap when nothing has changed. */
  attend(router: string, post: Post | null): void
  /** A BFD packet of somebody new: answered when one of our posts is meant. */
  greet(datagram: ControlDatagram): void
  /** Hears what lies unread. */
  drain(): void
  stop(): void
}

/** Strangers cannot make us open more than this, each with a socket and 20 packets a second. */
const MOST_UNFOLLOWED = 32

export function createFastDetection(ports: PeerPorts): FastDetection {
  const posts = new Map<string, Post>()
  const peers = new Map<string, WatchedPeer>()

  function tell(key: string, news: 'lost' | 'found', address: string, cause: Cause | null): void {
    for (const post of posts.values()) if (keyOf(post) === key) post.tell(news, address, cause)
  }

  function watch(place: NeighbourPlace, settings: PeerSettings, followed: boolean): void {
    const key = keyOf({ ...place, master: place.neighbour })
    const known = peers.get(key)
    const peer = known ?? watchPeer(ports, place, settings, (news, cause) => tell(key, news, place.neighbour, cause))
    peers.set(key, peer)
    peer.want(followed, settings)
  }

  /** What is known of a pair of addresses has another user, or one less. */
  function review(post: Post | null): void {
    if (post?.master == null) return
    const key = keyOf(post)
    const users = [...posts.values()].filter((each) => keyOf(each) === key)
    const [first] = users
    if (first !== undefined) watch({ ...post, neighbour: post.master }, fastest(users, first.settings), true)
    else peers.get(key)?.want(false, null)
    sweep()
  }

  /** Sessions that others began with us go at the pace that our routers there want now. */
  function reviewGuests({ index, source }: Post): void {
    const hosts = postsAt(index, source)
    const [host] = hosts
    if (host === undefined) return
    for (const peer of peers.values()) {
      const { place } = peer
      if (place.index === index && place.source === source) peer.pace(fastest(hosts, host.settings))
    }
  }

  function postsAt(index: number | null, source: string | null): Post[] {
    return [...posts.values()].filter((post) => post.index === index && post.source === source)
  }

  function sweep(): void {
    for (const [key, peer] of peers) if (peer.isOver()) peers.delete(key)
  }

  return {
    attend(router, post) {
      const before = posts.get(router) ?? null
      if (isSame(before, post)) return
      if (post === null) posts.delete(router)
      else posts.set(router, post)
      if (post !== null) ports.speaker.listen(post.source.includes(':') ? 6 : 4)
      if (before !== null && (post === null || keyOf(before) !== keyOf(post))) review(before)
      review(post)
      if (post !== null) reviewGuests(post)
    },
    greet({ source: neighbour, destination, index, ttl, multihop }) {
      // RFC 5881 5: a TTL of 255 proves that it comes from the link.
      if (ttl !== 255 || multihop) return
      const meant = postsAt(index, destination)
      const [post] = meant
      if (post === undefined) return
      sweep()
      const key = keyOf({ ...post, master: neighbour })
      const known = peers.get(key)
      if (known !== undefined) known.reopen()
      else if (peers.size < MOST_UNFOLLOWED) watch({ ...post, neighbour }, fastest(meant, post.settings), false)
    },
    drain() {
      ports.speaker.drain()
      for (const peer of peers.values()) peer.drain()
    },
    stop() {
      posts.clear()
      for (const peer of peers.values()) peer.stop()
      peers.clear()
    },
  }
}

function keyOf({ index, source, master }: Pick<Post, 'index' | 'source' | 'master'>): string {
  return `${index} ${source} ${master}`
}

function isSame(before: Post | null, after: Post | null): boolean {
  if (before === null || after === null) return before === after
  const { settings } = after
  const pace = before.settings.intervalMs === settings.intervalMs && before.settings.multiplier === settings.multiplier
  return pace && keyOf(before) === keyOf(after)
}

/** A session that several share is as fast as the most demanding of them wants it. */
function fastest(users: readonly Post[], first: PeerSettings): PeerSettings {
  const timeOf = ({ intervalMs, multiplier }: PeerSettings) => intervalMs * multiplier
  return users.reduce((best, { settings }) => (timeOf(settings) < timeOf(best) ? settings : best), first)
}
