import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeStatus } from '#schemas/status.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'
import { sentence } from '../../cli/failoverctl/sentence.ts'
import { statusText } from '../../cli/failoverctl/status.ts'

type Damping = NodeStatus['instances'][number]['damping']

const UNTIL = '2026-11-21T09:12:01.412Z'
const FULL = { budget: 6, left: 6, windowMs: 300_000, preemptsAgain: null, returns: null }

function shown(damping: Damping): string[] {
  const text = statusText({
    ...{ site: 's', node: 'n', version: '1', bus: { state: 'connected', sequence: 1, spooled: 0 }, services: [] },
    instances: [
      {
        ...{ name: 'VI_1', state: 'BACKUP', interface: 'eth0', virtualRouterId: 51, priority: 100 },
        ...{ effectivePriority: 100, since: null, addresses: [], adverts: null, handover: null, damping },
      },
    ],
    ...{ virtualServers: [], unknownRouters: {} },
  })
  return text.split('\n').slice(2)
}

function told(event: VrrpEvent): string {
  return sentence({
    ...{ specversion: '1.0', id: 'i', source: '/s/n/vrrp', type: 't', time: '', subject: 'VI_1', hlc: '' },
    ...{ datacontenttype: 'application/json', data: VrrpEvent.parse(event), sequence: 1 },
    ...{ correlationid: 'c', prevhash: '0'.repeat(64) },
  })
}

test('what is left of the budget of masterships is shown from the first mastership on', () => {
  assert.deepEqual(shown(null), [])
  assert.deepEqual(shown(FULL), [])
  assert.deepEqual(shown({ ...FULL, left: 4 }), ['  flap damping: 4 of 6 masterships in 300 s left'])
  assert.deepEqual(shown({ ...FULL, left: 0, preemptsAgain: UNTIL }), [
    `  flap damping: 0 of 6 masterships in 300 s left; preempts nobody until ${UNTIL}`,
  ])
})

test('an instance that stays in FAULT although the fault is over says until when', () => {
  assert.deepEqual(shown({ ...FULL, returns: UNTIL }), [
    `  the fault is over, FAULT lasts until ${UNTIL}: it came back too often`,
  ])
})

test('damping is told with what it means, how long it lasts and what was seen', () => {
  const began = { type: 'DampingBegan', instance: 'VI_1', count: 6, windowMs: 300_000, waitMs: 80_000 } as const
  assert.equal(
    told({ ...began, what: 'preemption', detail: 'became MASTER 6 times in 300 s' }),
    'VI_1 preempts nobody for 80.0 s, unless no other master is heard: it became MASTER 6 times in 300 s',
  )
  assert.match(told({ ...began, what: 'return', detail: 'was in FAULT 3 times' }), /^VI_1 stays in FAULT for 80\.0 s/)
  const ended = { type: 'DampingEnded', instance: 'VI_1' } as const
  assert.equal(told({ ...ended, what: 'preemption' }), 'VI_1 may preempt again')
  assert.equal(told({ ...ended, what: 'return' }), 'VI_1 need not stay in FAULT any longer')
})
