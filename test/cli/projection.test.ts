import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Envelope } from '#schemas/envelope.ts'
import { projectStatus } from '../../cli/failoverctl/projection.ts'
import { sentence } from '../../cli/failoverctl/sentence.ts'
import { exampleConfig, exampleInstance, exampleVip } from '../configuration.ts'

let sequence = 0
const event = (data: { type: string } & Record<string, unknown>): Envelope => ({
  specversion: '1.0',
  datacontenttype: 'application/json',
  id: `id-${++sequence}`,
  source: '/lab/vos1/vrrp',
  type: data.type,
  time: `2026-11-21T08:00:${String(sequence % 60).padStart(2, '0')}.000Z`,
  subject: 'x',
  sequence,
  hlc: '',
  correlationid: 'c',
  prevhash: '0'.repeat(64),
  data,
})

const realServer = (address: string) => ({
  address,
  port: 80,
  weight: 1,
  inhibitOnFailure: false,
  checks: [],
  notifyUp: null,
  notifyDown: null,
  smtpAlert: true,
})

const config = exampleConfig({
  instances: [exampleInstance({ priority: 150 })],
  syncGroups: [],
  virtualServers: [
    {
      address: '192.0.2.100',
      port: 80,
      family: 4,
      protocol: 'TCP',
      scheduler: 'rr',
      forwarding: 'DR',
      persistenceTimeoutS: null,
      realServers: [realServer('192.0.2.3'), realServer('192.0.2.4')],
    },
  ],
})

const became = (type: 'BecameMaster' | 'BecameBackup', priority = 150) =>
  type === 'BecameMaster'
    ? event({ type, instance: 'VI_1', priority, reason: 'silence', previousMaster: null, silentMs: null })
    : event({ type, instance: 'VI_1', priority, reason: 'start', master: null, detail: null })
const addresses = (type: string, extra: Record<string, unknown>) =>
  event({ type, instance: 'VI_1', addresses: ['192.0.2.100/32'], ...extra })
const added = () => addresses('AddressesAdded', { trigger: 'event', tookMs: 0.4, announced: 5 })

test('before any event an instance is INIT, its addresses elsewhere and its servers up', () => {
  const { instances, virtualServers } = projectStatus([], config)
  assert.equal(instances[0]?.state, 'INIT')
  assert.equal(instances[0]?.since, null)
  assert.deepEqual(instances[0]?.addresses, [{ address: '192.0.2.100/32', present: false }])
  assert.deepEqual(
    virtualServers[0]?.realServers.map(({ state }) => state),
    ['up', 'up'],
  )
})

test('an address that a reload brought leaves the others where they are', () => {
  const more = event({
    ...added().data,
    type: 'AddressesAdded',
    addresses: ['192.0.2.101/32'],
    besides: ['192.0.2.100/32'],
  })
  const both = [exampleVip('192.0.2.100'), exampleVip('192.0.2.101')]
  const { instances } = projectStatus([became('BecameMaster'), more], {
    ...config,
    instances: [exampleInstance({ addresses: both })],
  })
  assert.deepEqual(
    instances[0]?.addresses.map(({ present }) => present),
    [true, true],
  )
})

test('an instance that was renamed keeps its state, its addresses and the time it began', () => {
  const master = became('BecameMaster')
  const renamed = event({ type: 'InstanceRenamed', instance: 'VI_new', formerly: 'VI_1', role: 'master' })
  const log = [master, added(), renamed]
  const { instances } = projectStatus(log, { ...config, instances: [exampleInstance({ name: 'VI_new' })] })
  const [{ state, since, addresses: found } = assert.fail()] = instances
  assert.deepEqual([state, since], ['MASTER', master.time])
  assert.deepEqual(found, [{ address: '192.0.2.100/32', present: true }])
  assert.match(sentence(renamed), /VI_new is the new name of VI_1/)
})

test('an instance that took the name of another has nothing of what that one did', () => {
  const renamed = event({ type: 'InstanceRenamed', instance: 'VI_1', formerly: 'VI_old', role: 'backup' })
  const { instances } = projectStatus([became('BecameMaster'), added(), renamed], config)
  assert.equal(instances[0]?.state, 'INIT')
  assert.deepEqual(instances[0]?.addresses, [{ address: '192.0.2.100/32', present: false }])
})

