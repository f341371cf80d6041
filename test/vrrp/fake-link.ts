/** Nodes on one link with a fake clock: BFD packets and questions pass between them, unless they are cut off. */
import { pino } from 'pino'
import type { FakeClock } from '#platform/clock-fake.ts'
import { seededRandom } from '#platform/config/language/random.ts'
import type { EventDraft } from '#schemas/envelope.ts'
import type { ControlDatagram } from '../../services/vrrp/bfd/bfd-ports.ts'
import { type BfdSpeaker, createSpeaker } from '../../services/vrrp/bfd/bfd-speaker.ts'
import { createFastDetection, type FastDetection, type Post } from '../../services/vrrp/bfd/fast-detection.ts'

export interface FakeStation {
  address: string
  /** Its programs run: it sends and hears. */
  awake: boolean
  /** Its machine is there: it answers questions. */
  alive: boolean
  /** TTL that its packets arrive with, whatever it sends. */
  ttl: number | null
  /** Packets that reached it, by sender. */
  heard: string[]
  /** `BfdUp 192.0.2.2` of every event, and `lost 192.0.2.2` of what its router was told. */
  said: string[]
  speaker: BfdSpeaker
  detection: FastDetection
  /** Follows the router of this address, or none. */
  follow(master: string | null, settings?: Post['settings']): void
}

const INDEX = 2
const log = pino({ level: 'silent' })

/** `speaks`: whether a node runs failoverd, or something without BFD. */
export function fakeLink(clock: FakeClock, addresses: Record<string, boolean>): FakeStation[] {
  const ears = new Map<FakeStation, (datagram: ControlDatagram) => void>()
  const stations: FakeStation[] = []
  const at = (address: string) => stations.find((station) => station.address === address)

  function deliver(from: FakeStation, to: FakeStation | undefined, payload: Buffer, ttl: number): void {
    if (to === undefined || !from.awake || !to.awake || !to.alive) return
    to.heard.push(from.address)
    const where = { source: from.address, destination: to.address, index: INDEX, ttl: from.ttl ?? ttl, multihop: false }
    ears.get(to)?.({ ...where, payload, at: clock.now() })
  }

  for (const [address, speaks] of Object.entries(addresses)) {
    const said: string[] = []
    const publish = (draft: EventDraft) => {
      said.push(`${draft.data.type} ${draft.data.neighbour}`)
      return { envelope: { ...ENVELOPE, data: draft.data }, stored: new Promise<void>(() => {}) }
    }
    const speaker = createSpeaker({
      ...{ clock, log, publish, random: seededRandom(1) },
      openEarpiece(_port, onDatagram) {
        if (speaks) ears.set(station, onDatagram)
        return { drain() {}, close() {} }
      },
      openMouthpiece: ({ neighbour, ttl }) => ({
        send(payload) {
          deliver(station, at(neighbour), payload, ttl)
          return { ok: true }
        },
        close() {},
      }),
      onStranger: (datagram) => detection.greet(datagram),
    })
    const detection = createFastDetection({
      ...{ clock, log, publish, speaker },
      openProbe: ({ neighbour }, onAnswer) => ({
        ask: () => void (station.awake && at(neighbour)?.alive === true && onAnswer()),
        drain() {},
        close() {},
      }),
    })
    const station: FakeStation = {
      ...{ address, awake: true, alive: true, ttl: null, heard: [], said, speaker, detection },
      follow(master, settings = { intervalMs: 50, multiplier: 3 }) {
        const tell: Post['tell'] = (news, lost) => said.push(`${news} ${lost}`)
        detection.attend('VI_1', { interface: 'eth0', index: INDEX, source: address, master, settings, tell })
      },
    }
    stations.push(station)
  }
  return stations
}

const ENVELOPE = {
  ...{ specversion: '1.0' as const, id: 'id', source: '/s/n/vrrp', type: 't', time: '', subject: '' },
  ...{ datacontenttype: 'application/json' as const, sequence: 1, hlc: '', correlationid: 'id', prevhash: '' },
}
