/** `npm run bench -- failover`, `config` or `vrrp`, `[--rounds N]`: measures and writes its section of docs/benchmarks.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runCommand } from '../../cli/lab/commands.ts'
import { configReport, measureConfig } from './config.ts'
import { failoverReport, measureFailover } from './failover.ts'
import { measureVrrp } from './vrrp.ts'

const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
const say = (line: string) => process.stdout.write(`${line}\n`)

/** Each measures in so many rounds and tells it as tables. */
const BENCHMARKS = new Map<string, (rounds: number) => Promise<string>>([
  [
    'failover',
    async (rounds) => {
      const ours = await measureFailover('failoverd', rounds, say)
      return failoverReport(ours, await measureFailover('keepalived', rounds, say))
    },
  ],
  ['config', async (rounds) => configReport(measureConfig(rounds, say))],
  ['vrrp', (rounds) => measureVrrp({ rounds, minutes: Number(values.minutes), only: values.only }, say)],
])

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    // Of vrrp: how long its last part goes on with all cores loaded.
    minutes: { type: 'string', default: '1' },
    // Of vrrp: the part that begins so, to try it alone.
    only: { type: 'string', default: '' },
    'no-write': { type: 'boolean', default: false },
  },
})
const [name = ''] = positionals
const benchmark = BENCHMARKS.get(name)
if (benchmark === undefined) {
  process.stderr.write(
    `usage: npm run bench -- ${[...BENCHMARKS.keys()].join(' | ')} [--rounds N] [--minutes N] [--only PART] [--no-write]\n`,
  )
  process.exit(2)
}

const rounds = Number(values.rounds)
const report = await benchmark(rounds)
say(`\n${report}`)
if (!values['no-write']) {
  writeSection(name, `${await machine()}, ${rounds} rounds.\n\n${report}\n`)
  say(`\nwritten to docs/benchmarks.md`)
}

async function machine(): Promise<string> {
  const version = (await runCommand(['keepalived', '--version'])).stderr.split('\n')[0] ?? ''
  const date = new Date().toISOString().slice(0, 10)
  const model = cpus()[0]?.model.trim() ?? 'unknown CPU'
  return `Measured ${date} on ${cpus().length} × ${model}, Linux ${release()}, Node ${process.version}, against ${version}`
}

/** Replaces what stands between this benchmark's two marks. */
function writeSection(section: string, text: string): void {
  const page = readFileSync(PAGE, 'utf8')
  const [begin, end] = [`<!-- ${section} -->`, `<!-- /${section} -->`]
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < 0) throw new Error(`docs/benchmarks.md has no marks ${begin} and ${end}`)
  writeFileSync(PAGE, `${page.slice(0, from + begin.length)}\n${text}${page.slice(to)}`)
}
