/** What 250 instances at 0.1 s cost a node, and whether a loaded machine makes it take over without need. */
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { addressOf, VIP } from '../../../cli/lab/hosts.ts'
import { eachLine } from '../../../cli/lab/lines.ts'
import { nameOf } from '../measure.ts'
import { type Node, openStage, type Program, type Stage } from '../stage.ts'
import type { Programs } from './pair.ts'
import { type Row, row } from './table.ts'

const INSTANCES = 250
const CPU_LIMIT = 2
/** Of each reading of CPU time. */
const READING_MS = 4_000
const START_LIMIT_MS = 60_000
/** After all instances are up, what a start leaves to do is over. */
const SETTLE_MS = 3_000
/** Where each byte of an advert's priority is: behind an IPv4 header without options. */
const RESIGNED = 'ip[22] = 0'

/** CPU of the processes that work for VRRP, as master and as backup, then `minutes` with all cores loaded. */
export async function measureMany(rounds: number, minutes: number, tell: (line: string) => void): Promise<Row[]> {
  const first = await costs({ vos1: 'failoverd', vos2: 'keepalived' }, rounds)
  const second = await costs({ vos1: 'keepalived', vos2: 'failoverd' }, rounds)
  const rows = [
    row({ what: 'as master', values: first.vos1, against: second.vos1, limit: CPU_LIMIT }, tell),
    row({ what: 'as backup', values: second.vos2, against: first.vos2, limit: CPU_LIMIT }, tell),
  ]
  const values = [await falsePromotions(minutes)]
  const what = `instances (number) that changed hands in ${minutes} min with all cores loaded, failoverd on both nodes`
  return [...rows, row({ what, values, against: [], limit: { atMost: 0 } }, tell)]
}

function costs(programs: Programs, rounds: number): Promise<Record<Node, number[]>> {
  return withMany(programs, async (stage) => {
    const pids = { vos1: working(stage, 'vos1', programs.vos1), vos2: working(stage, 'vos2', programs.vos2) }
    const percent: Record<Node, number[]> = { vos1: [], vos2: [] }
    for (let round = 0; round < rounds; round += 1) {
      const [began, vos1, vos2] = [performance.now(), cpuMs(pids.vos1), cpuMs(pids.vos2)]
      await wait(READING_MS)
      const passed = performance.now() - began
      percent.vos1.push(((cpuMs(pids.vos1) - vos1) / passed) * 100)
      percent.vos2.push(((cpuMs(pids.vos2) - vos2) / passed) * 100)
    }
    return percent
  })
}

/** @returns of how many instances the backup spoke or the master resigned, although nothing was wrong with either */
function falsePromotions(minutes: number): Promise<number> {
  return withMany({ vos1: 'failoverd', vos2: 'failoverd' }, async (stage) => {
    const changed = new Set<string>()
    const tap = listen(stage, `(src host ${addressOf('vos2')} or ${RESIGNED})`, (line) => changed.add(idOf(line)))
    const loads = cpus().map(() => stage.client.spawn([process.execPath, '-e', 'for (;;);']))
    await wait(minutes * 60_000)
    for (const child of [...loads, tap]) child.kill('SIGKILL')
    return changed.size
  })
}

/** vos1 is master of all instances, vos2 backup. Everything is gone again when `measure` has ended. */
async function withMany<T>({ vos1, vos2 }: Programs, measure: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await openStage(vos1, manyInstances)
  try {
    await stage.start('vos1', vos1)
    await masterOfAll(stage, 'vos1')
    await stage.start('vos2', vos2)
    await wait(SETTLE_MS)
    return await measure(stage)
  } finally {
    await stage.close()
  }
}

function manyInstances(node: Node): string {
  const instance = (id: number) => `vrrp_instance VI_${id} {
    state BACKUP
    interface eth0
    virtual_router_id ${id}
    version 3
    priority ${node === 'vos1' ? 150 : 100}
    advert_int 0.1
    virtual_ipaddress {
        ${id === 1 ? VIP : `10.77.0.${id}/32`}
    }
}
`
  return Array.from({ length: INSTANCES }, (_, index) => instance(index + 1)).join('')
}

async function masterOfAll(stage: Stage, node: Node): Promise<void> {
  const seen = new Set<string>()
  const tap = listen(stage, `src host ${addressOf(node)}`, (line) => seen.add(idOf(line)))
  const limit = Date.now() + START_LIMIT_MS
  while (seen.size < INSTANCES) {
    if (Date.now() > limit) throw new Error(`${node} is master of ${seen.size} of ${INSTANCES} instances`)
    await wait(100)
  }
  tap.kill('SIGKILL')
}

function listen(stage: Stage, filter: string, take: (line: string) => void) {
  const tap = stage.client.spawn(['tcpdump', '-n', '-l', '-i', 'eth0', `ip proto 112 and ${filter}`])
  tap.stderr.resume()
  eachLine(tap.stdout, take)
  return tap
}

function idOf(line: string): string {
  return /vrid (\d+),/.exec(line)?.[1] ?? line
}

/** keepalived as a whole; of failoverd what does the same: vrrp and ipvs. */
function working(stage: Stage, node: Node, program: Program): number[] {
  const pids = stage.processes(node)
  return program === 'keepalived' ? pids : pids.filter((pid) => ['vrrp', 'ipvs'].includes(nameOf(pid)))
}

/** CPU time of all threads so far, from the scheduler's own nanoseconds: clock ticks are too coarse. */
function cpuMs(pids: readonly number[]): number {
  let sum = 0
  for (const pid of pids)
    for (const task of readdirSync(`/proc/${pid}/task`))
      sum += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
  return sum / 1_000_000
}
