/** How long a client is without the VIP when a node goes on purpose: by hand-over, and by stop. */
import { type Pair, type Programs, withPair } from './pair.ts'
import { type Row, row } from './table.ts'

/** The client must hardly notice it. */
const HANDOVER_LIMIT_MS = 10
const REASON = ['--reason', 'a measurement']

/** keepalived's stop, failoverd's stop and failoverd's planned hand-over, at advert_int 1. */
export async function measureDepartures(rounds: number, tell: (line: string) => void): Promise<Row[]> {
  const against = await stops({ vos1: 'keepalived', vos2: 'keepalived' }, rounds)
  const ours = await stops({ vos1: 'failoverd', vos2: 'keepalived' }, rounds)
  const handovers = await handOvers({ vos1: 'failoverd', vos2: 'failoverd' }, rounds)
  const limit = { atMost: HANDOVER_LIMIT_MS }
  return [
    row({ what: 'keepalived is stopped, keepalived takes over', values: against, against, limit: null }, tell),
    row({ what: 'failoverd is stopped, keepalived takes over', values: ours, against, limit: null }, tell),
    row({ what: 'failoverd hands over to failoverd (keepalived: its stop)', values: handovers, against, limit }, tell),
  ]
}

function handOvers(programs: Programs, rounds: number): Promise<number[]> {
  return withPair(programs, 1, async (pair) => {
    const gaps: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0) {
        await control(pair, '--end')
        await pair.masterAgain()
      }
      gaps.push((await pair.lossOf(() => control(pair, ...REASON))).gapMs)
    }
    return gaps
  })
}

function stops(programs: Programs, rounds: number): Promise<number[]> {
  return withPair(programs, 1, async (pair) => {
    const gaps: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0) await pair.restartMaster()
      gaps.push((await pair.lossOf(() => pair.stage.stop('vos1'))).gapMs)
    }
    return gaps
  })
}

async function control({ stage }: Pair, ...more: string[]): Promise<void> {
  const { status, stdout, stderr } = await stage.control('vos1', 'handover', 'VI_1', ...more)
  if (status !== 0) throw new Error(`failoverctl handover: ${stdout}${stderr}`)
}
