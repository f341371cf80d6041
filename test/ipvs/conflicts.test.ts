import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  arpProbe,
  gratuitousArp,
  neighbourQuestion,
  unsolicitedNeighbour,
} from '../../services/ipvs/adapters/announcement-frames.ts'
import { decodeClaim } from '../../services/ipvs/adapters/neighbour-sight.ts'
import { config, instance, VIP, VIP_NAME, vip } from './settings.ts'
import { becameBackup, becameMaster, simulatedNode } from './simulated-node.ts'

const STRANGER = '02:00:00:00:00:07'
const about = { instance: 'VI_1', address: VIP_NAME, device: 'eth0', hardwareAddress: STRANGER }
const conflict = { type: 'AddressConflict', ...about }

function master(vipProbeMs = 3_000) {
  const instances = [instance({ announcement: { ...instance().announcement, delayMs: 0 } })]
  const node = simulatedNode({ config: config({ vipProbeMs, instances }) }).start()
  node.hears(becameMaster)
  node.news()
  return node
}

describe('a master', () => {
  test('asks again and again whether another host has its addresses, until it leaves', () => {
    const node = master()
    node.adverts(7)
    assert.deepEqual(
      node.kernel.asked.map(({ count }) => count),
      [1, 1],
    )
    node.hears(becameBackup)
    node.clock.advance(10_000)
    assert.equal(node.kernel.asked.length, 2)
  })

  test('goes on asking after a restart of this process', () => {
    const node = master()
    node.restart()
    node.adverts(4)
    assert.equal(node.kernel.asked.length, 1)
  })

  test('asks nobody with vip_probe_interval 0', () => {
    const node = master(0)
    node.adverts(10)
    assert.deepEqual(node.kernel.asked, [])
  })

  test('asks more rarely for many addresses', () => {
    const addresses = Array.from({ length: 250 }, (_, index) => vip(`10.0.0.${index}`))
    const node = simulatedNode({ config: config({ vipProbeMs: 1_000, instances: [instance({ addresses })] }) }).start()
    node.hears(becameMaster)
    node.adverts(7)
    assert.deepEqual(
      node.kernel.asked.map(({ count }) => count),
      [250, 250],
    )
  })
})

describe('another host with an address of ours', () => {
  test('N15: is told with its hardware address when it answers twice, and told to yield by one announcement', () => {
    const node = master()
    node.adverts(1)
    const before = node.kernel.announced.length
    node.claim(VIP, STRANGER)
    assert.deepEqual(node.news(), [])
    node.clock.advance(500)
    assert.equal(node.kernel.asked.length, 1, 'the question that has to be answered')
    node.claim(VIP, STRANGER)
    assert.deepEqual(node.news(), [conflict])
    assert.deepEqual(
      node.kernel.announced.slice(before).map(({ sent }) => sent),
      [1],
    )
  })

  test('is told once, however often it answers, and its end once it has been silent', () => {
    const node = master()
    for (let second = 0; second < 20; second += 1) {
      node.claim(VIP, STRANGER)
      node.adverts(1)
    }
    assert.deepEqual(node.news(), [conflict])
    node.adverts(15)
    const [ended] = node.news()
    assert.deepEqual(ended, { type: 'AddressConflictEnded', ...about, lastedMs: 19_000 })
  })

  test('is answered with an announcement each ten seconds at most', () => {
    const node = master()
    const before = node.kernel.announced.length
    for (let count = 0; count < 60; count += 1) {
      node.claim(VIP, STRANGER)
      node.clock.advance(500)
      node.advert()
    }
    assert.equal(node.kernel.announced.length - before, 3)
  })

  test('is none when it speaks for the address only while mastership changes hands', () => {
    const node = master()
    node.claim(VIP, STRANGER)
    node.clock.advance(100)
    node.claim(VIP, STRANGER)
    node.adverts(30)
    node.claim(VIP, STRANGER)
    node.clock.advance(100)
    node.claim(VIP, STRANGER)
    assert.deepEqual(node.news(), [])
  })

  test('is the master, as long as this node is not', () => {
    const node = master()
    node.hears(becameBackup)
    node.news()
    for (let count = 0; count < 5; count += 1) {
      node.claim(VIP, STRANGER)
      node.clock.advance(1_000)
    }
    assert.deepEqual(node.news(), [])
  })

  test('with ever new hardware addresses does not fill the log', () => {
    const node = master()
    for (let count = 0; count < 50; count += 1) {
      for (let again = 0; again < 2; again += 1) {
        node.claim(VIP, `02:00:00:00:01:${count.toString(16).padStart(2, '0')}`)
        node.clock.advance(450)
        node.advert()
      }
    }
    const told = node.news().filter(({ type }) => type === 'AddressConflict')
    assert.equal(told.length, 4)
  })
})

describe('claims on the wire', () => {
  const mac = Buffer.from('020000000007', 'hex')
  const payload = (frame: Buffer) => frame.subarray(14)

  test('are gratuitous ARP and neighbour advertisements', () => {
    assert.deepEqual(decodeClaim(payload(gratuitousArp(mac, '192.0.2.1'))), {
      address: '192.0.2.1',
      hardwareAddress: STRANGER,
    })
    assert.deepEqual(decodeClaim(payload(unsolicitedNeighbour(mac, '2001:db8::1', false))), {
      address: '2001:db8::1',
      hardwareAddress: STRANGER,
    })
  })

  test('are not questions, nor anything cut off', () => {
    assert.equal(decodeClaim(payload(arpProbe(mac, '192.0.2.1')))?.address, '0.0.0.0')
    assert.equal(decodeClaim(payload(neighbourQuestion(mac, '2001:db8::1'))), null)
    for (const frame of [
      gratuitousArp(mac, '192.0.2.1').subarray(0, 42),
      unsolicitedNeighbour(mac, '2001:db8::1', false),
    ]) {
      for (let length = 0; length < payload(frame).length; length += 1)
        assert.equal(decodeClaim(payload(frame).subarray(0, length)), null, `${length} bytes`)
    }
  })

  test('a question goes to the group of the address, from nobody, with hop limit 255', () => {
    const frame = neighbourQuestion(mac, '2001:db8::12:3456')
    assert.equal(frame.subarray(0, 14).toString('hex'), '3333ff12345602000000000786dd')
    assert.equal(frame.readUInt8(21), 255)
    assert.equal(frame.subarray(22, 38).toString('hex'), '00'.repeat(16))
    assert.equal(frame.subarray(38, 54).toString('hex'), 'ff0200000000000000000001ff123456')
  })
})
