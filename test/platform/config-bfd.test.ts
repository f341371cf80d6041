import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from './config/parse.ts'

const block = (name: string, statements: string) => `bfd_instance ${name} {\n${statements}\n}\n`
const read = (text: string) => parse(text).config ?? assert.fail('no configuration')
const sessions = (text: string) => read(text).trackers.sessions
const one = (statements: string) => sessions(block('b', `neighbor_ip 192.0.2.2\n${statements}`))[0]

const tracking = (entry: string, blocks: string) =>
  read(
    `${blocks}vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\ntrack_bfd {\n${entry}\n}\nvirtual_ipaddress {\n192.0.2.10\n}\n}\n`,
  ).instances[0]?.tracked

test('a session of nothing but its neighbour has the documented defaults', () => {
  assert.deepEqual(one(''), {
    ...{ name: 'b', neighbour: '192.0.2.2', source: null, minRxMs: 10, minTxMs: 10, idleTxMs: 1000, multiplier: 5 },
    ...{ passive: false, ttl: 255, leastTtl: 255, multihop: false },
  })
})

test('everything that a session can be told is taken, times with microseconds', () => {
  const all = one(
    'source_ip 192.0.2.1\nmin_rx 3.312\nmin_tx 50\nidle_tx 2000\nmultiplier 3\npassive\nttl 64\nmax_hops 4\nmultihop',
  )
  assert.deepEqual(all, {
    ...{ name: 'b', neighbour: '192.0.2.2', source: '192.0.2.1', minRxMs: 3.312, minTxMs: 50, idleTxMs: 2000 },
    ...{ multiplier: 3, passive: true, ttl: 64, leastTtl: 60, multihop: true },
  })
  assert.equal(one('multihop off')?.multihop, false)
})

test('the hop limit of IPv6 is 64 by default, and 255 hops take everything, as in keepalived', () => {
  const [six] = sessions(block('b', 'neighbor_ip 2001:db8::2'))
  assert.deepEqual([six?.ttl, six?.leastTtl], [64, 64])
  assert.equal(one('max_hops 255')?.leastTtl, 0)
  assert.equal(one('max_hops -1')?.leastTtl, 255)
})

test('sessions that cannot be are left out, and who tracks them goes on without', () => {
  const mixed = block('b', 'neighbor_ip 192.0.2.2\nsource_ip 2001:db8::1')
  assert.deepEqual(sessions(mixed), [])
  assert.deepEqual(tracking('b', mixed), [])
  const twice = `${block('b', 'neighbor_ip 192.0.2.2')}${block('c', 'neighbor_ip 192.0.2.2')}`
  assert.deepEqual(
    sessions(twice).map(({ name }) => name),
    ['b'],
  )
  assert.deepEqual(tracking('c', twice), [])
})

test('an instance tracks a session with its weight, or with one of its own', () => {
  const weighted = block('b', 'neighbor_ip 192.0.2.2\nweight -20 reverse')
  assert.deepEqual(tracking('b', weighted), [{ kind: 'bfd', name: 'b', weight: -20, reverse: true }])
  assert.deepEqual(tracking('b weight 10 noreverse', weighted), [
    { kind: 'bfd', name: 'b', weight: 10, reverse: false },
  ])
  assert.deepEqual(tracking('b', block('b', 'neighbor_ip 192.0.2.2')), [
    { kind: 'bfd', name: 'b', weight: 0, reverse: false },
  ])
})

test('a session that is kept for real servers is not tracked by instances', () => {
  assert.deepEqual(tracking('b', block('b', 'neighbor_ip 192.0.2.2\nchecker')), [])
  assert.equal(tracking('b', block('b', 'neighbor_ip 192.0.2.2\nchecker\nvrrp'))?.length, 1)
})
