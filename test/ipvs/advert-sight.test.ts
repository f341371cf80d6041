import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeSeen } from '../../services/ipvs/adapters/advert-sight.ts'

const IPV4 = '45c0002000010000ff700000c0000201e0000012'
const IPV6 = `6c00000000187fff${'fe80000000000000000000000000000a'}${'ff020000000000000000000000000012'}`
const seen = (hex: string) => decodeSeen(Buffer.from(hex, 'hex'))

test('an advert on its way out tells its router and priority, of both versions and families', () => {
  const real = { pulseOf: null }
  assert.deepEqual(seen(`${IPV4}2133640100010000`), { family: 4, virtualRouterId: 51, priority: 100, ...real })
  assert.deepEqual(seen(`${IPV6}31050001006400`), { family: 6, virtualRouterId: 5, priority: 0, ...real })
})

test('a sign of life of a unicast router tells its family and the index of its interface', () => {
  const header = '45c0002000010000ff700000'
  assert.deepEqual(seen(`${header}7f0000047f0001042133640100010000`), {
    ...{ family: 4, virtualRouterId: 51, priority: 100, pulseOf: 260 },
  })
  assert.deepEqual(seen(`${header}7f0000067f0000033133640100640000`), {
    ...{ family: 6, virtualRouterId: 51, priority: 100, pulseOf: 3 },
  })
})

test('options in the IPv4 header are stepped over', () => {
  assert.equal(seen(`46${IPV4.slice(2)}00000000213364`)?.priority, 100)
})

test('a packet that is cut, or of another type, is no advert', () => {
  for (const hex of ['', '45', IPV4, `${IPV4}2133`, `${IPV4}2233640100010000`]) assert.equal(seen(hex), null)
})
