import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#platform/config/language/random.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS, PATH } from './config/parse.ts'

const first = (seed: number): number[] => Array.from({ length: 1000 }, seededRandom(seed))

test('a seed gives its own numbers, the same each time, spread from 0 to 1', () => {
  assert.deepEqual(first(7), first(7))
  assert.notDeepEqual(first(7), first(8))
  assert.notDeepEqual(first(0), first(4294967295))
  const tenths = first(7).map((number) => Math.floor(number * 10))
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = tenths.filter((each) => each === tenth).length
    assert.ok(share > 60 && share < 140, `${share} of 1000 in tenth ${tenth}`)
  }
})

/** The priorities of instances that choose them at random, of which the second stands below the line given. */
function priorities(line: string, random: () => number): (number | undefined)[] {
  const instance = (name: string, id: number): string =>
    `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${id}\npriority \${_RANDOM 1 254}\nvirtual_ipaddress {\n192.0.2.${id}\n}\n}\n`
  const text = `${instance('a', 1)}global_defs {\n${line}\n}\n${instance('b', 2)}`
  const { config } = parseConfig(memoryFiles({ [PATH]: text }), PATH, { ...OPTIONS, random })
  return config?.instances.map(({ priority }) => priority) ?? []
}

test('random_seed makes what is below it repeat itself, whatever the machine would draw', () => {
  const [high, seeded] = priorities('random_seed 42', () => 0.999)
  const [low, again] = priorities('random_seed 42', () => 0)
  assert.deepEqual([high, low], [254, 1])
  assert.equal(seeded, again)
  assert.notEqual(priorities('random_seed 43', () => 0)[1], seeded)
  assert.deepEqual(
    priorities('', () => 0),
    [1, 1],
  )
})
