/**
 * `npm run mutate -- [--files PART] [--sample N] [--workers N]`: puts small faults into the core of services/vrrp, one at
 * a time, and runs its tests on each. Lists those that nobody noticed; ends with status 1 when fewer than 95 % were.
 */
import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Mutant, mutantsOf } from './mutants.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HOOK = fileURLToPath(new URL('hook.ts', import.meta.url))
const LEAST = 0.95
/** An endless loop counts as noticed. It hears no signal but SIGKILL. */
const PATIENCE_MS = 60_000
/** The second is slower and asked only when the first saw nothing. */
const SUITES = ['test/vrrp/*.test.ts', 'test/simulator/*.test.ts']

interface Subject extends Mutant {
  path: string
}

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '' },
    sample: { type: 'string' },
    workers: { type: 'string', default: '2' },
  },
})
const say = (line: string) => process.stdout.write(`${line}\n`)
const sources = globSync(`${ROOT}/services/vrrp/core/*.ts`)
  .filter((path) => path.includes(values.files))
  .sort()
const all = sources.flatMap((path): Subject[] =>
  mutantsOf(readFileSync(path, 'utf8')).map((mutant) => ({ path, ...mutant })),
)
const every = values.sample === undefined ? 1 : Math.max(1, Math.floor(all.length / Number(values.sample)))
const subjects = all.filter((_, index) => index % every === 0)
const survivors: Subject[] = []
const queue = subjects.values()
let done = 0
// With a fault that is none they have to pass: else all would count as noticed.
for (const suite of SUITES) {
  const none = { path: sources[0] ?? '', from: 0, to: 0, replacement: '' }
  if (!(await passes(suite, none))) throw new Error(`${suite} fails without any fault`)
}
say(`${subjects.length} faults in ${sources.length} files`)
await Promise.all(Array.from({ length: Number(values.workers) }, work))

const killed = subjects.length - survivors.length
for (const { path, line, text } of survivors.sort(byPlace)) say(`survived: ${relative(ROOT, path)}:${line}: ${text}`)
say(`${killed} of ${subjects.length} faults were noticed: ${((100 * killed) / subjects.length).toFixed(1)} %`)
process.exitCode = killed >= LEAST * subjects.length ? 0 : 1

async function work(): Promise<void> {
  for (const subject of queue) {
    if (!(await isNoticed(subject))) survivors.push(subject)
    if (++done % 50 === 0) say(`${done} tried, ${survivors.length} survived`)
  }
}

async function isNoticed(subject: Subject): Promise<boolean> {
  for (const suite of SUITES) if (!(await passes(suite, subject))) return true
  return false
}

function passes(
  suite: string,
  { path, from, to, replacement }: Pick<Subject, 'path' | 'from' | 'to' | 'replacement'>,
): Promise<boolean> {
  const files = globSync(suite, { cwd: ROOT })
  const argv = ['--test', '--test-isolation=none', '--test-force-exit', '--import', HOOK, ...files]
  const env = { ...process.env, FAILOVERD_MUTANT: JSON.stringify({ path, from, to, replacement }) }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, {
      cwd: ROOT,
      env,
      stdio: 'ignore',
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    })
    child.on('error', reject)
    child.on('exit', (status) => resolve(status === 0))
  })
}

function byPlace(a: Subject, b: Subject): number {
  return a.path.localeCompare(b.path) || a.line - b.line
}
