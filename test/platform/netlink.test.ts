/** The bytes are what Linux 6.18 sent and what ip(8) asked for, captured with strace in a network namespace. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  attributeBe16,
  attributeText,
  attributeU8,
  attributeU16,
  attributeU32,
  decodeAttributes,
  encodeNested,
  readNested,
  readText,
  readUnsigned,
} from '#platform/netlink/attributes.ts'
import { encodeGeneric } from '#platform/netlink/generic.ts'
import { decodeMessages, decodeRefusal, encodeMessage } from '#platform/netlink/message.ts'
import {
  decodeAddress,
  decodeLink,
  encodeAddress,
  encodeAddressRemoval,
  encodeLinkQuery,
  IFA_F_NODAD,
} from '#platform/netlink/route-messages.ts'

const only = (hex: string) => decodeMessages(Buffer.from(hex, 'hex'))[0] ?? assert.fail('no message')

test('several messages of one datagram are told apart, whatever their padding', () => {
  const messages = [
    { type: 20, flags: 5, sequence: 7, body: Buffer.from([1, 2, 3]) },
    { type: 3, flags: 2, sequence: 8, body: Buffer.from([4, 5, 6, 7]) },
  ]
  const decoded = decodeMessages(Buffer.concat(messages.map(encodeMessage)))
  assert.deepEqual(
    decoded,
    messages.map((message) => ({ ...message, port: 0 })),
  )
})

test('a datagram that was cut yields its whole messages only', () => {
  const whole = encodeMessage({ type: 20, flags: 0, sequence: 1, body: Buffer.alloc(8) })
  assert.equal(decodeMessages(Buffer.concat([whole, whole.subarray(0, 20)])).length, 1)
  assert.equal(decodeMessages(Buffer.alloc(16)).length, 0)
})

test('an acknowledgement is no refusal', () => {
  assert.equal(decodeRefusal(only('240000000200000107000000ab2400000000000020000000140005060700000000000000')), null)
})

test("a refusal carries the errno name and the kernel's own words", () => {
  const refused =
    '480000000200000307000000ab240000efffffff2000000014000506070000000000000023000100697076343a204164647265737320616c72656164792061737369676e65640000'
  assert.deepEqual(decodeRefusal(only(refused)), { code: 'EEXIST', detail: 'ipv4: Address already assigned' })
})

test('a refusal that repeats the whole request carries its words behind it', () => {
  // The same refusal as above, not capped: the 16 bytes of the request stand between.
  const refused =
    '580000000200000207000000ab240000efffffff200000001400050607000000000000000218000001000000080002000505050523000100697076343a204164647265737320616c72656164792061737369676e65640000'
  assert.deepEqual(decodeRefusal(only(refused)), { code: 'EEXIST', detail: 'ipv4: Address already assigned' })
})

test('attributes can be read back, nested ones too', () => {
  const parts = [attributeU8(1, 200), attributeU16(2, 0x1234), attributeBe16(3, 80), attributeText(5, 'rr')]
  const read = readNested(decodeAttributes(encodeNested(9, [...parts, attributeU32(4, 0xffff_ffff)])), 9)
  assert.deepEqual(
    [1, 2, 4].map((type) => readUnsigned(read, type)),
    [200, 0x1234, 0xffff_ffff],
  )
  assert.equal(read.get(3)?.readUInt16BE(0), 80)
  assert.equal(readText(read, 5), 'rr')
  assert.equal(readUnsigned(read, 99), 0)
})

test('an attribute whose length is broken ends the reading', () => {
  assert.equal(decodeAttributes(Buffer.from('0200010000000000', 'hex')).size, 0)
  assert.equal(decodeAttributes(Buffer.from('ff00010000000000', 'hex')).size, 0)
})

test('an address event of the kernel is understood', () => {
  const event =
    '4c0000001400000007000000ab240000021880000100000008000100050505050800020005050505070003006c6f0000080008008000000014000600ffffffffffffffffca450400ca450400'
  assert.deepEqual(decodeAddress(only(event)), {
    index: 1,
    family: 4,
    address: '5.5.5.5',
    prefix: 24,
    scope: 0,
    flags: 0x80,
    validS: null,
    preferredS: null,
    label: 'lo',
    protocol: 0,
  })
})

test('the removal of a link-local address is understood, with the protocol that the kernel gives it', () => {
  const event =
    '500000001500000000000000000000000a40c0fd0300000014000100fe800000000000007810d2fffe4a158814000600ffffffffffffffffc6450400c645040008000800c000000005000b0003000000'
  const address = decodeAddress(only(event))
  assert.equal(address?.address, 'fe80::7810:d2ff:fe4a:1588')
  assert.equal(address?.scope, 253)
  assert.equal(address?.protocol, 3)
})

test('a link event of the kernel is understood', () => {
  const header = '00000000100000000000000000000000'
  const about = '00000100030000000210000001000000'
  const attributes = '0a000300766574683000000008000d00e80300000a0001007a10d24a15880000'
  const message = Buffer.from(header + about + attributes, 'hex')
  message.writeUInt32LE(message.length, 0)
  const link = (flags: number) => {
    message.writeUInt32LE(flags, 24)
    return decodeLink(decodeMessages(message)[0] ?? assert.fail('no message'))
  }
  assert.deepEqual(link(0x11043), {
    index: 3,
    name: 'veth0',
    adminUp: true,
    carrier: true,
    arp: true,
    hardwareAddress: Buffer.from('7a10d24a1588', 'hex'),
  })
  assert.deepEqual(
    [link(0x1003)?.adminUp, link(0x1003)?.carrier, link(0x1002)?.adminUp, link(0x1083)?.arp],
    [true, false, false, false],
  )
})

test('messages about other things are passed over', () => {
  const message = { type: 24, flags: 0, sequence: 0, port: 0, body: Buffer.alloc(32) }
  assert.equal(decodeLink(message), null)
  assert.equal(decodeAddress(message), null)
  // A bridge port event (family AF_BRIDGE) comes in the links' group.
  assert.equal(decodeLink({ ...message, type: 17, body: Buffer.from([7, ...Buffer.alloc(31)]) }), null)
})

test('an address to be added carries what ip(8) sends, and its lifetime', () => {
  const body = encodeAddress({
    index: 3,
    address: '192.168.105.211',
    prefix: 24,
    scope: 253,
    flags: 0,
    validS: 3,
    preferredS: 3,
    broadcast: '192.168.105.255',
    label: 'veth0:vip',
    peer: null,
    protocol: 112,
  })
  assert.equal(body.subarray(0, 8).toString('hex'), '021800fd03000000')
  assert.deepEqual(hexOf(body.subarray(8)), {
    1: 'c0a869d3',
    2: 'c0a869d3',
    3: Buffer.from('veth0:vip\0').toString('hex'),
    4: 'c0a869ff',
    6: '03000000030000000000000000000000',
    8: '00000000',
    11: '70',
  })
})

test('an IPv6 address to be added can skip duplicate detection and be deprecated from the start', () => {
  const body = encodeAddress({
    index: 3,
    address: '2001:db8::211',
    prefix: 128,
    scope: 0,
    flags: IFA_F_NODAD,
    validS: 3,
    preferredS: 0,
    broadcast: null,
    label: null,
    peer: null,
    protocol: 0,
  })
  const address = '20010db8000000000000000000000211'
  assert.equal(body.subarray(0, 8).toString('hex'), '0a80020003000000')
  assert.deepEqual(hexOf(body.subarray(8)), {
    1: address,
    2: address,
    6: '00000000030000000000000000000000',
    8: '02000000',
  })
})

test('an address to be removed is named as ip(8) names it', () => {
  const body = encodeAddressRemoval({ index: 3, address: '192.168.105.211', prefix: 24, peer: null })
  assert.equal(body.toString('hex'), '021800000300000008000200c0a869d308000100c0a869d3')
})

test('a link is asked for by its name, without its counters', () => {
  assert.deepEqual(hexOf(encodeLinkQuery('veth0').subarray(16)), { 29: '08000000', 3: '766574683000' })
})

test('a generic request begins with command and version', () => {
  const request = encodeGeneric(28, 1, { command: 4, attributes: [attributeU8(1, 2)] })
  assert.equal(request.type, 28)
  assert.equal(request.body.toString('hex'), '040100000500010002000000')
})

function hexOf(attributes: Buffer): Record<number, string> {
  return Object.fromEntries([...decodeAttributes(attributes)].map(([type, value]) => [type, value.toString('hex')]))
}
