import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fillForgotten } from '../../cli/failoverctl/forgotten.ts'

const SINCE = '2026-11-21T08:00:00.000Z'

function instance(name: string, change: object) {
  const about = { interface: 'eth0', virtualRouterId: 1, priority: 100, effectivePriority: 100 }
  return {
    name,
    state: 'INIT' as const,
    since: null,
    addresses: [],
    adverts: null,
    damping: null,
    handover: null,
    ...about,
    ...change,
  }
}

function real(address: string, change: object = {}) {
  return { address, port: 80, weight: 1, state: 'up' as const, since: null, reason: null, ...change }
}

function told(...realServers: ReturnType<typeof real>[]) {
  const service = { address: '192.0.2.10', port: 80, protocol: 'TCP', scheduler: 'rr', forwarding: 'NAT' }
  return {
    services: [{ name: 'vrrp', pid: 7, state: 'running' as const, restarts: 2 }],
    instances: [instance('VI_1', {}), instance('VI_2', { state: 'BACKUP', since: SINCE })],
    virtualServers: [{ ...service, quorumMet: true, realServers }],
  }
}

const HERE = {
  services: [
    { name: 'vrrp', pid: 7, state: 'running' as const, restarts: 0 },
    { name: 'checker', pid: 8, state: 'running' as const, restarts: 0 },
  ],
  instances: [
    instance('VI_1', { state: 'MASTER', addresses: [{ address: '192.0.2.10/32', present: true }] }),
    instance('VI_2', { state: 'MASTER' }),
  ],
  virtualServers: [],
}

function remembered(...dead: string[]) {
  const servers = dead.map((realServer) => ({
    ...{ virtualServer: '192.0.2.10:80/tcp', realServer, verdict: { alive: false, check: 'TCP_CHECK' } },
    checks: [],
  }))
  return { servers }
}

test('an instance that no event is left of is as it is seen here; one that has an event is as that says', () => {
  const { instances } = fillForgotten(told(), HERE, null)
  assert.deepEqual(
    instances.map(({ name, state, since, addresses }) => [name, state, since, addresses.length]),
    [
      ['VI_1', 'MASTER', null, 1],
      ['VI_2', 'BACKUP', SINCE, 0],
    ],
  )
})

test('a process that no event is left of is shown all the same', () => {
  const { services } = fillForgotten(told(), HERE, null)
  assert.deepEqual(
    services.map(({ name, restarts }) => [name, restarts]),
    [
      ['vrrp', 2],
      ['checker', 0],
    ],
  )
})

test('a real server that died before the log begins is dead', () => {
  const before = told(real('192.0.2.20'), real('192.0.2.21'), real('192.0.2.22', { since: SINCE }))
  const { virtualServers } = fillForgotten(before, HERE, remembered('192.0.2.20:80', '192.0.2.22:80'))
  const [service] = virtualServers
  assert.deepEqual(
    service?.realServers.map(({ state }) => state),
    // The log has an event of the third one: it counts more than a snapshot, which is older.
    ['down', 'up', 'up'],
  )
  assert.equal(service?.quorumMet, true)
  const [dark] = fillForgotten(told(real('192.0.2.20')), HERE, remembered('192.0.2.20:80')).virtualServers
  assert.equal(dark?.quorumMet, false)
})

test('without a snapshot the log is all there is', () => {
  for (const nothing of [null, {}, { servers: 'x' }])
    assert.equal(fillForgotten(told(real('192.0.2.20')), HERE, nothing).virtualServers[0]?.quorumMet, true)
})
