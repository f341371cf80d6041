import type { Cancel, Clock } from '#platform/clock-port.ts'
import type { LinkDelay } from '#schemas/tracking.ts'
import type { LinkEvent, LinkState } from '../ports.ts'

/** interface_up_down_delays: a link that goes down or up counts only when it has stayed so. */
export interface SteadyLinks {
  take(event: LinkEvent): void
  setDelays(delays: readonly LinkDelay[]): void
  close(): void
}

interface Shown {
  /** As the instances know it. */
  link: LinkState
  /** As it is, while that is different. */
  pending: { link: LinkState; cancel: Cancel } | null
}

/** An interface that is seen for the first time counts as it is, and one that is gone is gone at once. */
export function createSteadyLinks(clock: Clock, onEvent: (event: LinkEvent) => void): SteadyLinks {
  let delays: ReadonlyMap<string, LinkDelay> = new Map()
  const shown = new Map<string, Shown>()

  function show(link: LinkState): void {
    shown.get(link.interface)?.pending?.cancel()
    shown.set(link.interface, { link, pending: null })
    onEvent({ type: 'LinkChanged', link })
  }

  /** What else is new of it is told; the link itself waits. */
  function hold(before: Shown, link: LinkState, delayMs: number): void {
    const { adminUp, carrier } = before.link
    const held = { ...link, adminUp, carrier }
    const settle = () => {
      const pending = shown.get(link.interface)?.pending
      if (pending) show(pending.link)
    }
    const cancel = before.pending?.cancel ?? clock.at(clock.now() + delayMs, settle)
    shown.set(link.interface, { link: held, pending: { link, cancel } })
    onEvent({ type: 'LinkChanged', link: held })
  }

  function change(link: LinkState): void {
    const before = shown.get(link.interface)
    const delay = delays.get(link.interface)
    const delayMs = (isUp(link) ? delay?.upMs : delay?.downMs) ?? 0
    if (before === undefined || delayMs === 0 || isUp(before.link) === isUp(link)) show(link)
    else hold(before, link, delayMs)
  }

  function forget(name: string): void {
    shown.get(name)?.pending?.cancel()
    shown.delete(name)
  }

  return {
    take(event) {
      if (event.type === 'LinkChanged') {
        change(event.link)
        return
      }
      if (event.type === 'LinkGone') forget(event.interface)
      onEvent(event)
    },
    setDelays(list) {
      delays = new Map(list.map((delay) => [delay.interface, delay]))
    },
    close() {
      for (const name of [...shown.keys()]) forget(name)
    },
  }
}

/** Whether packets can pass. */
export function isUp({ adminUp, carrier }: LinkState): boolean {
  return adminUp && carrier
}