test('two instances that swapped their names keep their states', () => {
  const time = '2026-11-21T09:00:00.000Z'
  const swapped = [['VI_1', 'VI_2'] as const, ['VI_2', 'VI_1'] as const].map(([instance, formerly], index) => ({
    ...event({ type: 'InstanceRenamed', instance, formerly, role: index === 0 ? 'backup' : 'master' }),
    time,
  }))
  const log = [
    became('BecameMaster'),
    event({ ...became('BecameBackup').data, type: 'BecameBackup', instance: 'VI_2' }),
  ]
  const both = [exampleInstance(), exampleInstance({ name: 'VI_2', virtualRouterId: 52 })]
  const { instances } = projectStatus([...log, ...swapped], { ...config, instances: both })
  assert.deepEqual(
    instances.map(({ state }) => state),
    ['BACKUP', 'MASTER'],
  )
})

test('the last transition decides the state, and when it began', () => {
  const backup = became('BecameBackup')
  const { instances } = projectStatus([became('BecameMaster'), added(), backup], config)
  assert.equal(instances[0]?.state, 'BACKUP')
  assert.equal(instances[0]?.since, backup.time)
})

test('dropped adverts change no state', () => {
  const dropped = event({ type: 'AdvertRejected', instance: 'VI_1', reason: 'bad-checksum', source: '192.0.2.9' })
  assert.equal(projectStatus([became('BecameMaster'), dropped], config).instances[0]?.state, 'MASTER')
})

test('an address is present from its addition to its removal or loss', () => {
  const present = (events: Envelope[]) => projectStatus(events, config).instances[0]?.addresses[0]?.present
  assert.equal(present([added()]), true)
  assert.equal(present([added(), addresses('AddressesRemoved', { reason: 'not-master' })]), false)
  assert.equal(present([added(), addresses('AddressesLost', { reason: 'lease-expired' })]), false)
  assert.equal(present([addresses('AddressesLost', { reason: 'lease-expired' }), addresses('AddressesKept', {})]), true)
})

test('a dead real server is shown with the reason, and a virtual server without living ones has no quorum', () => {
  const down = (realServer: string) =>
    event({
      type: 'RealServerDown',
      virtualServer: '192.0.2.100:80/tcp',
      realServer,
      check: `TCP_CHECK ${realServer}`,
      reason: 'timeout',
      detail: 'no answer in 3000 ms',
      attempts: 2,
    })
  const one = projectStatus([down('192.0.2.3:80')], config).virtualServers[0]
  assert.equal(one?.quorumMet, true)
  assert.deepEqual(
    one?.realServers.map(({ state, reason }) => [state, reason]),
    [
      ['down', 'timeout'],
      ['up', null],
    ],
  )
  const none = projectStatus([down('192.0.2.3:80'), down('192.0.2.4:80')], config).virtualServers[0]
  assert.equal(none?.quorumMet, false)
})

test('a process is running with its id from its start to its end, and keeps its count of restarts', () => {
  const started = event({ type: 'ProcessStarted', process: 'vrrp', pid: 7, restarts: 3 })
  const ended = event({
    type: 'ProcessExited',
    process: 'vrrp',
    pid: 7,
    status: null,
    signal: 'SIGKILL',
    restartInMs: 0,
  })
  assert.deepEqual(projectStatus([started], config).services, [{ name: 'vrrp', pid: 7, state: 'running', restarts: 3 }])
  assert.deepEqual(projectStatus([started, ended], config).services, [
    { name: 'vrrp', pid: null, state: 'stopped', restarts: 3 },
  ])
})

test('a failover reads as a sentence that names the silent master', () => {
  const master = event({
    type: 'BecameMaster',
    instance: 'VI_1',
    priority: 100,
    reason: 'silence',
    previousMaster: { address: '192.0.2.1', priority: 150 },
    silentMs: 3609.4,
  })
  assert.equal(
    sentence(master),
    'VI_1 became MASTER with priority 100: no advert from 192.0.2.1 (priority 150) for 3.609 s',
  )
})

test('an event of a later version is shown by its type instead of failing', () => {
  assert.equal(
    sentence({ ...event({ type: 'Unheard' }), type: 'failoverd.vrrp.unheard.v9' }),
    'x: failoverd.vrrp.unheard.v9',
  )
})

test('a reload of many changes is one line, with the first of them and how many more', () => {
  const differences = Array.from({ length: 9 }, (_, index) => `changed vrrp_instance VI_${index} priority: 100 -> 90`)
  const applied = sentence(event({ type: 'ConfigApplied', digest: 'd', differences }))
  assert.match(applied, /^configuration d applied: changed vrrp_instance VI_0 .* VI_4 priority: 100 -> 90 and 4 more$/)
  const diagnostics = ['x.conf:3:5: error: priority\n 3 | priority 300\n   |          ^~~']
  assert.equal(
    sentence(event({ type: 'ConfigRejected', digest: 'd', diagnostics })),
    'configuration rejected, all goes on as before: x.conf:3:5: error: priority',
  )
})
