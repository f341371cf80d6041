import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryOf, withMemory } from '../../services/notifier/core/memory.ts'
import { type AddressWord, type Input, initialState, type Notice } from '../../services/notifier/core/state.ts'
import { exampleVip } from '../configuration.ts'
import {
  ABOUT,
  becameBackup,
  becameFault,
  becameMaster,
  config,
  instance,
  offeredSoon,
  resumed,
  run,
  serverDown,
  stopped,
} from './given.ts'

const vip = (address: string) => exampleVip(address)
const withVips = (...vips: string[]) => config({ instances: [instance({ addresses: vips.map(vip) })] })
const given = () => initialState(withVips('192.0.2.100', '192.0.2.101'))

const BOTH = ['192.0.2.100/32', '192.0.2.101/32']
const heard = (word: AddressWord, said: string, at = 200): Input => ({ type: 'AddressesHeard', word, said, at })
const added: AddressWord = {
  ...{ type: 'AddressesAdded', instance: 'VI_1', addresses: BOTH, trigger: 'event', tookMs: 1, announced: 5 },
}
const kept: AddressWord = { type: 'AddressesKept', instance: 'VI_1', addresses: BOTH }
const removed = (addresses = BOTH): AddressWord => ({
  ...{ type: 'AddressesRemoved', instance: 'VI_1', addresses, reason: 'not-master' },
})
const lost = (addresses = BOTH): AddressWord => ({
  ...{ type: 'AddressesLost', instance: 'VI_1', addresses, reason: 'removed-by-another' },
})

const effectsOf = (inputs: Input[]) => run(inputs, given()).effects.map(({ type }) => type)
const waits = ['OfferAgain']
const runs = ['RunScript', 'RunScript', 'Acknowledge']

test('scripts and mail of a mastership wait for its addresses, at most a second from the transition', () => {
  for (const channel of ['scripts', 'mail'] as const) {
    const { facts, effects } = run([offeredSoon(channel, becameMaster)], given())
    assert.deepEqual(facts, [{ type: 'WaitBegan', channel, about: ABOUT, instance: 'VI_1', until: 1_050 }])
    assert.deepEqual(effects, [{ type: 'OfferAgain', channel, about: ABOUT, when: 1_050 }])
  }
})

test('the word of the addresses has each waiting delivery decided anew at once', () => {
  const both = [offeredSoon('scripts', becameMaster), offeredSoon('mail', becameMaster)]
  assert.deepEqual(run([...both, heard(added, 't3')], given()).effects, [
    { type: 'OfferAgain', channel: 'scripts', about: ABOUT, when: 200 },
    { type: 'OfferAgain', channel: 'mail', about: ABOUT, when: 200 },
  ])
  assert.deepEqual(effectsOf([...both, heard(added, 't3'), offeredSoon('scripts', becameMaster)]), runs)
  assert.deepEqual(effectsOf([...both, heard(kept, 't3'), offeredSoon('mail', becameMaster)]), ['SendMail'])
})

test('addresses that were heard of before the event was offered hold nothing back', () => {
  assert.deepEqual(effectsOf([heard(added, 't3'), offeredSoon('scripts', becameMaster)]), runs)
})

test('addresses of an earlier mastership do not count for this one', () => {
  assert.deepEqual(effectsOf([heard(added, 't1'), offeredSoon('scripts', becameMaster)]), waits)
  assert.deepEqual(effectsOf([heard(added, 't1'), heard(removed(), 't3'), offeredSoon('mail', becameMaster)]), waits)
})

test('a dead ipvs holds nothing back for longer than a second', () => {
  const late = offeredSoon('scripts', becameMaster, { at: 1_050 })
  const { facts, effects } = run([offeredSoon('scripts', becameMaster), late], given())
  assert.deepEqual(facts[0], { type: 'WaitEnded', channel: 'scripts', about: ABOUT, instance: 'VI_1', inTime: false })
  assert.deepEqual(
    effects.map(({ type }) => type),
    runs,
  )
  assert.deepEqual(run([offeredSoon('scripts', becameMaster), late], given()).state.held, [])
})

