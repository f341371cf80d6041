import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAdvertGroup } from '#platform/config/statements/ip-address.ts'
import { complaints, instanceWith } from './config/parse.ts'

test('adverts do not go to a group that is none', () => {
  const { instance, diagnostics } = instanceWith('mcast_dst_ip 192.0.2.4')
  assert.equal(instance.multicastGroup, '224.0.0.18')
  assert.deepEqual(complaints(diagnostics), ['10:1 INVALID mcast_dst_ip'])
  assert.match(diagnostics[0]?.hint ?? '', /224\.0\.0\.0 to 239\.255\.255\.255/)
})

test('a group is a multicast address, for IPv6 one that stays on the link', () => {
  const groups = ['224.0.0.18', '239.255.255.255', 'ff02::12', 'ff12::1']
  const others = ['223.255.255.255', '240.0.0.1', '22.4.0.1', 'fe80::1', 'ff05::12', 'ff0e::2:1']
  assert.deepEqual([...groups, ...others].filter(isAdvertGroup), groups)
})
