/** The bytes are what ip(8) sent to Linux 6.18 and got from it, captured with strace in a network namespace. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decodeDevice,
  encodeDevice,
  encodeDeviceChange,
  encodeDeviceRemoval,
  modeOfEntry,
} from '#platform/netlink/device-messages.ts'
import { RTM_NEWADDR, RTM_NEWLINK } from '#platform/netlink/route-messages.ts'

const NAME = '0c000300767272702e353100'
const MACVLAN = { type: 'macvlan', name: 'vrrp.51', parent: 3, group: 5 } as const
const hardwareAddress = Buffer.from('00005e000133', 'hex')

test('a macvlan is asked for as ip(8) does it, attribute by attribute', () => {
  const asked =
    '000000000000000000000000000000000a00010000005e000133000008001b000500000008000500030000000c000300767272702e3531001c0012000b0001006d6163766c616e000c0002000800010001000000'
  const body = encodeDevice({ ...MACVLAN, hardwareAddress })
  assert.deepEqual(attributesOf(body), attributesOf(Buffer.from(asked, 'hex')))
})

test('an ipvlan is of layer 2, with the flags of its mode', () => {
  const body = encodeDevice({ type: 'ipvlan', name: 'own', parent: 3, group: 0, mode: 'vepa' })
  assert.match(body.toString('hex'), /060001000000000006000200020000000*$/)
  assert.equal(modeOfEntry({ type: 'ipvlan', mode: 'vepa' }), 2 << 16)
})

test('a link is read with what it is made of: kind, parent, mode, alias and group', () => {
  const alias = 'failoverd n1: arp_ignore of eth0 was 0'
  const told = [
    `00000100040000000210000000000000${NAME}08001b0005000000080005000300000`,
    '02b0014006661696c6f76657264206e313a206172705f69676e6f7265206f66206574683020776173203000000a00010000005e0001330000',
    '3c0012000c0001006d6163766c616e002c00020008000100010000000600020000000000080006000000000008000700e803000008000800e8030000080005000300',
    '0000',
  ].join('')
  const message = { type: RTM_NEWLINK, flags: 0, sequence: 1, port: 1, body: Buffer.from(told, 'hex') }
  const device = decodeDevice(message)
  assert.deepEqual(
    { name: device?.name, kind: device?.kind, parent: device?.parent, mode: device?.mode, group: device?.group },
    { name: 'vrrp.51', kind: 'macvlan', parent: 3, mode: modeOfEntry(MACVLAN), group: 5 },
  )
  assert.deepEqual([device?.alias, device?.adminUp, device?.hardwareAddress], [alias, false, hardwareAddress])
  assert.equal(decodeDevice({ ...message, type: RTM_NEWADDR }), null)
})

test('a change names the link, and leaves what it does not mention as it is', () => {
  assert.equal(encodeDeviceChange('vrrp.51', { up: true }).toString('hex'), `00000000000000000100000001000000${NAME}`)
  assert.equal(encodeDeviceChange('vrrp.51', { up: false }).toString('hex'), `00000000000000000000000001000000${NAME}`)
  assert.equal(
    encodeDeviceChange('vrrp.51', { group: 7 }).toString('hex'),
    `00000000000000000000000000000000${NAME}08001b0007000000`,
  )
})

test('links are removed by name, or a whole group of them', () => {
  assert.equal(encodeDeviceRemoval({ name: 'vrrp.51' }).toString('hex', 16), NAME)
  assert.equal(encodeDeviceRemoval({ group: 7 }).toString('hex', 16), '08001b0007000000')
})

/** In whatever order, without the flag that marks nested ones and without padding of texts. */
function attributesOf(body: Buffer): string[] {
  const found: string[] = []
  for (let at = 16; at + 4 <= body.length; at += (body.readUInt16LE(at) + 3) & ~3) {
    const value = body.toString('hex', at + 4, at + body.readUInt16LE(at))
    // The kind of a link has a zero byte at its end here, and none there.
    found.push(
      `${body.readUInt16LE(at + 2) & 0x3fff} ${value.replace('0c0001006d6163766c616e00', '0b0001006d6163766c616e00').replace('0c000280', '0c000200')}`,
    )
  }
  return found.sort()
}
