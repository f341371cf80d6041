import { describeError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import { virtualRouterIdOf } from '../adapters/advert-codec.ts'
import type { AdvertFrames, AdvertSocket, OpenAdvertFrames, OpenAdvertSocket, SendResult } from '../ports.ts'
import type { Hear, Outgoing, Place, Wire, Wires } from './wires.ts'

/** The hardware address a virtual router sends from, and the macvlan that has it. */
export interface VirtualSender {
  hardwareAddress: string
  device: string
  /** null: the macvlan is not there (yet). */
  deviceIndex: number | null
}

export interface VirtualWirePorts {
  open: OpenAdvertSocket
  openFrames: OpenAdvertFrames
  log: Log
}

/**
 * Places with a virtual hardware address: they send from it, and hear on the interface as others do. While the macvlan is
 * on, the kernel gives it all that comes from its own address, which other routers send from too, and nobody else gets
 * to see that: so it is listened on as well, for just that.
 */
export function withVirtualSenders(wires: Wires, ports: VirtualWirePorts): Wires {
  return {
    ...wires,
    attach(place, hear) {
      const { virtual, ...plain } = place
      if (virtual === null) return wires.attach(place, hear)
      const wire = wires.attach({ ...plain, virtual: null }, hear)
      if (wire === null) return null
      try {
        return virtualWire(wire, place, virtual, hear, ports)
      } catch (cause) {
        wire.release()
        const { device, hardwareAddress } = virtual
        ports.log.error({ device, hardwareAddress, err: describeError(cause) }, 'cannot send from the virtual address')
        return null
      }
    },
  }
}

function virtualWire(wire: Wire, place: Place, virtual: VirtualSender, hear: Hear, ports: VirtualWirePorts): Wire {
  const { interface: device, index, family, source, ttl } = place
  const { hardwareAddress } = virtual
  if (source === null) throw new Error('frames need a source address')
  const frames = ports.openFrames({ interface: device, index, family, source, ttl, hardwareAddress })
  let inner: AdvertSocket | null = null
  try {
    inner = listen(place, virtual, hear, ports)
  } catch (cause) {
    frames.close()
    throw cause
  }
  return {
    ...wire,
    send: (adverts) => sendAll(frames, adverts),
    drain() {
      wire.drain()
      inner?.drain()
    },
    release() {
      wire.release()
      frames.close()
      inner?.close()
    },
  }
}

function listen(place: Place, virtual: VirtualSender, hear: Hear, { open }: VirtualWirePorts): AdvertSocket | null {
  const { index: _index, virtualRouterId, virtual: _virtual, ...options } = place
  if (virtual.deviceIndex === null) return null
  return open({ ...options, interface: virtual.device, onlyFrom: virtual.hardwareAddress }, (packet) => {
    if (virtualRouterIdOf(packet.payload) === virtualRouterId) hear(packet)
  })
}

function sendAll(frames: AdvertFrames, adverts: readonly Outgoing[]): SendResult {
  let result: SendResult = { ok: false, code: 'EDESTADDRREQ' }
  for (const { message, destination } of adverts) result = frames.send(message, destination)
  return result
}
