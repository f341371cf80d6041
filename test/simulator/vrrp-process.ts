/** services/vrrp on a simulated machine: all of it but the sockets. */
import { pino } from 'pino'
import type { VrrpInstance } from '#schemas/config.ts'
import type { VrrpRequest } from '#schemas/control.ts'
import type { EventDraft } from '#schemas/envelope.ts'
import type {
  LinkEvent,
  LinkState,
  LinkTargets,
  OpenAdvertPulse,
  OpenAdvertSocket,
  OpenLinkWatch,
} from '../../services/vrrp/ports.ts'
import { createRouters } from '../../services/vrrp/routers.ts'
import { createWires } from '../../services/vrrp/wire/wires.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { startBfd } from './bfd-process.ts'
import { envelopeOf } from './envelope.ts'
import type { Machine } from './machine.ts'
import type { Process } from './process.ts'
import type { Packet } from './segment.ts'

const GROUP = '224.0.0.18'
const log = pino({ level: 'silent' })

export interface VrrpProcess {
  reload(config: VrrpInstance): void
  /** A tool's request; what it is answered nobody looks at. */
  ask(request: VrrpRequest): void
  /** services/ipvs gave a sign of life. */
  ipvsAlive(): void
}

export function startVrrp(
  process: Process,
  machine: Machine,
  config: VrrpInstance,
  { random, onEvent }: { random: () => number; onEvent: (draft: EventDraft) => void },
): VrrpProcess {
  const beats = process.inbox(() => routers.ipvsAlive())
  const publish = (draft: EventDraft) => {
    onEvent(draft)
    machine.publish(draft)
    return { envelope: envelopeOf(draft), stored: new Promise<void>(() => {}) }
  }
  const wires = createWires({ open: socketsOf(process, machine), openPulse: pulseOf(machine), log })
  const detection = startBfd(process, machine, { log, publish, random })
  const routers = createRouters({ clock: process.clock, detection, log, wires, publish }, linksOf(process, machine))
  const apply = (instance: VrrpInstance) =>
    routers.apply({ instances: [instance], trackers: NO_TRACKERS, syncGroups: [] })
  apply(config)
  const requests = process.inbox((request: VrrpRequest) => void routers.answer(request))
  return { reload: apply, ask: requests.put, ipvsAlive: () => beats.put(null) }
}

function pulseOf(machine: Machine): OpenAdvertPulse {
  return () => ({
    send(message) {
      machine.pulse(message)
      return { ok: true }
    },
  })
}

function socketsOf(process: Process, machine: Machine): OpenAdvertSocket {
  return (_options, onPacket) => {
    let open = true
    const inbox = process.inbox(({ payload, source }: Packet) => {
      if (open) onPacket({ payload, source, destination: GROUP, ttl: 255, at: process.clock.now() })
    })
    machine.ears.packet = inbox.put
    return {
      send(payload) {
        const code = machine.send(payload)
        return code === null ? { ok: true } : { ok: false, code }
      },
      drain: inbox.drain,
      close() {
        open = false
      },
    }
  }
}

function linksOf(process: Process, machine: Machine): OpenLinkWatch {
  return (onEvent) => {
    let targets: LinkTargets = { interfaces: [], addresses: [], sources: [] }
    const inbox = process.inbox((event: LinkEvent) => onEvent(event))
    const stateOf = (): LinkState => ({
      ...{ interface: 'eth0', index: 2, adminUp: true, carrier: machine.linkUp },
      ...{ primaryIpv4: machine.address, linkLocalIpv6: null, hardwareAddress: '', device: null },
    })
    machine.ears.link = () => inbox.put({ type: 'LinkChanged', link: stateOf() })
    machine.kernel().addresses.watch((change) => {
      if (change.type === 'AddressesListed') return
      const { address, device, remainingMs } = change.held
      if (!targets.addresses.some((each) => each.address === address)) return
      if (change.type === 'AddressGone') inbox.put({ type: 'AddressGone', interface: device, address })
      else inbox.put({ type: 'AddressPresent', interface: device, address, remainingMs })
    })
    return {
      watch(next) {
        targets = next
        for (const _interface of next.interfaces) onEvent({ type: 'LinkChanged', link: stateOf() })
        for (const { interface: device, address } of next.addresses) {
          const held = machine
            .kernel()
            .addresses.list(device)
            .find((each) => each.address === address)
          if (held === undefined) onEvent({ type: 'AddressGone', interface: device, address })
          else onEvent({ type: 'AddressPresent', interface: device, address, remainingMs: held.remainingMs })
        }
      },
      drain: inbox.drain,
      close() {},
    }
  }
}
