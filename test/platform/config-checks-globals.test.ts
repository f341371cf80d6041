import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { instanceWith, parse } from './config/parse.ts'

type Look = ReturnType<typeof instanceWith>

function said({ diagnostics }: Pick<Look, 'diagnostics'>): string[] {
  return diagnostics.map(({ severity, message }) => `${severity}: ${message}`)
}

describe('the multicast group of all instances', () => {
  test('is one, or the usual one stands', () => {
    const result = instanceWith('', 'vrrp_mcast_group4 192.0.2.3\nvrrp_mcast_group6 2001:db8::5')
    assert.deepEqual(said(result), [
      'error: vrrp_mcast_group4 192.0.2.3 is no multicast group; the default is used',
      'error: vrrp_mcast_group6 2001:db8::5 is no multicast group; the default is used',
    ])
    assert.equal(result.instance.multicastGroup, '224.0.0.18')
  })

  test('is used where it is one', () => {
    const result = instanceWith('', 'vrrp_mcast_group4 239.1.2.3\nvrrp_mcast_group6 ff12::5')
    assert.deepEqual(said(result), [])
    assert.equal(result.instance.multicastGroup, '239.1.2.3')
  })

  test('of IPv6 ought to stay on the link, and is used all the same', () => {
    const text = `global_defs {\nvrrp_mcast_group6 ff05::12\n}
vrrp_instance a {\ninterface eth0\nvirtual_router_id 7\nversion 3\nvirtual_ipaddress {\nfe80::7\n}\n}\n`
    const { config, diagnostics } = parse(text)
    assert.deepEqual(said({ diagnostics }), [
      'warning: vrrp_mcast_group6 ff05::12 is not link-local: adverts might leave the network',
    ])
    assert.equal(config?.instances[0]?.multicastGroup, 'ff05::12')
  })
})

describe('a lease', () => {
  const SHORT = 'is shorter than three advert intervals: a MASTER that is late with an advert loses its addresses'

  test('that does not outlast three advert intervals is warned of, wherever it is written', () => {
    assert.deepEqual(said(instanceWith('vip_lease 2')), [`warning: VI_1: vip_lease 2 ${SHORT}`])
    const { diagnostics } = instanceWith('advert_int 5', 'vip_lease 14')
    assert.deepEqual(said({ diagnostics }), [`warning: VI_1: vip_lease 14 ${SHORT}`])
    assert.equal(diagnostics[0]?.hint, 'allowed without that: 15 seconds and more')
  })

  test('of exactly three intervals is long enough, and so is the one that nobody wrote', () => {
    for (const statements of ['vip_lease 3', 'vip_lease 2\nadvert_int 0.5\nversion 3', 'advert_int 7'])
      assert.deepEqual(said(instanceWith(statements)), [])
  })
})

describe('mail that is asked for', () => {
  const note = (keyword: string): string =>
    `note: no mail is sent: ${keyword} has neither smtp_server nor notification_email`

  test('without a server and recipients is noted, once', () => {
    assert.deepEqual(said(instanceWith('smtp_alert')), [note('smtp_alert')])
    assert.deepEqual(said(instanceWith('smtp_alert', 'smtp_alert_vrrp on')), [note('smtp_alert_vrrp')])
  })

  test('is not noted when it is turned off, or when there is all it takes', () => {
    const all = 'smtp_server 192.0.2.25\nnotification_email {\na@example.com\n}'
    for (const [statements, globals] of [
      ['smtp_alert off', ''],
      ['smtp_alert', all],
      ['', 'smtp_alert off'],
    ])
      assert.deepEqual(said(instanceWith(statements ?? '', globals)), [])
  })
})
