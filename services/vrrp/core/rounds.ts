/** What the runs of a vrrp_script say together: one bad run need not be the end, one good run not the recovery. */

/** unknown: not one run has ended yet. */
export type Verdict = 'up' | 'down' | 'unknown'

export interface Rounds {
  verdict: Verdict
  /** Runs in a row, up to the last, that speak against the verdict. */
  against: number
}

export interface RoundRules {
  /** Good runs in a row that make it up. */
  rise: number
  /** Bad runs in a row that make it down. */
  fall: number
}

/**
 * init_fail: it counts as down from the start, and one good run is enough to end that (measured with keepalived 2.2.7,
 * whatever `rise` is).
 */
export function firstRound(initFail: boolean, { rise }: RoundRules): Rounds {
  return initFail ? { verdict: 'down', against: rise - 1 } : { verdict: 'unknown', against: 0 }
}

/** The first run decides alone, whatever it takes later on (keepalived does the same). */
export function afterRun({ verdict, against }: Rounds, good: boolean, { rise, fall }: RoundRules): Rounds {
  switch (verdict) {
    case 'unknown':
      return { verdict: good ? 'up' : 'down', against: 0 }
    case 'up':
      if (good) return { verdict, against: 0 }
      return against + 1 >= fall ? { verdict: 'down', against: 0 } : { verdict, against: against + 1 }
    case 'down':
      if (!good) return { verdict, against: 0 }
      return against + 1 >= rise ? { verdict: 'up', against: 0 } : { verdict, against: against + 1 }
  }
}
