/** The scenario as data: what is done in each step, and what must be seen. */
import type { Fact } from './happenings.ts'
import type { DirectorName, HostName } from './hosts.ts'

export interface Action {
  /** shut-down: SIGKILL and link down at once; stop: SIGTERM to the director's program alone. */
  do: 'start' | 'shut-down' | 'stop'
  host: HostName
}

/** What every fetch must bring in the end. */
export type Answers = 'both' | 'web2' | 'none'

export interface Step {
  /** `1` to `6`, with a letter where a step has two parts. */
  label: string
  title: string
  /** The title in the summary's narrow column. */
  short: string
  actions: readonly Action[]
  answers: Answers
  /** The only one that may hold the VIP in the end. */
  holder: DirectorName | null
  /** Machines that must answer, or not answer, a ping from the client. */
  ping: Partial<Record<HostName, boolean>>
  /** What the directors must have said of it. */
  facts: readonly { host: DirectorName; fact: Fact; realServer?: string }[]
  /**
   * gap: the client's longest time without an answer, at most so long; return: the same, from the action on;
   * failures: single fetches fail until the director knows, none after; none: nothing to measure.
   */
  measure: { kind: 'gap'; maxMs: number } | { kind: 'return' } | { kind: 'failures' } | { kind: 'none' }
}

/** Three advert intervals and the skew of priority 100, and a second for a slow machine. */
const CRASH_MS = 3_000 + ((256 - 100) / 256) * 1_000 + 1_000
/** A machine that starts takes the one processor of User-Mode Linux, and the client waits with all others. */
const STARTING_MS = 2_000
const VOS3_SERVER = '192.168.105.203:80'

/** The scenario of the project's source documents, in order. */
export const SCENARIO: readonly Step[] = [
  {
    label: '1',
    title: 'both directors are started',
    short: 'both directors started',
    actions: [
      { do: 'start', host: 'vos1' },
      { do: 'start', host: 'vos2' },
    ],
    answers: 'both',
    holder: 'vos1',
    ping: { vos1: true, vos2: true },
    facts: [
      { host: 'vos1', fact: 'became-master' },
      { host: 'vos2', fact: 'became-backup' },
    ],
    measure: { kind: 'none' },
  },
  {
    label: '2',
    title: 'vos1 is shut down',
    short: 'vos1 shut down',
    actions: [{ do: 'shut-down', host: 'vos1' }],
    answers: 'both',
    holder: 'vos2',
    ping: { vos1: false },
    facts: [{ host: 'vos2', fact: 'became-master' }],
    measure: { kind: 'gap', maxMs: CRASH_MS },
  },
  {
    label: '3',
    title: 'vos2 is shut down as well',
    short: 'vos2 shut down as well',
    actions: [{ do: 'shut-down', host: 'vos2' }],
    answers: 'none',
    holder: null,
    ping: { vos1: false, vos2: false },
    facts: [],
    measure: { kind: 'none' },
  },
  {
    label: '4',
    title: 'vos1 is started',
    short: 'vos1 started',
    actions: [{ do: 'start', host: 'vos1' }],
    answers: 'both',
    holder: 'vos1',
    ping: { vos1: true },
    facts: [{ host: 'vos1', fact: 'became-master' }],
    measure: { kind: 'return' },
  },
  {
    label: '5',
    title: 'vos1 is shut down and vos2 is started',
    short: 'vos1 shut down, vos2 started',
    actions: [
      { do: 'shut-down', host: 'vos1' },
      { do: 'start', host: 'vos2' },
    ],
    answers: 'both',
    holder: 'vos2',
    ping: { vos1: false, vos2: true },
    facts: [{ host: 'vos2', fact: 'became-master' }],
    measure: { kind: 'return' },
  },
  {
    label: '6a',
    title: 'vos3, the web server that answers web1, is shut down',
    short: 'vos3 (web1) shut down',
    actions: [{ do: 'shut-down', host: 'vos3' }],
    answers: 'web2',
    holder: 'vos2',
    ping: { vos3: false },
    facts: [{ host: 'vos2', fact: 'real-server-down', realServer: VOS3_SERVER }],
    measure: { kind: 'failures' },
  },
  {
    label: '6b',
    title: 'vos3 is started again',
    short: 'vos3 started again',
    actions: [{ do: 'start', host: 'vos3' }],
    answers: 'both',
    holder: 'vos2',
    ping: { vos3: true },
    facts: [{ host: 'vos2', fact: 'real-server-up', realServer: VOS3_SERVER }],
    measure: { kind: 'gap', maxMs: STARTING_MS },
  },
]

/** The higher priority returns, and leaves in order: hand-over in both directions, both directors alive. */
export const HAND_OVER: readonly Step[] = [
  {
    label: 'a',
    title: 'vos1 comes back while vos2 serves',
    short: 'vos1 comes back',
    actions: [{ do: 'start', host: 'vos1' }],
    answers: 'both',
    holder: 'vos1',
    ping: { vos1: true, vos2: true },
    facts: [
      { host: 'vos1', fact: 'became-master' },
      { host: 'vos2', fact: 'became-backup' },
    ],
    measure: { kind: 'gap', maxMs: STARTING_MS },
  },
  {
    label: 'b',
    title: 'the director on vos1 is stopped in order',
    short: 'director of vos1 stopped',
    actions: [{ do: 'stop', host: 'vos1' }],
    answers: 'both',
    holder: 'vos2',
    ping: { vos1: true },
    facts: [{ host: 'vos2', fact: 'became-master' }],
    // The skew of priority 100, and a second for a slow machine.
    measure: { kind: 'gap', maxMs: 1_610 },
  },
]
