/** BFD on a simulated machine: datagrams and questions over the segment, answers by the machine itself. */
import type { Log } from '#platform/log.ts'
import type { OpenEarpiece, OpenMouthpiece, OpenNeighbourProbe } from '../../services/vrrp/bfd/bfd-ports.ts'
import { createSpeaker, type SpeakerPorts } from '../../services/vrrp/bfd/bfd-speaker.ts'
import { createFastDetection, type FastDetection } from '../../services/vrrp/bfd/fast-detection.ts'
import type { Machine } from './machine.ts'
import type { Process } from './process.ts'

const INDEX = 2

export function startBfd(
  process: Process,
  machine: Machine,
  ports: { log: Log; publish: SpeakerPorts['publish']; random: () => number },
): FastDetection {
  const { clock } = process
  const openEarpiece: OpenEarpiece = (_port, onDatagram) => {
    const inbox = process.inbox(({ payload, source }: { payload: Buffer; source: string }) => {
      const where = { source, destination: machine.address, index: INDEX, ttl: 255, multihop: false }
      onDatagram({ ...where, payload, at: clock.now() })
    })
    machine.ears.bfd = inbox.put
    return { drain: inbox.drain, close() {} }
  }
  const openMouthpiece: OpenMouthpiece = ({ neighbour }) => ({
    send(payload) {
      const code = machine.sendTo(neighbour, 'bfd', payload)
      return code === null ? { ok: true } : { ok: false, code }
    },
    close() {},
  })
  // Answers are nobody's in particular: each probe takes those of its neighbour.
  const waiting = new Map<string, () => void>()
  const answers = process.inbox((source: string) => waiting.get(source)?.())
  machine.ears.answer = answers.put
  const openProbe: OpenNeighbourProbe = ({ neighbour }, onAnswer) => {
    waiting.set(neighbour, onAnswer)
    return {
      ask: () => void machine.sendTo(neighbour, 'question', Buffer.alloc(0)),
      drain: answers.drain,
      close: () => void waiting.delete(neighbour),
    }
  }
  const onStranger: SpeakerPorts['onStranger'] = (datagram) => detection.greet(datagram)
  const speaker = createSpeaker({ clock, ...ports, openEarpiece, openMouthpiece, onStranger })
  const detection = createFastDetection({ clock, ...ports, speaker, openProbe })
  return detection
}
