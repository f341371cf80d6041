/** VRRP beside keepalived, in one run: how long clients are without the VIP, and what many instances cost. */
import { describeError } from '#platform/errors.ts'
import { measureCrash } from './vrrp/crash.ts'
import { measureDepartures } from './vrrp/handover.ts'
import { measureKilled } from './vrrp/killed.ts'
import { measureMany } from './vrrp/many.ts'
import { type Row, table } from './vrrp/table.ts'

export interface VrrpOptions {
  rounds: number
  /** With all cores loaded. */
  minutes: number
  /** Only the part whose unit begins so. */
  only: string
}

type Tell = (line: string) => void

interface Part {
  unit: string
  measure(options: VrrpOptions, tell: Tell): Promise<Row[]>
}

const PARTS: readonly Part[] = [
  {
    unit: 'crash, milliseconds from the last advert to the first answer',
    measure: ({ rounds }, tell) => measureCrash(rounds, tell),
  },
  {
    unit: 'VRRP process killed, advert_int 1, client gap in milliseconds',
    measure: ({ rounds }, tell) => measureKilled(rounds, tell),
  },
  {
    unit: 'planned departure, advert_int 1, client gap in milliseconds',
    measure: ({ rounds }, tell) => measureDepartures(rounds, tell),
  },
  {
    unit: '250 instances at advert_int 0.1, percent of a core',
    measure: ({ rounds, minutes }, tell) => measureMany(rounds, minutes, tell),
  },
]

/** All parts, one after the other; one that fails says so in its place, and the exit status tells. */
export async function measureVrrp(options: VrrpOptions, tell: Tell): Promise<string> {
  const tables: string[] = []
  for (const { unit, measure } of PARTS.filter(({ unit }) => unit.startsWith(options.only))) {
    try {
      tables.push(table(unit, await measure(options, tell)))
    } catch (cause) {
      process.exitCode = 1
      const failed = `Not measured, ${unit}: ${describeError(cause)}`
      tell(failed)
      tables.push(failed)
    }
  }
  return tables.join('\n\n')
}
