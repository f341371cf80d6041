/** Two directors, each with its own program, and what the client and the wire tell of a change between them. */
import { setTimeout as wait } from 'node:timers/promises'
import { addressOf, VIP } from '../../../cli/lab/hosts.ts'
import { firstAdvert, nextAdvert, tapWire, type Wire } from '../measure.ts'
import { type Node, openStage, type Program, type Stage } from '../stage.ts'

export type Programs = Record<Node, Program>

export interface Outage {
  /** The client's longest gap, milliseconds; 0 when every probe was answered. */
  gapMs: number
  /** From the last advert of the old master to the client's first answer: the age of that advert is no part of it. */
  sinceAdvertMs: number
}

export interface Pair {
  stage: Stage
  wire: Wire
  /** Starts vos1 (again) with its program and waits until it has taken over and all is calm. */
  startMaster(): Promise<void>
  /** The same, with whatever is left of vos1 switched off before. */
  restartMaster(): Promise<void>
  /** Waits until vos1, which runs, is master again and all is calm. */
  masterAgain(): Promise<void>
  /** Does it, and waits until vos2 is master and all is calm again. */
  lossOf(happening: () => Promise<unknown>): Promise<Outage>
  /** Does it, waits so long, and returns the client's longest gap since, milliseconds. */
  gapDuring(happening: () => Promise<unknown>, ms: number): Promise<number>
  /** Until half an interval after an advert of vos1. */
  halfInterval(): Promise<void>
}

/** Several starts and master-down intervals. */
const TRANSITION_LIMIT_MS = 30_000
/** Longer than the client needs to tell what it has lost. */
const CALM_MS = 600

/** VRRPv3, priorities 150 and 100; `advertS` seconds between adverts. */
export function oneInstance(advertS: number): (node: Node) => string {
  return (node) => `vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    version 3
    priority ${node === 'vos1' ? 150 : 100}
    advert_int ${advertS}
    virtual_ipaddress {
        ${VIP}
    }
}
`
}

/** vos1 is master, vos2 its backup, both for a while. Everything is gone again when `measure` has ended. */
export async function withPair<T>(
  { vos1, vos2 }: Programs,
  advertS: number,
  measure: (pair: Pair) => Promise<T>,
): Promise<T> {
  const stage = await openStage(vos1, oneInstance(advertS))
  const wire = await tapWire(stage.client)
  try {
    // Of a backup that has been master once, all is known to run.
    await stage.start('vos2', vos2)
    await speaks(wire, 'vos2', 0)
    const pair = pairOf(stage, wire, { vos1, vos2 }, advertS)
    await pair.startMaster()
    return await measure(pair)
  } finally {
    wire.close()
    await stage.close()
  }
}

function pairOf(stage: Stage, wire: Wire, programs: Programs, advertS: number): Pair {
  const gapsSince = (since: number) => stage.gaps().filter(({ endedAt }) => endedAt >= since)
  const masterSince = async (since: number) => {
    await speaks(wire, 'vos1', since)
    await silent(wire, 'vos2', CALM_MS)
  }
  const startMaster = async () => {
    const since = Date.now()
    await stage.start('vos1', programs.vos1)
    await masterSince(since)
  }
  return {
    stage,
    wire,
    startMaster,
    async restartMaster() {
      await stage.crash('vos1')
      await startMaster()
    },
    masterAgain: () => masterSince(Date.now()),
    async lossOf(happening) {
      const began = Date.now()
      await happening()
      const takeover = await speaks(wire, 'vos2', began)
      await wait(CALM_MS)
      const longest = gapsSince(began).sort((a, b) => b.gapMs - a.gapMs)[0]
      const last = wire.adverts.findLast(({ at, source }) => at < takeover && source === addressOf('vos1'))
      if (last === undefined) throw new Error('no advert of the old master was seen')
      return { gapMs: longest?.gapMs ?? 0, sinceAdvertMs: (longest?.endedAt ?? takeover) - last.at }
    },
    async gapDuring(happening, ms) {
      const began = Date.now()
      await happening()
      await wait(ms)
      return Math.max(0, ...gapsSince(began).map(({ gapMs }) => gapMs))
    },
    async halfInterval() {
      const advert = await nextAdvert(wire, addressOf('vos1'))
      await wait(Math.max(0, advert + advertS * 500 - Date.now()))
    },
  }
}

/** @returns when the director's first advert at or after that moment passed the wire */
async function speaks(wire: Wire, node: Node, since: number): Promise<number> {
  const limit = Date.now() + TRANSITION_LIMIT_MS
  for (;;) {
    const at = firstAdvert(wire, addressOf(node), since)
    if (at !== null) return at
    if (Date.now() > limit) throw new Error(`${node} sent no advert within ${TRANSITION_LIMIT_MS} ms`)
    await wait(20)
  }
}

async function silent(wire: Wire, node: Node, ms: number): Promise<void> {
  const limit = Date.now() + TRANSITION_LIMIT_MS
  let since = Date.now()
  while (Date.now() < since + ms) {
    if (Date.now() > limit) throw new Error(`${node} does not stop being master`)
    await wait(20)
    const again = firstAdvert(wire, addressOf(node), since)
    if (again !== null) since = again + 1
  }
}
