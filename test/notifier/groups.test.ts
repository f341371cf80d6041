import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SyncGroup } from '#schemas/config.ts'
import { type AddressWord, type Input, initialState, type Notice } from '../../services/notifier/core/state.ts'
import { exampleVip } from '../configuration.ts'
import { config, instance, offered, offeredSoon, run } from './given.ts'

const script = (...argv: string[]) => ({ argv, user: null, group: null })
const group: SyncGroup = {
  ...{ name: 'G', members: ['VI_1', 'VI_2'], smtpAlert: true },
  notify: {
    ...{ master: script('/opt/gm'), backup: script('/opt/gb'), fault: script('/opt/gf'), stop: script('/opt/gs') },
    any: script('/opt/any', 'x'),
  },
}
const vips = (address: string) => ({ addresses: [exampleVip(address)] })
const given = (change: Partial<SyncGroup> = {}) =>
  initialState(
    config({
      instances: [instance(vips('192.0.2.100')), instance({ name: 'VI_2', ...vips('192.0.2.101') })],
      syncGroups: [{ ...group, ...change }],
    }),
  )

const members = ['VI_1', 'VI_2']
const master: Notice = { type: 'GroupBecameMaster', group: 'G', members }
const backup: Notice = { type: 'GroupBecameBackup', group: 'G', members, by: 'VI_2' }
const fault: Notice = { type: 'GroupBecameFault', group: 'G', members, by: 'VI_2' }
const stopped: Notice = { type: 'GroupStopped', group: 'G', members }
const resumed: Notice = { type: 'GroupResumed', group: 'G', members }

const lines = (notice: Notice) =>
  run([offered('scripts', notice)], given()).effects.flatMap((effect) =>
    effect.type === 'RunScript' ? [effect.run.argv.join(' ')] : [],
  )
const mailOf = (notice: Notice, change: Partial<SyncGroup> = {}) =>
  run([offered('mail', notice)], given(change)).facts.flatMap((fact) => (fact.type === 'MailDue' ? [fact] : []))[0]

test('the scripts of a group get GROUP, its name, its role and 0', () => {
  assert.deepEqual(lines(master), ['/opt/gm', '/opt/any x GROUP G MASTER 0'])
  assert.deepEqual(lines(backup), ['/opt/gb', '/opt/any x GROUP G BACKUP 0'])
  assert.deepEqual(lines(fault), ['/opt/gf', '/opt/any x GROUP G FAULT 0'])
  assert.deepEqual(lines(stopped), ['/opt/gs', '/opt/any x GROUP G STOP 0'])
  assert.deepEqual(lines(resumed), [])
})

test('mails of a group are those that keepalived writes, when the group asks for them', () => {
  assert.equal(mailOf(master)?.subject, '[R1] VRRP Group G - Entering MASTER state')
  assert.match(mailOf(master)?.body ?? '', /^=> All VRRP group instances are now in MASTER state <=\n\nEvent: /)
  assert.match(
    mailOf(fault)?.body ?? '',
    /^=> All VRRP group instances are now in FAULT state <=\n\nWhy: VI_2 was first\n/,
  )
  assert.equal(mailOf(master, { smtpAlert: false }), undefined)
})

const word = (type: 'AddressesAdded' | 'AddressesRemoved', name: string, said: string): Input => {
  const about = { instance: name, addresses: [name === 'VI_1' ? '192.0.2.100/32' : '192.0.2.101/32'] }
  const heard: AddressWord =
    type === 'AddressesAdded'
      ? { type, ...about, trigger: 'advert', tookMs: 1, announced: 5 }
      : { type, ...about, reason: 'not-master' }
  return { type: 'AddressesHeard', word: heard, said, at: 200 }
}

test('a group is master for scripts when the addresses of all its members are in place', () => {
  const soon = offeredSoon('scripts', master)
  const effectsOf = (...inputs: Input[]) => run([...inputs, soon], given()).effects.map(({ type }) => type)
  const runs = ['RunScript', 'RunScript', 'Acknowledge']
  assert.deepEqual(effectsOf(word('AddressesAdded', 'VI_1', 't1')), ['OfferAgain'])
  assert.deepEqual(effectsOf(word('AddressesAdded', 'VI_1', 't1'), word('AddressesAdded', 'VI_2', 't3')), runs)
})

test('a group is backup for scripts when the addresses of all its members are gone', () => {
  const soon = offeredSoon('scripts', backup)
  const held = [word('AddressesAdded', 'VI_1', 't1'), word('AddressesAdded', 'VI_2', 't1')]
  const effectsOf = (...inputs: Input[]) => run([...held, ...inputs, soon], given()).effects.map(({ type }) => type)
  assert.deepEqual(effectsOf(word('AddressesRemoved', 'VI_1', 't3')), ['OfferAgain'])
  const both = [word('AddressesRemoved', 'VI_1', 't3'), word('AddressesRemoved', 'VI_2', 't3')]
  assert.deepEqual(effectsOf(...both), ['RunScript', 'RunScript', 'Acknowledge'])
})
