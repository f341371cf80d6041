import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { VirtualDevice } from '#schemas/devices.ts'
import { DEVICE_PATIENCE_MS } from '../../services/vrrp/core/device.ts'
import type { LinkState } from '../../services/vrrp/ports.ts'
import { link, present, router, silence, types } from './given.ts'

const VMAC: VirtualDevice = {
  ...{ type: 'macvlan', name: 'vrrp.51', parent: 'eth0' },
  ...{ hardwareAddress: '00:00:5e:00:01:33', group: null },
}

const withDevice = (device: LinkState['device'], at = 0) =>
  ({ type: 'LinkChanged', at, link: link({ device }) }) as const

describe('an instance with a device of its own', () => {
  test('begins at once when it is there', () => {
    const subject = router({ device: VMAC }).after(withDevice(7))
    assert.deepEqual(types(subject.facts({ type: 'Started', at: 0 })), ['BecameBackup'])
  })

  test('waits for it quietly at a start', () => {
    const subject = router({ device: VMAC }).after(withDevice('awaited'))
    assert.deepEqual(types(subject.facts({ type: 'Started', at: 0 })), ['DeviceAwaited'])
    assert.deepEqual(types(subject.facts({ type: 'Started', at: 10 })), [])
    assert.deepEqual(types(subject.facts(withDevice(7, 100))), ['LinkNoted', 'BecameBackup'])
  })

  test('is in fault when it has not come in time, and says what is missing', () => {
    const subject = router({ device: VMAC }).after(withDevice('awaited'), { type: 'Started', at: 0 })
    const [, fault] = subject.facts({ type: 'DeviceExpired', at: DEVICE_PATIENCE_MS })
    assert.ok(fault?.type === 'BecameFault')
    assert.equal(fault.reason, 'interface-missing')
    assert.equal(fault.detail, 'vrrp.51: it is to be made on eth0 by services/ipvs')
    assert.deepEqual(types(subject.facts(withDevice(7, 9_000))), ['LinkNoted', 'BecameBackup'])
  })

  test('takes no notice of an alarm that comes when it has begun', () => {
    const subject = router({ device: VMAC }).after(withDevice(7), { type: 'Started', at: 0 })
    assert.deepEqual(subject.facts({ type: 'DeviceExpired', at: DEVICE_PATIENCE_MS }), [])
  })

  test('does not wait when the interface itself is missing', () => {
    const subject = router({ device: VMAC }).after({ type: 'LinkChanged', at: 0, link: null })
    assert.deepEqual(types(subject.facts({ type: 'Started', at: 0 })), ['BecameFault'])
  })

  test('resigns when somebody removes it', () => {
    const subject = router({ device: VMAC }).after(withDevice(7), { type: 'Started', at: 0 }, silence(10_000))
    subject.after(present(10_001))
    const facts = subject.facts(withDevice('gone', 11_000))
    assert.deepEqual(types(facts), ['LinkNoted', 'LastWord', 'BecameFault'])
    assert.match(JSON.stringify(facts[2]), /vrrp.51: it has gone, and is to be made on eth0 by services.ipvs/)
  })

  test('goes on as master while a reload gives it one', () => {
    const subject = router().after(withDevice(null), { type: 'Started', at: 0 }, silence(10_000), present(10_001))
    const config = { ...subject.state().config, device: VMAC }
    assert.ok(!types(subject.facts({ type: 'Reconfigured', at: 11_000, config })).includes('BecameFault'))
    assert.deepEqual(types(subject.facts(withDevice('awaited', 11_001))), ['LinkNoted'])
    assert.deepEqual(types(subject.facts(withDevice(7, 11_002))), ['LinkNoted'])
    assert.equal(subject.state().role, 'master')
  })

  test('resumes its mastership only with it', () => {
    const subject = router({ device: VMAC }).after(withDevice(7), present(0))
    assert.deepEqual(types(subject.facts({ type: 'Started', at: 0 })), ['MastershipResumed'])
  })
})
