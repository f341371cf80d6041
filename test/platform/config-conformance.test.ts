import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaints, instanceWith, parse } from './config/parse.ts'

/** One instance of nothing but this and an interface. */
function instanceOf(body: string) {
  const { config, diagnostics } = parse(`vrrp_instance VI_1 {\ninterface eth0\n${body}\n}\n`)
  return { instance: config?.instances[0], found: complaints(diagnostics) }
}

const VIP = 'virtual_ipaddress {\n192.0.2.10\n}'

test('F3: a virtual router id of 0 or 256 is refused, and its instance left out', () => {
  for (const id of [0, 256]) {
    const { instance, found } = instanceOf(`virtual_router_id ${id}\n${VIP}`)
    assert.equal(instance, undefined)
    assert.match(found.join(), /virtual_router_id/)
  }
  for (const id of [1, 255]) {
    assert.equal(instanceOf(`virtual_router_id ${id}\n${VIP}`).instance?.virtualRouterId, id)
  }
})

test('F4: priority 0 is refused in a file, and 100 is what counts without one', () => {
  const { instance, found } = instanceOf(`virtual_router_id 1\npriority 0\n${VIP}`)
  assert.match(found.join(), /priority/)
  assert.equal(instance?.priority, 100)
  assert.deepEqual([instanceWith('').instance.priority, instanceWith('').diagnostics], [100, []])
})

test('F7: version 3 has intervals from a hundredth of a second to 40.95 s, and says so of others', () => {
  const interval = (seconds: string) => instanceWith(`version 3\nadvert_int ${seconds}`)
  for (const [seconds, ms] of [
    ['0.01', 10],
    ['40.95', 40_950],
  ] as const) {
    assert.deepEqual([interval(seconds).instance.advertIntervalMs, interval(seconds).diagnostics], [ms, []])
  }
  const longer = interval('40.96')
  assert.deepEqual(
    [longer.instance.advertIntervalMs, complaints(longer.diagnostics)],
    [40_950, ['11:1 ROUNDED advert_int']],
  )
  assert.equal(instanceWith('version 3').instance.advertIntervalMs, 1_000)
})

test('F8: version 2 has whole seconds, and says so of others', () => {
  const half = instanceWith('version 2\nadvert_int 0.5')
  assert.deepEqual([half.instance.advertIntervalMs, complaints(half.diagnostics)], [1_000, ['11:1 ROUNDED advert_int']])
})

test('F12: an IPv6 instance that begins with another address than a link-local one is told of when strict', () => {
  const list = 'virtual_router_id 1\nversion 3\nvirtual_ipaddress {\n2001:db8::64\nfe80::64\n}'
  assert.deepEqual(instanceOf(list).found, [])
  assert.match(instanceOf(`strict_mode\n${list}`).found.join(), /STRICT virtual_ipaddress/)
  // Their order on the wire is that of the file.
  const { instance } = instanceOf(list)
  assert.deepEqual(
    instance?.addresses.map(({ address }) => address),
    ['2001:db8::64', 'fe80::64'],
  )
})

test('F13: an address of the other family than the first is refused', () => {
  const { instance, found } = instanceOf('virtual_router_id 1\nversion 3\nvirtual_ipaddress {\nfe80::64\n192.0.2.10\n}')
  assert.deepEqual(
    instance?.addresses.map(({ address }) => address),
    ['fe80::64'],
  )
  assert.match(found.join(), /FAMILY 192\.0\.2\.10/)
})

test('F14: over IPv6 version 3 is spoken whatever is written, and that is said', () => {
  const { instance, found } = instanceOf('virtual_router_id 1\nversion 2\nvirtual_ipaddress {\nfe80::64\n}')
  assert.equal(instance?.version, 3)
  assert.match(found.join(), /VERSION version/)
})
