import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { becameBackup, becameMaster } from '../ipvs/simulated-node.ts'
import { WITHOUT_SERVER } from './bus-harness.ts'
import {
  type Adverts,
  type Director,
  director,
  directorConfig,
  GRANULARITY_MS,
  INTERVAL_MS,
  RESTART_LEASE_MS,
  type RunningBus,
  type RunningIpvs,
  sleep,
  UNABLE,
  VIP,
  type Watched,
} from './ipvs-director.ts'
import { ofVrrp } from './ipvs-voices.ts'

const is = (type: string) => (event: { type: string }) => event.type === type
const vipGone = (line: string) => line.includes('Deleted') && line.includes(VIP)
const START_MS = 10_000

describe('VIPs that follow the events of vrrp', { skip: UNABLE || WITHOUT_SERVER }, () => {
  let node: Director
  let bus: RunningBus
  let adverts: Adverts
  let kernel: Watched<string>
  let ipvs: RunningIpvs

  before(async () => {
    node = director('ipvs-events')
    adverts = await node.adverts()
    bus = await node.bus()
    kernel = await node.monitor()
  })
  afterEach(async () => {
    adverts.say('stop')
    await ipvs.end()
  })
  after(() => node.remove())

  const patient = directorConfig({}, RESTART_LEASE_MS)

  async function idle(): Promise<void> {
    ipvs = node.ipvs(patient, bus.access)
    // Connected, and the history read: nothing tells from outside.
    await sleep(1_500)
  }

  test('added and announced on BecameMaster, removed on BecameBackup, each within milliseconds', async (t) => {
    await idle()
    const took: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const since = performance.now()
      await bus.publish(ofVrrp(becameMaster))
      const { content } = await ipvs.until(is('AddressesAdded'), 1_000, since)
      assert.equal(content.trigger, 'event')
      assert.equal(content.announced, 5)
      took.push(Number(content.tookMs))
      await bus.publish(ofVrrp(becameBackup))
      await ipvs.until(is('AddressesRemoved'), 1_000, since)
    }
    t.diagnostic(`from the event to the address in the kernel: ${took.map((ms) => ms.toFixed(2)).join(', ')} ms`)
    assert.ok(Math.min(...took) < 3, `took ${took} ms`)
  })

  test('killed and restarted while master, it keeps the VIP, and the history changes nothing', async () => {
    await idle()
    await bus.publish(ofVrrp(becameMaster))
    adverts.say(`start ${INTERVAL_MS}`)
    await sleep(1_000)
    const since = performance.now()
    await ipvs.end('SIGKILL')
    ipvs = node.ipvs(patient, bus.access)
    await ipvs.until(is('AddressesKept'), START_MS)
    await sleep(RESTART_LEASE_MS + GRANULARITY_MS)
    assert.deepEqual(
      kernel.lines.filter(({ at, content }) => at >= since && vipGone(content)),
      [],
    )
    assert.deepEqual(
      ipvs.lines.map(({ content }) => content.type),
      ['AddressesKept'],
    )
    await bus.publish(ofVrrp(becameBackup))
    await kernel.until(vipGone, 500, since)
  })
})
