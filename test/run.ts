// Runs everything, or one group: `npm test`, `npm test -- unit`, `npm test -- system PATTERN`.
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Group, groups } from './runner/groups.ts'
import { closingLine, sum, type Tally } from './runner/tally.ts'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const [wanted, pattern = ''] = process.argv.slice(2)
const chosen = Object.entries(groups).filter(([name]) => wanted === undefined || name === wanted)

if (chosen.length === 0) {
  console.error(`no group "${wanted}": one of ${Object.keys(groups).join(', ')}, then part of a file's name`)
  process.exit(2)
}

/** Waits more than it works, on a kernel of its own: beside it run the groups that time means little to. */
const BESIDE = 'uml'
const COMPANIONS: readonly string[] = ['check', 'unit', 'config']

const beside = chosen.length === 1 ? undefined : chosen.find(([name]) => name === BESIDE)
let finish = beside === undefined ? null : begin(...beside)
const tallies: Tally[] = []
for (const [name, group] of chosen) {
  if (name === beside?.[0]) continue
  if (!COMPANIONS.includes(name)) await finishBeside()
  console.log(`\n== ${name}`)
  const startedAt = performance.now()
  close(name, startedAt, await group(pattern))
}
await finishBeside()
const all = sum(tallies)
// A run without a test that passed, as a wrong pattern makes it, proves nothing.
if (all.failed > 0 || all.passed === 0) process.exitCode = 1
console.log(closingLine(all))

/** Starts a group; returns what waits for its end, and then shows what it has printed. */
function begin(name: string, group: Group): () => Promise<void> {
  const path = join(tmpdir(), `failoverd-test-${process.pid}-${name}`)
  const file = openSync(path, 'w+')
  console.log(`\n== ${name} has begun; what it prints comes later`)
  const startedAt = performance.now()
  const running = group(pattern, file)
  return async () => {
    const tally = await running
    console.log(`\n== ${name}`)
    process.stdout.write(readFileSync(path))
    closeSync(file)
    rmSync(path)
    close(name, startedAt, tally)
  }
}

async function finishBeside(): Promise<void> {
  await finish?.()
  finish = null
}

function close(name: string, startedAt: number, tally: Tally): void {
  tallies.push(tally)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`== ${name}: ${closingLine(tally)} in ${seconds} s`)
}
