import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instanceWith, parse } from './parse.ts'
import { codes, placed } from './read.ts'

/** A service with one real server and these statements. */
function service(statements: string, head = '192.0.2.1 80', server = '192.0.2.9 80') {
  const text = `virtual_server ${head} {\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n${statements}\n real_server ${server} {\n }\n}\n`
  const result = parse(text)
  return { ...result, server: result.config?.virtualServers[0] }
}

test('fact 23: integers are decimal, with leading zeros and a plus if need be, and nothing behind them', () => {
  const priority = (word: string) => instanceWith(`    priority ${word}`).instance.priority
  assert.deepEqual([priority('090'), priority('+90')], [90, 90])
  for (const word of ['0x10', '90x', '9.5', '-1']) {
    const { instance, diagnostics } = instanceWith(`    priority ${word}`)
    assert.equal(instance.priority, 100, word)
    assert.equal(placed(diagnostics).length, 1, word)
  }
})

test('fact 24: a number outside its range leaves the default, and the message names the range', () => {
  const { instance, diagnostics } = instanceWith('    priority 256')
  assert.deepEqual([instance.priority, placed(diagnostics)], [100, ['10:14 OUT_OF_RANGE priority']])
  assert.match(diagnostics[0]?.message ?? '', /1 to 255/)
})

test('fact 25: a range is the same when testing and when running (keepalived clips some only when running)', () => {
  const { diagnostics, instance } = instanceWith('    garp_master_delay 4000000000')
  assert.deepEqual([codes({ diagnostics }), instance.announcement.delayMs], [['OUT_OF_RANGE'], 5000])
})

test('fact 26: timers are decimal seconds, rounded with a word of warning behind six places', () => {
  const interval = (word: string) => instanceWith(`    version 3\n    advert_int ${word}`)
  assert.equal(interval('0.25').instance.advertIntervalMs, 250)
  assert.equal(interval('.5').instance.advertIntervalMs, 500)
  const delay = (word: string) => service(` delay_loop ${word}`)
  assert.deepEqual(codes(delay('1.123456')), [])
  assert.deepEqual(placed(delay('1.1234567').diagnostics), ['5:13 ROUNDED delay_loop'])
})

test('fact 27: yes and no have three spellings each, in lower case, and nothing means yes', () => {
  const alert = (words: string) => instanceWith(`    smtp_alert${words}`)
  assert.deepEqual(
    ['', ' on', ' true', ' yes', ' off', ' false', ' no'].map((words) => alert(words).instance.smtpAlert),
    [true, true, true, true, false, false, false],
  )
  assert.deepEqual(placed(alert(' TRUE').diagnostics), ['10:16 INVALID smtp_alert'])
})

test('fact 28: a parameter that is missing lets nothing start, and the status is 2', () => {
  const { config, diagnostics, status } = parse('vrrp_instance a {\n interface eth0\n virtual_router_id\n}\n')
  assert.deepEqual([config, status], [null, 2])
  assert.deepEqual(placed(diagnostics, 'MISSING_PARAMETER'), ['3:2 virtual_router_id'])
})

test('fact 29: the last of repeated numbers counts, the first of repeated scripts and of repeated blocks', () => {
  assert.equal(instanceWith('    priority 7\n    priority 8').instance.priority, 8)
  const scripts = instanceWith('    notify_master /bin/a\n    notify_master /bin/b')
  assert.deepEqual(scripts.instance.notify.master?.argv, ['/bin/a'])
  assert.deepEqual(placed(scripts.diagnostics), ['11:5 REPEATED notify_master'])
  const instance = (id: number) => `vrrp_instance a {\n interface eth0\n virtual_router_id ${id}\n}\n`
  const twice = parse(instance(5) + instance(6))
  assert.deepEqual(
    [twice.config?.instances.map(({ virtualRouterId }) => virtualRouterId), placed(twice.diagnostics, 'REPEATED')],
    [[5], ['5:1 vrrp_instance']],
  )
})

test('fact 29: a real_server and a virtual_server that are repeated are reported, and the first ones stand', () => {
  const server = (weight: number) => ` real_server 192.0.2.9 80 {\n  weight ${weight}\n }\n`
  const block = `virtual_server 192.0.2.1 80 {\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n${server(3)}${server(4)}}\n`
  const { config, diagnostics } = parse(block + block)
  assert.deepEqual(
    config?.virtualServers.map(({ realServers }) => realServers.map(({ weight }) => weight)),
    [[3]],
  )
  assert.deepEqual(placed(diagnostics, 'REPEATED').slice(0, 1), ['8:2 real_server'])
  assert.ok(placed(diagnostics, 'REPEATED').includes('12:1 virtual_server'))
})

test('fact 30: addresses are plain, without brackets or a port in the same word', () => {
  assert.equal(service('', '2001:db8::1 80', '2001:db8::9 80').server?.address, '2001:db8::1')
  for (const head of ['192.0.2.1:80', '[2001:db8::1]:80', '192.0.2.256 80']) {
    const { config, diagnostics } = service('', head)
    assert.deepEqual([config?.virtualServers, codes({ diagnostics }).includes('INVALID_ADDRESS')], [[], true], head)
  }
})

test('fact 31: ports are numbers from 1 to 65535, and a service without one is no service of one port', () => {
  assert.equal(service('', '192.0.2.1 65535').server?.port, 65535)
  for (const port of ['65536', 'http', '-1'])
    assert.deepEqual(service('', `192.0.2.1 ${port}`).config?.virtualServers, [], port)
  assert.ok(!service('', '192.0.2.1').config?.virtualServers.some(({ port }) => port > 0))
})

test('fact 32: a group takes addresses, ranges and marks with their ports, one a line', () => {
  const group = (line: string) => parse(`virtual_server_group g {\n ${line}\n}\n`).diagnostics
  for (const line of [
    '192.0.2.1',
    '192.0.2.1 80',
    '192.0.2.0/29 80',
    '192.0.2.1-9 80',
    '2001:db8::1-9 80',
    'fwmark 5',
    'fwmark 5 inet6',
  ])
    assert.deepEqual(
      placed(group(line)).filter((each) => /INVALID|OUT_OF_RANGE|UNKNOWN/.test(each)),
      [],
      line,
    )
})
