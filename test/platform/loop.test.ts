import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cause, EventDraft } from '#schemas/envelope.ts'
import type { Published } from '../../platform/bus-port.ts'
import { createLog } from '../../platform/log.ts'
import { type Core, createLoop } from '../../platform/loop.ts'

type Fact = { type: 'Counted'; by: number } | { type: 'Reached'; total: number }
type Effect = { type: 'Tell'; total: number }

/** Counts, and reaches a limit: the smallest core with an inner fact and an event. */
const core: Core<number, number, Fact, Effect> = {
  decide: (by, total) => [
    { type: 'Counted', by },
    ...(total + by >= 10 ? [{ type: 'Reached' as const, total: total + by }] : []),
  ],
  evolve: (total, fact) => (fact.type === 'Counted' ? total + fact.by : total),
  react: (fact) => (fact.type === 'Reached' ? [{ type: 'Tell', total: fact.total }] : []),
}

/** A loop whose bus acknowledges only when told, and a diary of what happened in which order. */
function bench(order: 'act-first' | 'record-first') {
  const diary: string[] = []
  const causes: (Cause | null)[] = []
  let acknowledge = () => {}
  const publish = (draft: EventDraft, cause: Cause | null): Published => {
    diary.push(`publish ${draft.data.type}`)
    causes.push(cause)
    const stored = new Promise<void>((resolve) => {
      acknowledge = resolve
    })
    return { stored, envelope: envelope(draft) }
  }
  const loop = createLoop({
    core,
    initial: 0,
    order,
    act: (effect, cause) => diary.push(`tell ${effect.total} because of ${cause?.id ?? 'nothing'}`),
    toEvent: (fact) => (fact.type === 'Reached' ? { service: 'vrrp', entity: 'x', data: fact } : null),
    publish,
    log: createLog('test', 'silent'),
  })
  return { loop, diary, causes, acknowledge: () => acknowledge() }
}

function envelope(draft: EventDraft): Published['envelope'] {
  const common = { specversion: '1.0', datacontenttype: 'application/json', time: '', hlc: '', type: '' } as const
  const chain = { sequence: 1, prevhash: '0'.repeat(64), correlationid: 'story' }
  return { ...common, ...chain, id: 'event-1', source: '/s/n/vrrp', subject: draft.entity, data: draft.data }
}

test('act-first carries the effect out before the event is published, and waits for nothing', () => {
  const { loop, diary } = bench('act-first')
  loop.dispatch(12, { id: 'packet', correlationId: 'story' })
  assert.deepEqual(diary, ['tell 12 because of packet', 'publish Reached'])
})

test('record-first carries the effect out only when the event is stored, with the event as its cause', async () => {
  const { loop, diary, acknowledge } = bench('record-first')
  loop.dispatch(12)
  await Promise.resolve()
  assert.deepEqual(diary, ['publish Reached'])
  acknowledge()
  await new Promise(setImmediate)
  assert.deepEqual(diary, ['publish Reached', 'tell 12 because of event-1'])
})

test('what caused an input goes with the events that follow from it', () => {
  const { loop, causes } = bench('act-first')
  const cause = { id: 'a', correlationId: 'b' }
  loop.dispatch(10, cause)
  assert.deepEqual(causes, [cause])
})

test('facts that nobody else needs stay inside', () => {
  const { loop, diary } = bench('act-first')
  loop.dispatch(3)
  assert.equal(loop.state(), 3)
  assert.deepEqual(diary, [])
})

test('an input that comes while another is handled waits for its turn', () => {
  const seen: number[] = []
  const loop = createLoop<number, number, Fact, Effect>({
    core,
    initial: 0,
    order: 'act-first',
    act: () => {
      seen.push(loop.state())
      if (loop.state() < 30) loop.dispatch(10)
      seen.push(loop.state())
    },
    toEvent: () => null,
    publish: () => assert.fail('nothing here is an event'),
    log: createLog('test', 'silent'),
  })
  loop.dispatch(10)
  assert.deepEqual(seen, [10, 10, 20, 20, 30, 30])
})

test('a recalled fact is known again without any effect', () => {
  const { loop, diary } = bench('act-first')
  loop.recall({ type: 'Counted', by: 5 })
  loop.recall({ type: 'Reached', total: 99 })
  assert.equal(loop.state(), 5)
  assert.deepEqual(diary, [])
})

test('the loop goes on after an input that threw', () => {
  const { loop } = bench('act-first')
  const broken = createLoop<number, number, Fact, Effect>({
    core: {
      ...core,
      decide: (by, total) => {
        if (by < 0) throw new Error('a bug')
        return core.decide(by, total)
      },
    },
    initial: 0,
    order: 'act-first',
    act: () => {},
    toEvent: () => null,
    publish: () => assert.fail('nothing here is an event'),
    log: createLog('test', 'silent'),
  })
  assert.throws(() => broken.dispatch(-1), /a bug/)
  broken.dispatch(2)
  assert.equal(broken.state(), 2)
  assert.equal(loop.state(), 0)
})
