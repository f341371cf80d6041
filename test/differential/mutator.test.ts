import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MUTATION_NAMES, mutate, seededDice } from './mutator.ts'

const ORIGINAL = `global_defs {
    router_id "lab one"
}
vrrp_instance VI_1 {
    interface eth0   # the LAN
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.10/24
    }
}
`

function mutants(count: number): string[] {
  return Array.from({ length: count }, (_, seed) => mutate(ORIGINAL, seededDice(seed)).text)
}

test('a seed makes the same mutant in every run', () => {
  assert.deepEqual(mutants(50), mutants(50))
})

test('seeds make different mutants, and nearly all differ from the original', () => {
  const all = mutants(200)
  assert.ok(new Set(all).size > 170)
  assert.ok(all.filter((text) => text === ORIGINAL).length < 10)
})

test('every kind of mutation takes its turn', () => {
  const seen = new Set(Array.from({ length: 300 }, (_, seed) => mutate(ORIGINAL, seededDice(seed)).deeds).flat())
  assert.deepEqual([...seen].toSorted(), [...MUTATION_NAMES].toSorted())
})

test('an empty file and one of nothing but comments come out without an exception', () => {
  for (let seed = 0; seed < 300; seed++) {
    mutate('', seededDice(seed))
    mutate('# nothing\n! here\n', seededDice(seed))
  }
})
