// Runs everything, or one group: `npm test`, `npm test -- unit`, `npm test -- system PATTERN`.
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

const tallies: Tally[] = []
for (const [name, group] of chosen) tallies.push(await runGroup(name, group))
const all = sum(tallies)
// A run without a test that passed, as a wrong pattern makes it, proves nothing.
if (all.failed > 0 || all.passed === 0) process.exitCode = 1
console.log(closingLine(all))

async function runGroup(name: string, group: Group): Promise<Tally> {
  console.log(`\n== ${name}`)
  const startedAt = performance.now()
  const tally = await group(pattern)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`== ${name}: ${closingLine(tally)} in ${seconds} s`)
  return tally
}
