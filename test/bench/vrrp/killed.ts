/** How long a client is without the VIP when the VRRP process alone is killed, and its parent starts it again. */
import { readFileSync } from 'node:fs'
import { nameOf } from '../measure.ts'
import type { Program } from '../stage.ts'
import { type Pair, withPair } from './pair.ts'
import { type Row, row } from './table.ts'

/** A master-down interval of either node, and what the client tells of it. */
const OBSERVED_MS = 5_000
const LIMIT_MS = 0

/** The other node runs keepalived, at advert_int 1. */
export async function measureKilled(rounds: number, tell: (line: string) => void): Promise<Row[]> {
  const against = await kills('keepalived', rounds)
  const values = await kills('failoverd', rounds)
  return [
    row({ what: "keepalived's VRRP process is killed", values: against, against, limit: null }, tell),
    row({ what: "failoverd's vrrp is killed", values, against, limit: { atMost: LIMIT_MS } }, tell),
  ]
}

function kills(program: Program, rounds: number): Promise<number[]> {
  return withPair({ vos1: program, vos2: 'keepalived' }, 1, async (pair) => {
    const gaps: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0) await pair.masterAgain()
      await pair.halfInterval()
      const pid = vrrpProcess(pair)
      gaps.push(await pair.gapDuring(async () => process.kill(pid, 'SIGKILL'), OBSERVED_MS))
    }
    return gaps
  })
}

function vrrpProcess({ stage }: Pair): number {
  const pids = stage.processes('vos1')
  const found = pids.find((pid) => nameOf(pid) === 'vrrp') ?? pids.find((pid) => pids.includes(parentOf(pid)))
  if (found === undefined) throw new Error('vos1 has no VRRP process')
  return found
}

/** Field 4 of proc(5) stat. */
function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
