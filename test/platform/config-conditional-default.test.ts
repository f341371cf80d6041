import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jsonForm } from '#platform/config/forms/json-form.ts'
import { fallbackText } from '#platform/config/keywords/fallback.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS, PATH } from './config/parse.ts'

function both(statements: string) {
  const text = `vrrp_instance a {\ninterface eth0\nvirtual_router_id 7\n${statements}\nvirtual_ipaddress {\n192.0.2.7\n}\n}`
  const { root, config, diagnostics } = parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS)
  const [form] = jsonForm(root, { secrets: false }).vrrp_instance as [{ state: string; priority: number }]
  const [instance] = config?.instances ?? []
  assert.ok(instance !== undefined)
  return { shown: [form.state, form.priority], used: [instance.initialState, instance.priority], diagnostics }
}

describe('state and priority, each the default of the other, show as they are used', () => {
  const cases: [string, string, number][] = [
    ['', 'BACKUP', 100],
    ['state MASTER', 'MASTER', 255],
    ['state BACKUP', 'BACKUP', 100],
    ['priority 255', 'MASTER', 255],
    ['priority 200', 'BACKUP', 200],
    ['state MASTER\npriority 150', 'MASTER', 150],
    ['state BACKUP\npriority 255', 'BACKUP', 255],
    ['state MASTER\npriority 300', 'MASTER', 100],
    ['state MASTR\npriority 255', 'BACKUP', 255],
  ]
  for (const [statements, state, priority] of cases) {
    test(`${statements.replace('\n', ', ') || 'neither of them'}: ${state} with ${priority}`, () => {
      const { shown, used } = both(statements)
      assert.deepEqual(shown, [state, priority])
      assert.deepEqual(used, [state, priority])
    })
  }
})

test('what is wrong is replaced by the default without its condition, and said so', () => {
  const [finding] = both('state MASTER\npriority 300').diagnostics
  assert.equal(finding?.hint, 'the default (100) stands')
})

test('a default with a condition is told in words', () => {
  assert.equal(fallbackText('<state=MASTER>255|100'), '255 with state MASTER, or else 100')
})
