import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { said, service } from './config/checked.ts'

describe('virtual servers', () => {
  test('are told of a quorum that cannot be reached, or not reached again', () => {
    const head = 'warning QUORUM: virtual_server 192.0.2.80 80: '
    const total = 'the weights of its real servers add up to 3'
    assert.deepEqual(said(service('quorum 3')), [])
    assert.deepEqual(said(service('quorum 4')), [`${head}quorum 4 can never be reached: ${total}`])
    assert.deepEqual(said(service('quorum 2\nhysteresis 1')), [])
    assert.deepEqual(said(service('quorum 3\nhysteresis 1')), [
      `${head}once lost, the quorum never comes back: that takes 3 + 1, and ${total}`,
    ])
    assert.deepEqual(said(service('quorum 1\nhysteresis 1')), [
      `${head}hysteresis 1 is not below quorum 1: it is not used`,
    ])
  })

  test('whose real servers all weigh nothing are told that they serve nobody', () => {
    const text = service('').replace('weight 2', 'weight 0').replace('91 80 {', '91 80 {\n weight 0')
    assert.deepEqual(said(text), [
      'warning QUORUM: virtual_server 192.0.2.80 80: quorum 1 can never be reached: the weights of its real servers add up to 0',
    ])
  })

  test('of a firewall mark have no protocol', () => {
    assert.deepEqual(said(service('', '', 'fwmark 7')), [
      'warning NO_EFFECT: virtual_server fwmark 7: protocol has no effect with a firewall mark',
    ])
  })

  test('may have a real server as sorry server, which is noted', () => {
    assert.deepEqual(said(service('sorry_server 192.0.2.90 80')), [
      'note SORRY_SERVER: virtual_server 192.0.2.80 80: the sorry_server is one of its real servers',
    ])
    assert.deepEqual(said(service('sorry_server 192.0.2.99 80')), [])
  })

  test('say what they leave to defaults, and have real servers', () => {
    const bare = (head: string) => `virtual_server ${head} {\n real_server 192.0.2.90 80 {\n }\n}\n`
    const group = 'virtual_server_group web {\n 192.0.2.80 80\n}\n'
    assert.deepEqual(said(group + bare('group web')), [
      'warning NO_PROTOCOL: virtual_server group web has no protocol; UDP is used',
      'warning NO_LVS_SCHED: virtual_server group web has no lvs_sched; wlc is used',
      'warning NO_LVS_METHOD: virtual_server group web has no lvs_method; NAT is used',
    ])
    assert.equal(said(bare('fwmark 7')).length, 2)
    assert.deepEqual(said('virtual_server fwmark 7 {\n}\n'), [
      'error NO_REAL_SERVER: virtual_server fwmark 7 has no real_server; it is left out',
    ])
  })

  test('without a port are persistent, whether they say so or not', () => {
    const warning = 'warning NO_PORT: virtual_server 192.0.2.80 has no port: it becomes persistent, for 360 seconds'
    assert.deepEqual(said(service('', '', '192.0.2.80')), [warning])
    assert.deepEqual(said(service('persistence_timeout 50', '', '192.0.2.80 0')), [])
  })

  test('have flags for their own scheduler and protocol', () => {
    const head = 'warning NO_EFFECT: virtual_server 192.0.2.80 80: '
    assert.deepEqual(said(service('sh-port\nmh-fallback\nops')), [
      `${head}sh-port has no effect with lvs_sched rr`,
      `${head}mh-fallback has no effect with lvs_sched rr`,
      `${head}ops has no effect with protocol TCP`,
    ])
    assert.deepEqual(said(service('sh-port\nops').replace('lvs_sched rr', 'lvs_sched sh').replace('TCP', 'UDP')), [])
  })

  test('say first which sorry server they have, then what becomes of it', () => {
    assert.deepEqual(said(service('sorry_server_inhibit\nsorry_server 192.0.2.99 80')), [
      'warning NO_EFFECT: virtual_server 192.0.2.80 80: sorry_server_inhibit has no effect in front of sorry_server, or without it',
    ])
    assert.deepEqual(said(service('sorry_server 192.0.2.99 80\nsorry_server_inhibit')), [])
  })

  test('cannot use a group without entries', () => {
    assert.deepEqual(said('virtual_server_group g {\n}\n'), [
      'error INCOMPLETE: virtual_server_group g has no entries; what uses it is left out',
    ])
  })
})
