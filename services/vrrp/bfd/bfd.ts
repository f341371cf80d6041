import { earpieces, openMouthpiece } from '../adapters/bfd-socket.ts'
import { openNeighbourProbe } from '../adapters/neighbour-probe.ts'
import { type BfdSpeaker, createSpeaker, type SpeakerPorts } from './bfd-speaker.ts'
import { createFastDetection, type FastDetection } from './fast-detection.ts'

/** All of BFD on this node's kernel: the sessions, and what they tell of masters. */
export interface Bfd {
  speaker: BfdSpeaker
  detection: FastDetection
}

export function openBfd(ports: Pick<SpeakerPorts, 'clock' | 'log' | 'publish'>): Bfd {
  const { clock } = ports
  const speaker = createSpeaker({
    ...ports,
    openEarpiece: earpieces({ clock }),
    openMouthpiece,
    random: Math.random,
    onStranger: (datagram) => detection.greet(datagram),
  })
  const detection = createFastDetection({ ...ports, speaker, openProbe: openNeighbourProbe })
  return { speaker, detection }
}
