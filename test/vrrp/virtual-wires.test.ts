import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createLog } from '#platform/log.ts'
import { advertFrame } from '../../services/vrrp/adapters/advert-frames.ts'
import { createDeviceLinks } from '../../services/vrrp/device-links.ts'
import type { AdvertFrameOptions, AdvertPacket } from '../../services/vrrp/ports.ts'
import { withVirtualSenders } from '../../services/vrrp/wire/virtual-wires.ts'
import type { Place, Wire } from '../../services/vrrp/wire/wires.ts'
import { fakeSockets } from './fake-kernel.ts'
import { instance, link } from './given.ts'

const MAC = '00:00:5e:00:01:33'
const OPTIONS: AdvertFrameOptions = {
  ...{ interface: 'eth0', index: 2, family: 4, source: '192.0.2.1', ttl: 255, hardwareAddress: MAC },
}
const PLACE: Place = {
  ...{ interface: 'eth0', index: 2, family: 4, group: '224.0.0.18', source: '192.0.2.1', ttl: 255 },
  virtualRouterId: 51,
  virtual: { hardwareAddress: MAC, device: 'vrrp.51', deviceIndex: 7 },
}

describe('frames of adverts', () => {
  test('M3: over IPv4 they come from the virtual hardware address, and go to that of the group', () => {
    const payload = Buffer.from('2133640100016ba7c000026400000000000000', 'hex')
    const frame = advertFrame(payload, '224.0.0.18', OPTIONS)
    assert.equal(frame.toString('hex', 0, 14), '01005e00001200005e0001330800')
    assert.equal(frame.toString('hex', 14, 34), '45c0002700004000ff70d892c0000201e0000012')
    assert.deepEqual(frame.subarray(34), payload)
  })

  test('C8: over IPv6 they carry the checksum that the advert was made with', () => {
    const payload = Buffer.from(
      '3133640100640000fe80000000000000000000000000010020010db8000000000000000000000100',
      'hex',
    )
    const options: AdvertFrameOptions = {
      ...OPTIONS,
      family: 6,
      source: 'fe80::1',
      hardwareAddress: '00:00:5e:00:02:33',
    }
    const frame = advertFrame(payload, 'ff02::12', options)
    assert.equal(frame.toString('hex', 0, 14), '33330000001200005e00023386dd')
    assert.equal(frame.toString('hex', 14, 22), '6c000000002870ff')
    assert.equal(frame.toString('hex', 22, 54), 'fe800000000000000000000000000001ff020000000000000000000000000012')
    assert.deepEqual(frame.subarray(54), payload)
  })
})

describe('a place with a virtual hardware address', () => {
  function opened(refused = false) {
    const { sockets, open, refuse } = fakeSockets()
    const sent: string[] = []
    const state = { frames: false, base: false }
    const base: Wire = {
      send: () => ({ ok: false, code: 'WRONG' }),
      letGo: () => ({ ok: true }),
      drain() {},
      release() {
        state.base = false
      },
    }
    refuse.opening = refused
    const wires = withVirtualSenders(
      {
        unknown: () => ({}),
        attach() {
          state.base = true
          return base
        },
      },
      {
        open,
        openFrames({ hardwareAddress }) {
          state.frames = true
          return {
            send(_payload, destination) {
              sent.push(`${hardwareAddress} ${destination}`)
              return { ok: true }
            },
            close() {
              state.frames = false
            },
          }
        },
        log: createLog('test', 'silent'),
      },
    )
    return { wires, sockets, sent, state }
  }

  const packet = (virtualRouterId: number): AdvertPacket => ({
    ...{ source: '192.0.2.2', destination: '224.0.0.18', ttl: 255, at: 0 },
    payload: Buffer.from([0x21, virtualRouterId, 100, 1, 0, 1, 0, 0]),
  })

  test('M3: sends from it', () => {
    const { wires, sent } = opened()
    const wire = wires.attach(PLACE, () => {})
    assert.deepEqual(wire?.send([{ destination: '224.0.0.18', message: Buffer.alloc(8) }]), { ok: true })
    assert.deepEqual(sent, [`${MAC} 224.0.0.18`])
  })

  test('hears on the macvlan what other routers send from the same address, of its own id', () => {
    const { wires, sockets } = opened()
    const heard: number[] = []
    wires.attach(PLACE, ({ payload }) => heard.push(payload.readUInt8(1)))
    assert.equal(sockets[0]?.options.interface, 'vrrp.51')
    assert.equal(sockets[0]?.options.onlyFrom, MAC)
    for (const id of [51, 52]) sockets[0]?.deliver(packet(id))
    assert.deepEqual(heard, [51])
  })

  test('sends before the macvlan is there', () => {
    const { wires, sockets, sent } = opened()
    const wire = wires.attach(
      { ...PLACE, virtual: { hardwareAddress: MAC, device: 'vrrp.51', deviceIndex: null } },
      () => {},
    )
    wire?.send([{ destination: '224.0.0.18', message: Buffer.alloc(8) }])
    assert.deepEqual([sockets.length, sent.length], [0, 1])
  })

  test('is given up whole', () => {
    const { wires, sockets, state } = opened()
    wires.attach(PLACE, () => {})?.release()
    assert.deepEqual([sockets[0]?.open, state], [false, { frames: false, base: false }])
  })

  test('that cannot be had leaves nothing open', () => {
    const { wires, state } = opened(true)
    assert.equal(
      wires.attach(PLACE, () => {}),
      null,
    )
    assert.deepEqual(state, { frames: false, base: false })
  })

  test('M8: without one, all is as ever', () => {
    const { wires, state } = opened()
    wires.attach({ ...PLACE, virtual: null }, () => {})
    assert.deepEqual(state, { frames: false, base: true })
  })
})

describe('the device of an instance', () => {
  const device = { type: 'macvlan', name: 'vrrp.51', parent: 'eth0', hardwareAddress: MAC, group: null } as const
  const config = instance({ device })
  const appeared = (hardwareAddress: string) =>
    ({ type: 'LinkChanged', link: link({ interface: 'vrrp.51', index: 7, hardwareAddress }) }) as const

  test('is awaited, there, and gone', () => {
    const links = createDeviceLinks()
    const seen = [links.fill(link(), config).device]
    links.take(appeared(MAC))
    seen.push(links.fill(link(), config).device)
    links.take({ type: 'LinkGone', interface: 'vrrp.51' })
    seen.push(links.fill(link(), config).device)
    assert.deepEqual(seen, ['awaited', 7, 'gone'])
  })

  test('is not one with another hardware address: addresses must not be put there', () => {
    const links = createDeviceLinks()
    links.take(appeared('02:00:00:00:00:09'))
    assert.equal(links.fill(link(), config).device, 'awaited')
  })

  test('is forgotten with its configuration', () => {
    const links = createDeviceLinks()
    links.take(appeared(MAC))
    links.fill(link(), config)
    links.keep([])
    links.take({ type: 'LinkGone', interface: 'vrrp.51' })
    assert.equal(links.fill(link(), config).device, 'awaited')
  })
})
