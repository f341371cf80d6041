import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeClock } from '#platform/clock-fake.ts'
import { createLog } from '#platform/log.ts'
import type { AddAddresses } from '../../services/ipvs/core/effect.ts'
import type { Input } from '../../services/ipvs/core/state.ts'
import { createEffects } from '../../services/ipvs/effects.ts'
import { SERVICE, vip } from './settings.ts'
import { simulatedKernel } from './simulated-kernel.ts'
import { simulatedRouting } from './simulated-routing.ts'

const cause = { id: 'e1', correlationId: 'c1' }
const write: AddAddresses = {
  type: 'AddAddresses',
  instance: 'VI_1',
  addresses: [vip()],
  leaseMs: 3_000,
  deadline: 4_000,
  trigger: 'event',
  startedAt: 1_000,
}

function effectsAt(now: number) {
  const clock = fakeClock(now)
  const kernel = simulatedKernel(clock)
  const inputs: { input: Input; cause: unknown }[] = []
  const effects = createEffects({
    ...kernel,
    sight: { watch() {}, close() {} },
    secondaries: { promote: () => [] },
    acceptance: { refuse() {}, check() {} },
    routing: simulatedRouting().port,
    neighbours: { watch() {}, ask() {}, close() {} },
    clock,
    log: createLog('test', 'silent'),
    dispatch: (input, about) => inputs.push({ input, cause: about }),
  })
  return { effects, kernel, inputs, clock }
}

test('a process that was stopped between deciding and writing neither adds nor announces', () => {
  const { effects, kernel, inputs } = effectsAt(4_001)
  effects.act(write, cause)
  effects.act({ ...write, type: 'Announce', repeat: 5, write, writtenAt: 1_000 }, cause)
  assert.deepEqual([kernel.writes, kernel.announced], [[], []])
  const outcomes = inputs.map(({ input }) =>
    'outcomes' in input ? input.outcomes[0]?.result : 'result' in input && input.result,
  )
  assert.deepEqual(outcomes, ['too-late', { sent: 0, failures: [] }])
})

test('what comes of an effect carries the cause of the effect', async () => {
  const { effects, inputs, clock } = effectsAt(1_000)
  effects.act(write, cause)
  effects.act({ type: 'DumpTable', version: 0, reason: 'start' }, cause)
  await effects.settled()
  effects.act({ type: 'WakeAt', when: 1_500 }, cause)
  clock.advance(500)
  assert.deepEqual(
    inputs.map(({ input, cause: about }) => [input.type, about]),
    [
      ['AddressesWritten', cause],
      ['TableDumped', cause],
      ['TimePassed', null],
    ],
  )
})

test('writes and dumps of the table keep their order', async () => {
  const { effects, inputs } = effectsAt(0)
  const service = { protocol: 'TCP', address: '192.168.105.211', port: 80, family: 4 } as const
  const settings = { ...service, scheduler: 'rr', persistenceTimeoutS: null }
  effects.act({ type: 'WriteTable', changes: [{ kind: 'add-service', service: settings }], reason: 'start' }, null)
  effects.act({ type: 'DumpTable', version: 1, reason: 'repair' }, null)
  await effects.settled()
  const [written, dumped] = inputs.map(({ input }) => input)
  assert.equal(written?.type, 'TableWritten')
  assert.ok(dumped?.type === 'TableDumped' && dumped.services.length === 1, `the dump shows ${SERVICE}`)
})
