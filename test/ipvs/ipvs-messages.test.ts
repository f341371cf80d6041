/** The bytes are what ipvsadm 1.31 sent and what Linux 6.1 answered, captured with strace in User-Mode Linux. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeAttributes, readNested } from '#platform/netlink/attributes.ts'
import {
  type DestinationEntry,
  decodeDestination,
  decodeService,
  dumpDestinations,
  encodeChange,
  encodeDestination,
  encodeService,
  type ServiceEntry,
} from '../../services/ipvs/adapters/ipvs-messages.ts'
import type { KernelChange } from '../../services/ipvs/ports.ts'

const persistentTcp: ServiceEntry = {
  id: { kind: 'address', key: { protocol: 'TCP', address: '192.168.105.212', port: 443, family: 4 } },
  scheduler: 'rr',
  persistenceTimeoutS: 300,
  persistencePrefix: 24,
  onePacket: false,
}
const onePacketUdp6: ServiceEntry = {
  id: { kind: 'address', key: { protocol: 'UDP', address: '2001:db8::1', port: 53, family: 6 } },
  scheduler: 'wlc',
  persistenceTimeoutS: null,
  persistencePrefix: 128,
  onePacket: true,
}
const fwmark: ServiceEntry = {
  id: { kind: 'fwmark', fwmark: 7, family: 4 },
  scheduler: 'rr',
  persistenceTimeoutS: null,
  persistencePrefix: 32,
  onePacket: false,
}
const directRoute: DestinationEntry = {
  address: '192.168.105.203',
  port: 443,
  forwarding: 'DR',
  weight: 5,
  family: 4,
  upperThreshold: 100,
  lowerThreshold: 50,
}
const masquerade6: DestinationEntry = {
  address: '2001:db8::2',
  port: 5353,
  forwarding: 'NAT',
  weight: 0,
  family: 6,
  upperThreshold: 0,
  lowerThreshold: 0,
}

const V4_SERVICE = '540001800600010002000000060002000600000014000300c0a869d40000000000000000000000000600040001bb0000'
const SENT_SERVICES: [string, ServiceEntry, string][] = [
  [
    'a persistent TCP service',
    persistentTcp,
    `${V4_SERVICE}07000600727200000c00070001000000ffffffff080008002c01000008000900ffffff00`,
  ],
  [
    'a one-packet UDP service over IPv6',
    onePacketUdp6,
    '54000180060001000a00000006000200110000001400030020010db8000000000000000000000001060004000035000008000600776c63000c00070004000000ffffffff08000800000000000800090080000000',
  ],
  [
    'a firewall mark service',
    fwmark,
    '380001800600010002000000080005000700000007000600727200000c00070000000000ffffffff080008000000000008000900ffffffff',
  ],
]

for (const [what, entry, sent] of SENT_SERVICES) {
  test(`${what} is encoded as ipvsadm encodes it`, () => assert.equal(encodeService(entry).toString('hex'), sent))
}

const SENT_DESTINATIONS: [string, DestinationEntry, string][] = [
  [
    'a direct routing server with thresholds',
    directRoute,
    '6000028006000b000200000014000100c0a869cb0000000000000000000000000600020001bb00000800030003000000080004000500000005000d000000000006000e000000000006000f000000000008000500640000000800060032000000',
  ],
  [
    'a masqueraded server over IPv6',
    masquerade6,
    '6000028006000b000a0000001400010020010db80000000000000000000000020600020014e900000800030000000000080004000000000005000d000000000006000e000000000006000f000000000008000500000000000800060000000000',
  ],
]

for (const [what, entry, sent] of SENT_DESTINATIONS) {
  test(`${what} is encoded as ipvsadm encodes it, without the tunnel attributes`, () => {
    const tunnel = [13, 14, 15]
    const theirs = readNested(decodeAttributes(Buffer.from(sent, 'hex')), 2)
    for (const type of tunnel) theirs.delete(type)
    const ours = readNested(decodeAttributes(encodeDestination(entry)), 2)
    assert.deepEqual(new Map([...ours].sort()), new Map([...theirs].sort()))
  })
}

const STATS = `60000a00${'00'.repeat(0x5c)}`
const DUMPED_SERVICES: [string, ServiceEntry, string][] = [
  [
    'persistent',
    persistentTcp,
    `${V4_SERVICE.replace('54000180', 'b4000100')}07000600727200000c00070003000000ffffffff080008002c01000008000900ffffff00`,
  ],
  [
    'one-packet',
    onePacketUdp6,
    'b4000100060001000a00000006000200110000001400030020010db8000000000000000000000001060004000035000008000600776c63000c00070006000000ffffffff08000800000000000800090080000000',
  ],
  [
    'firewall mark',
    fwmark,
    '980001000600010002000000080005000700000007000600727200000c00070002000000ffffffff080008000000000008000900ffffffff',
  ],
]

for (const [what, entry, dumped] of DUMPED_SERVICES) {
  test(`a dumped ${what} service is understood, its statistics and the kernel's own flag left aside`, () =>
    assert.deepEqual(decodeService(Buffer.from(dumped + STATS, 'hex')), entry))
}

test('dumped destinations are understood', () => {
  const direct =
    '7c01020014000100c0a869cb00000000000000000000000006000200005000000800030003000000080004000500000005000d000000000006000e000000000006000f00000000000800050064000000080006003200000008000700000000000800080000000000080009000000000006000b0002000000'
  const masqueraded =
    '7c0102001400010020010db80000000000000000000000020600020014e900000800030000000000080004000000000005000d000000000006000e000000000006000f00000000000800050000000000080006000000000008000700000000000800080000000000080009000000000006000b000a000000'
  const decode = (hex: string, family: 4 | 6) =>
    decodeDestination(Buffer.from(hex.replace('7c01', '7800'), 'hex'), family)
  assert.deepEqual(decode(direct, 4), { ...directRoute, port: 80 })
  assert.deepEqual(decode(masqueraded, 6), masquerade6)
})

test('a destination of a kernel that does not say its family has the family of the service', () => {
  const message = Buffer.from(
    '2c00020014000100c0a869cb000000000000000000000000060002000050000008000300030000000800040005000000',
    'hex',
  )
  message.writeUInt16LE(message.length, 0)
  assert.deepEqual(decodeDestination(message, 4), { ...directRoute, port: 80, upperThreshold: 0, lowerThreshold: 0 })
})

test('the destinations of a service are asked for by its name alone', () => {
  const { command, attributes } = dumpDestinations(persistentTcp.id)
  assert.equal(command, 8)
  assert.equal(Buffer.concat([...attributes]).toString('hex'), V4_SERVICE.replace('54000180', '30000180'))
})

test('every change has the command of its own', () => {
  const service = {
    protocol: 'TCP',
    address: '192.0.2.1',
    port: 80,
    family: 4,
    scheduler: 'rr',
    persistenceTimeoutS: null,
  } as const
  const destination = { address: '192.0.2.2', port: 80, forwarding: 'TUN', weight: 1 } as const
  const changes: KernelChange[] = [
    { kind: 'add-service', service },
    { kind: 'update-service', service },
    { kind: 'remove-service', service },
    { kind: 'add-destination', service, destination },
    { kind: 'update-destination', service, destination },
    { kind: 'remove-destination', service, destination },
  ]
  assert.deepEqual(
    changes.map((change) => encodeChange(change).command),
    [1, 2, 3, 5, 6, 7],
  )
})

test('a service of a protocol that failoverd does not know is passed over', () => {
  const other = V4_SERVICE.replace('540001800600010002000000060002000600', '300001800600010002000000060002003300')
  assert.equal(decodeService(Buffer.from(other, 'hex')), null)
})
