import type { NativeSocket } from '#platform/native/socket.ts'
import { monitorLinks } from '#platform/netlink/route.ts'
import type { LinkInfo } from '#platform/netlink/route-messages.ts'

/** One packet socket for each of some interfaces, as they come and go. */
export interface Taps {
  /**
   * These instead of those before; `anew` get new sockets even if nothing of them changes. For each socket that is closed
   * the kernel waits for all its processors, 12 ms and more.
   */
  watch(interfaces: readonly string[], anew?: readonly string[]): void
  /** Name of a link of this machine; undefined: there is none with this index. */
  nameOf(index: number): string | undefined
  /** Whether a link of this machine has it, given as `02:00:00:00:00:07`. */
  isOwn(hardwareAddress: string): boolean
  close(): void
}

/** @param open null: the link went away meanwhile. @throws HaError NETLINK, and what `open` throws */
export function openTaps(open: (link: LinkInfo) => NativeSocket | null): Taps {
  const taps = new Map<string, { index: number; socket: NativeSocket }>()
  const all = new Map<number, { name: string; hardwareAddress: string }>()
  let wanted: ReadonlySet<string> = new Set()

  function follow(link: LinkInfo): void {
    const { name, index } = link
    all.set(index, { name, hardwareAddress: hardwareText(link.hardwareAddress) })
    if (!wanted.has(name) || taps.get(name)?.index === index) return
    unfollow(name)
    const socket = open(link)
    if (socket !== null) taps.set(name, { index, socket })
  }

  function unfollow(name: string): void {
    taps.get(name)?.socket.close()
    taps.delete(name)
  }

  const monitor = monitorLinks({
    onLinks(links) {
      const present = new Set(links.map(({ name }) => name))
      for (const name of taps.keys()) if (!present.has(name) || !wanted.has(name)) unfollow(name)
      all.clear()
      for (const link of links) follow(link)
    },
    onLink(link, present) {
      if (present) return follow(link)
      all.delete(link.index)
      if (taps.get(link.name)?.index === link.index) unfollow(link.name)
    },
  })

  return {
    watch(interfaces, anew = []) {
      wanted = new Set(interfaces)
      for (const name of anew) unfollow(name)
      monitor.resync()
    },
    nameOf: (index) => all.get(index)?.name,
    isOwn: (wanted) => [...all.values()].some(({ hardwareAddress }) => hardwareAddress === wanted),
    close() {
      monitor.close()
      for (const name of [...taps.keys()]) unfollow(name)
    },
  }
}

export function hardwareText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/..(?=.)/g, '$&:')
}
