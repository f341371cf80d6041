/** Another host with an address of ours, in real kernels: who it is, and when that is over. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { exampleVip } from '../configuration.ts'
import { instance } from '../ipvs/settings.ts'
import {
  type Adverts,
  type Director,
  director,
  directorConfig,
  INTERVAL_MS,
  ip,
  type RunningIpvs,
  UNABLE,
  VIP,
} from './ipvs-director.ts'

const VIP6 = '2001:db8::100'
const START_MS = 10_000
const six = { ...exampleVip(VIP6), family: 6 as const, prefix: 64, preferredLifetimeS: 0 }
const config = directorConfig({
  vipProbeMs: 3_000,
  instances: [
    instance({
      ...{ addresses: [exampleVip(VIP)], excludedAddresses: [six], leaseMs: 3_000, advertIntervalMs: INTERVAL_MS },
      announcement: { ...instance().announcement, delayMs: 0 },
    }),
  ],
})

describe('a second holder of an address', { skip: UNABLE }, () => {
  let node: Director
  let adverts: Adverts
  let ipvs: RunningIpvs
  let other: string
  let hardwareAddress: string

  before(async () => {
    node = director('conflict')
    other = `${node.namespace}-lan`
    hardwareAddress = /link\/ether (\S+)/.exec(ip('-n', other, 'link', 'show', 'eth0'))?.[1] ?? ''
    adverts = await node.adverts()
    ipvs = node.ipvs(config)
    adverts.say(`start ${INTERVAL_MS}`)
    await ipvs.until(({ type }) => type === 'AddressesAdded', START_MS)
  })
  after(async () => {
    await ipvs?.end()
    await node?.remove()
  })

  const told = (type: string, address: string, since: number) =>
    ipvs.until((event) => event.type === type && event.address === address, 12_000, since)

  test('N15: is told within five seconds with its hardware address, IPv4 and IPv6', async (t) => {
    const since = performance.now()
    ip('-n', other, 'addr', 'add', `${VIP}/32`, 'dev', 'eth0')
    ip('-n', other, 'addr', 'add', `${VIP6}/64`, 'dev', 'eth0', 'nodad')
    for (const address of [`${VIP}/32`, `${VIP6}/64`]) {
      const { at, content } = await told('AddressConflict', address, since)
      t.diagnostic(`${address} after ${Math.round(at - since)} ms`)
      assert.ok(at - since < 5_000, `told after ${at - since} ms`)
      assert.deepEqual([content.device, content.hardwareAddress], ['eth0', hardwareAddress])
    }
  })

  test('is told to be gone, and nobody else was ever told', async () => {
    const since = performance.now()
    ip('-n', other, 'addr', 'del', `${VIP}/32`, 'dev', 'eth0')
    ip('-n', other, 'addr', 'del', `${VIP6}/64`, 'dev', 'eth0')
    for (const address of [`${VIP}/32`, `${VIP6}/64`]) await told('AddressConflictEnded', address, since)
    const conflicts = ipvs.lines.filter(({ content }) => content.type === 'AddressConflict')
    assert.equal(conflicts.length, 2)
  })
})