test('whoever is told of the end of a mastership, or of a stop, finds the addresses gone', () => {
  for (const notice of [becameBackup, becameFault, stopped]) {
    const before: Input[] = [heard(added, 't1'), offeredSoon('scripts', notice)]
    assert.deepEqual(effectsOf(before), waits)
    for (const gone of [removed(), lost()])
      assert.deepEqual(effectsOf([...before, heard(gone, 't3'), offeredSoon('scripts', notice)]), runs)
  }
})

test('it is not enough that some of the addresses are gone', () => {
  const some = [heard(added, 't1'), heard(lost(['192.0.2.100/32']), 't2'), offeredSoon('mail', becameBackup)]
  assert.deepEqual(effectsOf(some), waits)
  const rest = heard(removed(['192.0.2.101/32']), 't3')
  assert.deepEqual(effectsOf([...some, rest, offeredSoon('mail', becameBackup)]), ['SendMail'])
})

test('an instance that was not master, or lost its addresses before, is told of at once', () => {
  assert.deepEqual(effectsOf([offeredSoon('scripts', becameBackup)]), runs)
  assert.deepEqual(effectsOf([heard(added, 't0'), heard(lost(), 't1'), offeredSoon('scripts', becameBackup)]), runs)
})

test('addresses that a later mastership has brought do not hold the news of an earlier end back', () => {
  assert.deepEqual(effectsOf([heard(added, 't3'), offeredSoon('scripts', becameBackup)]), runs)
})

test('after an end that ipvs never confirmed the next end does not wait for it again', () => {
  const unconfirmed = [heard(added, 't1'), offeredSoon('scripts', becameFault, { at: 1_050 })]
  assert.deepEqual(effectsOf([...unconfirmed, offeredSoon('mail', becameBackup)]), ['SendMail'])
})

test('an instance without addresses, and news of other kinds, wait for nothing', () => {
  const none = (notice: Notice) => run([offeredSoon('scripts', notice)]).effects.map(({ type }) => type)
  assert.deepEqual(none(becameMaster), runs)
  assert.deepEqual(none(serverDown), ['RunScript', 'Acknowledge'])
  assert.deepEqual(effectsOf([offeredSoon('scripts', resumed)]), ['Acknowledge'])
})

test('what nobody is to be told of waits for nothing', () => {
  const silent = initialState({ ...withVips('192.0.2.100'), mail: { ...config().mail, recipients: [] } })
  assert.deepEqual(run([offeredSoon('mail', becameMaster)], silent).effects, [
    { type: 'Acknowledge', channel: 'mail', about: ABOUT },
  ])
})

test('a word that a replay repeats changes nothing', () => {
  const { state } = run([heard(added, 't1'), heard(removed(), 't2'), heard(added, 't1')], given())
  assert.deepEqual(state.addresses.VI_1, { present: [], placedAt: 't1', saidAt: 't2' })
})

test('a restarted notifier knows which addresses were in place', () => {
  const { state } = run([heard(added, 't1')], given())
  const restored = withMemory(given(), memoryOf(state))
  assert.deepEqual(
    run([offeredSoon('scripts', becameBackup)], restored).effects.map(({ type }) => type),
    waits,
  )
})

test('an instance that a reload renamed keeps what is known of its addresses', () => {
  const renamed = config({ instances: [instance({ name: 'VI_new', addresses: [vip('192.0.2.100')] })] })
  const reload: Input = { type: 'ConfigurationReloaded', config: renamed }
  const left = { ...becameBackup, instance: 'VI_new' }
  assert.deepEqual(effectsOf([heard(added, 't1'), reload, offeredSoon('scripts', left)]), waits)
})
