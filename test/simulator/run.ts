/** `npm run simulate -- [--seeds N] [--from SEED] [--seconds S]`, or `--seed SEED` to replay one and read its timeline. */
import { parseArgs } from 'node:util'
import { simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
  },
})
const say = (line: string) => process.stdout.write(`${line}\n`)
const leastMs = Number(values.seconds) * 1_000
const first = Number(values.seed ?? values.from)
const count = values.seed === undefined ? Number(values.seeds) : 1

const began = performance.now()
let virtualMs = 0
const broken: number[] = []
for (let seed = first; seed < first + count; seed++) {
  const { lastedMs, timeline, violations } = simulate(seed, leastMs)
  virtualMs += lastedMs
  if (violations.length > 0) broken.push(seed)
  if (violations.length > 0 || values.seed !== undefined) say([`seed ${seed}:`, ...timeline, ''].join('\n'))
  // What a run left waiting goes before the next one begins.
  await new Promise((resolve) => setImmediate(resolve))
}
const tookMs = performance.now() - began
const rate = Math.round(virtualMs / tookMs)
say(
  `${count} seeds, ${Math.round(virtualMs / 1_000)} virtual seconds in ${(tookMs / 1_000).toFixed(1)} s: ${rate} times real time`,
)
say(broken.length === 0 ? 'no rule was broken' : `rules were broken with ${broken.length} seeds: ${broken.join(', ')}`)
say('replay one with: npm run simulate -- --seed SEED')
process.exitCode = broken.length === 0 ? 0 : 1
