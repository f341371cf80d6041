import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { VirtualDevice } from '#schemas/devices.ts'
import { exampleInstance, exampleVip } from '../configuration.ts'
import { config } from './settings.ts'
import { simulatedNode } from './simulated-node.ts'

const VMAC: VirtualDevice = {
  type: 'macvlan',
  name: 'vrrp.51',
  parent: 'eth0',
  hardwareAddress: '00:00:5e:00:01:33',
  group: null,
}

function withDevice(device: VirtualDevice | null = VMAC) {
  const vip = exampleVip('192.0.2.100', device?.name ?? 'eth0')
  return config({ instances: [exampleInstance({ device, addresses: [vip], leaseMs: 3_000 })], virtualServers: [] })
}

const started = (wanted = withDevice()) => simulatedNode({ config: wanted }).start()

describe('a device of the virtual router', () => {
  test('is made at the start, switched off, and told', () => {
    const node = started()
    assert.deepEqual([...node.kernel.simulated.present], [['vrrp.51', false]])
    assert.deepEqual(node.events, [
      {
        ...{ type: 'DeviceAdded', device: 'vrrp.51', parent: 'eth0' },
        ...{ hardwareAddress: VMAC.hardwareAddress, replaced: false },
      },
    ])
  })

  test('M5: is on before the addresses come, and off once they have gone', () => {
    const node = started()
    node.kernel.writes.splice(0)
    node.advert(100)
    assert.deepEqual(node.kernel.writes, ['device up vrrp.51', 'add 192.0.2.100 for 3000'])
    node.kernel.writes.splice(0)
    node.advert(0)
    node.clock.advance(1)
    assert.deepEqual(node.kernel.writes, ['remove 192.0.2.100', 'device down vrrp.51'])
  })

  test('is not switched off late when this node is master again meanwhile', () => {
    const node = started()
    node.advert(100)
    node.clock.advance(10)
    node.advert(0)
    node.hears({
      ...{ type: 'BecameMaster', instance: 'VI_1', priority: 100, reason: 'silence' },
      ...{ previousMaster: null, silentMs: null },
    })
    node.clock.advance(100)
    assert.equal(node.kernel.simulated.present.get('vrrp.51'), true)
  })

  test('is off after the lease has ended', () => {
    const node = started()
    node.advert(100)
    node.sigstop()
    node.clock.advance(4_000)
    node.sigcont()
    node.clock.advance(10)
    node.advert(100)
    node.clock.advance(10)
    assert.equal(node.kernel.has('192.0.2.100'), false)
    assert.equal(node.kernel.simulated.present.get('vrrp.51'), false)
  })

  test('goes with the last of us, after its addresses', () => {
    const node = started()
    node.advert(100)
    node.kernel.writes.splice(0)
    node.stop()
    assert.deepEqual(node.kernel.writes, ['remove 192.0.2.100', 'device del vrrp.51'])
    assert.deepEqual(node.events.at(-1), { type: 'DeviceRemoved', device: 'vrrp.51', parent: 'eth0' })
  })

  test('of a run before is kept: on when its addresses are still there, and off when not', () => {
    const node = started()
    node.advert(100)
    node.clock.advance(500)
    node.restart()
    node.clock.advance(100)
    assert.equal(node.kernel.simulated.present.get('vrrp.51'), true)
    node.kill()
    node.clock.advance(5_000)
    node.restart()
    node.clock.advance(100)
    assert.equal(node.kernel.simulated.present.get('vrrp.51'), false)
  })

  test('that a reload brings is there before the addresses move to it', () => {
    const node = started(withDevice(null))
    node.advert(100)
    node.kernel.writes.splice(0)
    node.reload(withDevice())
    assert.deepEqual(node.kernel.writes.slice(0, 4), [
      'remove 192.0.2.100',
      'device add vrrp.51',
      'device up vrrp.51',
      'add 192.0.2.100 for 3000',
    ])
  })

  test('that a reload takes away goes after its addresses', () => {
    const node = started()
    node.advert(100)
    node.kernel.writes.splice(0)
    node.reload(withDevice(null))
    assert.deepEqual(node.kernel.writes.slice(0, 3), [
      'remove 192.0.2.100',
      'device del vrrp.51',
      'add 192.0.2.100 for 3000',
    ])
  })

  test('that the kernel refuses is told once', () => {
    const node = simulatedNode({ config: withDevice() })
    node.kernel.simulated.refused.add('vrrp.51')
    node.start()
    node.disturb()
    const refusals = node.events.filter(({ type }) => type === 'KernelRefused')
    assert.deepEqual(refusals, [
      {
        ...{ type: 'KernelRefused', entity: 'device vrrp.51', code: 'KERNEL_DEVICE' },
        message: 'vrrp.51 cannot be made',
      },
    ])
  })

  test('that somebody removed is made again', () => {
    const node = started()
    node.kernel.simulated.present.delete('vrrp.51')
    node.disturb()
    assert.deepEqual([...node.kernel.simulated.present], [['vrrp.51', false]])
  })

  test('of the ipvlan kind is on all the time: it has no address that others share', () => {
    const own: VirtualDevice = {
      ...{ type: 'ipvlan', name: 'own', parent: 'eth0', mode: 'bridge', group: null },
      address: { address: '192.0.2.9', prefix: 24 },
    }
    const node = started(withDevice(own))
    node.advert(100)
    node.advert(0)
    node.clock.advance(100)
    assert.deepEqual(
      node.kernel.writes.filter((write) => write.startsWith('device')),
      ['device add own'],
    )
  })
})
