import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeSeen } from '../../services/ipvs/adapters/advert-sight.ts'

const IPV4 = '45c0002000010000ff700000c0000201e0000012'
const IPV6 = `6c00000000187fff${'fe80000000000000000000000000000a'}${'ff020000000000000000000000000012'}`
const seen = (hex: string) => decodeSeen(Buffer.from(hex, 'hex'))

test('an advert on its way out tells its source, router and priority, of both versions and families', () => {
  assert.deepEqual(seen(`${IPV4}2133640100010000`), { source: '192.0.2.1', virtualRouterId: 51, priority: 100 })
  assert.deepEqual(seen(`${IPV6}31050001006400`), { source: 'fe80::a', virtualRouterId: 5, priority: 0 })
})

test('options in the IPv4 header are stepped over', () => {
  assert.equal(seen(`46${IPV4.slice(2)}00000000213364`)?.priority, 100)
})

test('a packet that is cut, or of another type, is no advert', () => {
  for (const hex of ['', '45', IPV4, `${IPV4}2133`, `${IPV4}2233640100010000`]) assert.equal(seen(hex), null)
})
