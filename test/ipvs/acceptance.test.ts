import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '../platform/config/parse.ts'
import { config, instance, VIP, vip } from './settings.ts'
import { becameBackup, becameMaster, simulatedNode } from './simulated-node.ts'

const closed = (change = {}) => config({ instances: [instance({ accept: false, ...change })] })
const DROP = 'drop what is sent to'

test('P7: packets to the addresses are dropped before they come, and until they have gone', () => {
  const node = simulatedNode({ config: closed() }).start()
  node.hears(becameMaster)
  node.hears(becameBackup)
  assert.deepEqual(node.writes(), [`${DROP} ${VIP}`, `add ${VIP} for 3000`, `remove ${VIP}`, DROP])
})

test('P8: with nothing said a master answers for its addresses', () => {
  const node = simulatedNode().start()
  node.hears(becameMaster)
  assert.deepEqual(node.writes(), [`add ${VIP} for 3000`])
})

test('what several instances refuse adds up, and a reload changes it at once', () => {
  const other = instance({ name: 'VI_2', virtualRouterId: 52, accept: false, addresses: [vip('10.0.0.1')] })
  const node = simulatedNode({ config: config({ instances: [instance({ accept: false }), other] }) }).start()
  node.hears(becameMaster)
  node.hears({ ...becameMaster, instance: 'VI_2' })
  node.writes()
  node.reload(config({ instances: [instance({ accept: true }), other] }))
  node.reload(closed({ addresses: [vip(), vip('192.168.105.212')] }))
  assert.deepEqual(node.writes(), [
    `${DROP} 10.0.0.1`,
    ...['remove 10.0.0.1', DROP, `${DROP} ${VIP} 192.168.105.212`, 'add 192.168.105.212 for 3000'],
  ])
})

test('a restart refuses on from where it was', () => {
  const node = simulatedNode({ config: closed() }).start()
  node.hears(becameMaster)
  node.writes()
  node.restart()
  // The table went with the process that owned it.
  assert.equal(node.writes().at(-1), `${DROP} ${VIP}`)
  node.stop()
  assert.deepEqual(node.writes(), [`remove ${VIP}`, DROP])
})

test('a kernel without nf_tables is told at the start with the instances, and does not keep the addresses away', () => {
  const node = simulatedNode({ config: closed() })
  node.kernel.refuse.nftables = 'KERNEL_NO_NFTABLES'
  node.start()
  const message = 'packets to the addresses of VI_1 are let in: no nf_tables'
  assert.deepEqual(node.news(), [{ type: 'KernelRefused', entity: 'no_accept', code: 'KERNEL_NO_NFTABLES', message }])
  node.hears(becameMaster)
  assert.deepEqual(node.writes(), [`add ${VIP} for 3000`])
  assert.deepEqual(
    node.news().map(({ type }) => type),
    ['AddressesAdded'],
  )
})

test('a node whose instances accept everything asks nothing of nf_tables', () => {
  const node = simulatedNode()
  node.kernel.refuse.nftables = 'KERNEL_NO_NFTABLES'
  node.start()
  node.hears(becameMaster)
  assert.deepEqual(
    node.news().map(({ type }) => type),
    ['AddressesAdded'],
  )
})

test('strict_mode alone refuses, accept lets in, no_accept refuses, and an owner accepts whatever is said', () => {
  const accepts = (statements: string) => {
    const body = `interface eth0\nvirtual_router_id 1\nversion 3\n${statements}\nvirtual_ipaddress {\n192.0.2.1\n}`
    return parse(`vrrp_instance VI_1 {\n${body}\n}`).config?.instances[0]?.accept
  }
  assert.deepEqual(
    ['', 'strict_mode', 'strict_mode\naccept', 'no_accept', 'accept', 'no_accept\npriority 255'].map(accepts),
    [true, false, true, false, true, true],
  )
})
