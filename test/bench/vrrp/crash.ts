/** How long a client is without the VIP when the master's machine dies. */
import { setTimeout as wait } from 'node:timers/promises'
import { median } from '../measure.ts'
import type { Program } from '../stage.ts'
import { type Outage, type Programs, withPair } from './pair.ts'
import { type Row, row } from './table.ts'

const ADVERT_SECONDS = [1, 0.1, 0.01]
/** Where two percent are less than a millisecond, one probe more or less must not decide. */
const SHORT_SECONDS = 0.01
const MORE_ROUNDS = 2
/** Against keepalived as the other node. */
const LIMIT = 1.02
/** Two failoverd nodes that notice each other's crash by BFD. */
const FAST_LIMIT = 0.35
/** Until two nodes have a session after one has come back. */
const SESSION_MS = 2_000
const PAIRS: readonly Programs[] = [
  { vos1: 'keepalived', vos2: 'keepalived' },
  { vos1: 'failoverd', vos2: 'keepalived' },
  { vos1: 'keepalived', vos2: 'failoverd' },
]

/** Crashes half an interval after an advert, at three advert intervals. */
export async function measureCrash(rounds: number, tell: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const advertS of ADVERT_SECONDS) {
    let usual: Outage[] = []
    for (const pair of PAIRS) {
      const outages = await crashes(pair, advertS, advertS <= SHORT_SECONDS ? rounds * MORE_ROUNDS : rounds)
      if (isUsual(pair)) usual = outages
      const what = `crash of ${pair.vos1}, ${pair.vos2} takes over, advert_int ${advertS}`
      const values = outages.map(({ sinceAdvertMs }) => sinceAdvertMs)
      const against = usual.map(({ sinceAdvertMs }) => sinceAdvertMs)
      rows.push(row({ what, values, against, limit: isUsual(pair) ? null : LIMIT }, tell))
    }
    if (advertS === 1) rows.push(await fast(usual, rounds, tell))
  }
  return rows
}

const isUsual = ({ vos1, vos2 }: Programs) => vos1 === 'keepalived' && vos2 === 'keepalived'

/** Its outage does not count from an advert: the client's gaps are compared. */
async function fast(usual: readonly Outage[], rounds: number, tell: (line: string) => void): Promise<Row> {
  const both: Program = 'failoverd'
  const outages = await crashes({ vos1: both, vos2: both }, 1, rounds, SESSION_MS)
  const against = usual.map(({ gapMs }) => gapMs)
  const what = `the same between two failoverd, fast_detection, client's gap (keepalived's: ${median(against).toFixed(0)})`
  return row({ what, values: outages.map(({ gapMs }) => gapMs), against, limit: FAST_LIMIT }, tell)
}

function crashes(programs: Programs, advertS: number, rounds: number, settleMs = 0): Promise<Outage[]> {
  return withPair(programs, advertS, async (pair) => {
    const outages: Outage[] = []
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0) await pair.startMaster()
      await wait(settleMs)
      await pair.halfInterval()
      outages.push(await pair.lossOf(() => pair.stage.crash('vos1')))
    }
    return outages
  })
}
