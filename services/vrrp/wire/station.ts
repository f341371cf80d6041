import { isEqual } from '#platform/equality.ts'
import { ipBytes } from '#platform/native/ip.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import { type Audience, type Reading, readAdvert } from '../adapters/advert-check.ts'
import { cluesOf } from '../adapters/advert-clues.ts'
import { type AdvertForm, encodeAdvert } from '../adapters/advert-codec.ts'
import { familyOf, ownAddress } from '../core/standing.ts'
import type { AdvertClues, AdvertPacket, LinkState } from '../ports.ts'
import { isUp } from '../tracking/steady-links.ts'
import { createSeal, type Seal } from './seal.ts'
import type { Hear, Outgoing, Place, Wire, Wires } from './wires.ts'

/** Where a virtual router sends and hears, and what its adverts look like there: worked out once, not per packet. */
export interface Station {
  /** Takes its place for this interface and configuration, unless it has it already; false: it could not. */
  place(config: VrrpInstance, link: LinkState): boolean
  leave(): void
  /** What an advert says, or why it does not count; null: no place. `comparedToOurs`: see HeardAdvert. */
  read(packet: AdvertPacket): (Reading & { comparedToOurs: number }) | null
  /** What it shows of its sender's settings; null: no place, or not even an advert. */
  clues(packet: AdvertPacket): AdvertClues | null
  /** Returns an errno name, or null when the advert left; with unicast: to one peer at least. */
  send(priority: number): string | null
  /** Tells services/ipvs that the addresses are no longer ours. Returns an errno name, or null. */
  letGo(): string | null
  drain(): void
}

/** @param wall milliseconds since 1970, for signatures */
export function createStation(wires: Wires, hear: Hear, wall: () => number): Station {
  let wire: Wire | null = null
  let place: Place | null = null
  let form: AdvertForm | null = null
  let audience: Audience = { unicast: null, trusted: null, seal: null }
  let sealedBy: VrrpInstance['hmac'] = null
  let skipsKnown = false
  let isCutOff = false
  let destinations: string[] = []
  const adverts = new Map<number, Outgoing[]>()

  return {
    place(config, link) {
      const source = ownAddress(link, config)
      // Without an address the router is in fault: whatever place it has may stay.
      if (source === null) return true
      adverts.clear()
      form = formOf(config, source)
      const seal = isEqual(config.hmac, sealedBy) ? audience.seal : sealOf(config, wall, audience.seal)
      sealedBy = config.hmac
      audience = { ...audienceOf(config), seal }
      skipsKnown = config.skipKnownAddresses
      isCutOff = !config.trackPrimary && !isUp(link)
      destinations = destinationsOf(config, source)
      const wanted = placeOf(config, link, source)
      if (wire !== null && isEqual(wanted, place)) return true
      wire?.release()
      wire = wires.attach(wanted, hear)
      place = wanted
      return wire !== null
    },
    leave() {
      wire?.release()
      wire = null
      place = null
      form = null
    },
    read({ payload: message, source, destination, ttl }) {
      if (form === null) return null
      const from = ipBytes(source)
      const to = destination === null ? null : ipBytes(destination)
      const reading = readAdvert({ message, source: from, destination: to, ttl }, form, audience)
      if (reading.ok && skipsKnown) audience = { ...audience, trusted: from }
      return { ...reading, comparedToOurs: from.compare(form.source) }
    },
    clues: ({ payload }) => (form === null ? null : cluesOf(payload, form)),
    send(priority) {
      if (wire === null || form === null) return 'ENOTCONN'
      const packets = adverts.get(priority) ?? advertsOf(form, priority, destinations)
      adverts.set(priority, packets)
      const result = wire.send(audience.seal === null ? packets : signed(packets, form, audience.seal), isCutOff)
      return result.ok ? null : result.code
    },
    letGo() {
      if (wire === null || form === null) return 'ENOTCONN'
      const result = wire.letGo(encodeAdvert(form, 0))
      return result.ok ? null : result.code
    },
    drain: () => wire?.drain(),
  }
}

function placeOf(config: VrrpInstance, link: LinkState, source: string): Place {
  const { virtualRouterId, unicast, multicastGroup } = config
  const group = unicast === null ? multicastGroup : null
  const ttl = unicast?.ttl ?? 255
  const family = familyOf(config)
  const virtual = senderOf(config, link)
  return { interface: link.interface, index: link.index, family, group, source, ttl, virtualRouterId, virtual }
}

function senderOf({ device, advertsFromInterface }: VrrpInstance, link: LinkState): Place['virtual'] {
  // An ipvlan has the hardware address of its interface.
  if (device?.type !== 'macvlan' || advertsFromInterface) return null
  const deviceIndex = typeof link.device === 'number' ? link.device : null
  return { hardwareAddress: device.hardwareAddress, device: device.name, deviceIndex }
}

/** The same list of peers on all nodes names us, too: nothing is sent there. */
function destinationsOf({ unicast, multicastGroup }: VrrpInstance, source: string): string[] {
  if (unicast === null) return [multicastGroup]
  return unicast.peers.map(({ address }) => address).filter((address) => !ipBytes(address).equals(ipBytes(source)))
}

function sealOf({ hmac }: VrrpInstance, wall: () => number, former: Seal | null): Seal | null {
  return hmac === null ? null : createSeal(hmac, wall, former?.memory)
}

function signed(packets: readonly Outgoing[], form: AdvertForm, seal: Seal): Outgoing[] {
  const messages = seal.sign(
    packets.map(({ message }) => message),
    form,
  )
  return packets.map((packet, index) => ({ ...packet, message: messages[index] ?? packet.message }))
}

function audienceOf({ unicast }: VrrpInstance): Omit<Audience, 'seal'> {
  if (unicast === null) return { unicast: null, trusted: null }
  const peers = unicast.peers.map(({ address, ...bounds }) => [ipBytes(address).toString('hex'), bounds] as const)
  return { unicast: { peers: new Map(peers), peersOnly: unicast.peersOnly }, trusted: null }
}

/** With version 3 the checksum, and so the message, is another for each destination. */
function advertsOf(form: AdvertForm, priority: number, destinations: readonly string[]): Outgoing[] {
  return destinations.map((destination) => {
    const summedFor = form.checksum === 'old-unicast' ? form.destination : ipBytes(destination)
    return { destination, message: encodeAdvert({ ...form, destination: summedFor }, priority) }
  })
}

/** What the adverts of this instance look like on the wire. */
export function formOf(config: VrrpInstance, source: string): AdvertForm {
  const { version, virtualRouterId, advertIntervalMs: intervalMs, authentication, multicastGroup } = config
  return {
    version,
    family: familyOf(config),
    virtualRouterId,
    intervalMs,
    password: authentication.type === 'pass' ? Buffer.from(authentication.password) : null,
    addresses: Buffer.concat(config.addresses.map(({ address }) => ipBytes(address))),
    source: ipBytes(source),
    checksum: config.checksum,
    destination: ipBytes(multicastGroup),
  }
}
