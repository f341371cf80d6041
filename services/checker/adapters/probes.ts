import type { Clock } from '#platform/clock-port.ts'
import type { Probes } from '../ports.ts'
import { probeTcp } from './tcp-probe.ts'

/** Real probes, by type of check. */
export function networkProbes(clock: Clock): Probes {
  return {
    probe(check, onEnd) {
      switch (check.type) {
        case 'TCP_CHECK':
          return probeTcp(check, clock, onEnd)
      }
    },
  }
}
