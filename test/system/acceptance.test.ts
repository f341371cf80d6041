/** no_accept in a real kernel: who may reach a master's addresses, and what of it stays behind. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, afterEach, before, describe, test } from 'node:test'
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
import { poll } from './kernel-segment.ts'

const VIP6 = '2001:db8::100'
const START_MS = 10_000
const TABLE = /table inet failoverd_no_accept/
const unable = UNABLE !== false ? UNABLE : existsSync('/usr/sbin/nft') ? false : 'nft is not installed'

const six = { ...exampleVip(VIP6), family: 6 as const, prefix: 64, preferredLifetimeS: 0 }
const configOf = (accept: boolean) =>
  directorConfig({
    instances: [
      instance({
        ...{ addresses: [exampleVip(VIP)], excludedAddresses: [six], accept },
        ...{ leaseMs: 3_000, advertIntervalMs: INTERVAL_MS },
      }),
    ],
  })

describe('no_accept', { skip: unable }, () => {
  let node: Director
  let adverts: Adverts
  let ipvs: RunningIpvs
  let client: string

  before(async () => {
    node = director('accept')
    client = `${node.namespace}-lan`
    ip('-n', client, 'addr', 'add', '192.0.2.2/24', 'dev', 'eth0')
    ip('-n', client, 'addr', 'add', '2001:db8::2/64', 'dev', 'eth0', 'nodad')
    node.run('nft', 'add table inet others')
    adverts = await node.adverts()
  })
  after(() => node?.remove())
  afterEach(async () => {
    adverts.say('stop')
    await ipvs.end()
  })

  async function serving(accept: boolean): Promise<void> {
    ipvs = node.ipvs(configOf(accept))
    adverts.say(`start ${INTERVAL_MS}`)
    await ipvs.until(({ type }) => type === 'AddressesAdded', START_MS)
  }

  /** Whether the client gets an answer to one ping. */
  function pings(address: string): boolean {
    try {
      ip('netns', 'exec', client, 'ping', '-n', '-c', '1', '-W', '1', address)
      return true
    } catch {
      return false
    }
  }

  /** Whether the client has found the hardware address that goes with it. */
  const isNeighbour = (address: string) => /lladdr/.test(ip('-n', client, 'neigh', 'show', 'to', address))
  const rules = () => node.run('nft', 'list', 'ruleset')

  test('P8: by default a master answers pings to its addresses, and no table is made', async () => {
    await serving(true)
    assert.deepEqual([VIP, VIP6].map(pings), [true, true])
    assert.doesNotMatch(rules(), TABLE)
  })

  test('P7: with no_accept it answers no ping, and still ARP and neighbour solicitations', async () => {
    await serving(false)
    ip('-n', client, 'neigh', 'flush', 'all')
    assert.deepEqual([VIP, VIP6].map(pings), [false, false])
    assert.deepEqual([VIP, VIP6].map(isNeighbour), [true, true])
    assert.equal(pings('192.0.2.1'), true)
    // Asked again, now of the address itself and not of its group: the entry has to stay alive.
    ip('-n', client, 'neigh', 'change', VIP6, 'dev', 'eth0', 'nud', 'probe')
    await poll('an answer to a solicitation', () => / REACHABLE/.test(ip('-n', client, 'neigh', 'show', 'to', VIP6)))
  })

  test('P9: who is not master has neither the addresses nor the table', async () => {
    await serving(false)
    assert.match(rules(), TABLE)
    adverts.say('resign')
    await ipvs.until(({ type }) => type === 'AddressesRemoved', 1_000)
    await poll('the end of the table', () => !TABLE.test(rules()))
    ip('-n', client, 'neigh', 'flush', 'all')
    assert.deepEqual([pings(VIP), isNeighbour(VIP)], [false, false])
    assert.match(rules(), /table inet others/)
  })

  test('a killed process leaves no table behind, its successor makes it again, and takes it along at the end', async () => {
    await serving(false)
    await ipvs.end('SIGKILL')
    assert.doesNotMatch(rules(), TABLE)
    ipvs = node.ipvs(configOf(false))
    await ipvs.until(({ type }) => type === 'AddressesKept', START_MS)
    await poll('the table', () => TABLE.test(rules()))
    assert.equal(pings(VIP), false)
    // Others cannot take it away by clearing their own rules.
    node.run('nft', 'flush', 'ruleset')
    assert.match(rules(), TABLE)
    adverts.say('stop')
    await ipvs.end()
    assert.doesNotMatch(rules(), TABLE)
  })
})
