import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { instanceWith, parse } from './config/parse.ts'

/** The first finding of an instance with these statements. */
function first(statements: string, globals = ''): string {
  const [found] = instanceWith(statements, globals).diagnostics
  return found === undefined ? '' : `${found.severity} ${found.code}: ${found.message}`
}

test('the adverts that a backup waits for are those of the instance, or of all', () => {
  assert.equal(instanceWith('').instance.downTimerAdverts, 3)
  assert.equal(instanceWith('', 'vrrp_down_timer_adverts 5').instance.downTimerAdverts, 5)
  assert.equal(instanceWith('down_timer_adverts 4', 'vrrp_down_timer_adverts 5').instance.downTimerAdverts, 4)
})

test('a stalled master reckons with a backup of the priority of timer_expired_backup, 254 without a number', () => {
  assert.equal(instanceWith('nopreempt').instance.stallPriority, null)
  assert.equal(instanceWith('nopreempt\ntimer_expired_backup').instance.stallPriority, 254)
  assert.equal(instanceWith('nopreempt\nthread_timer_expired 90').instance.stallPriority, 90)
})

test('timer_expired_backup has no effect without nopreempt', () => {
  const { instance, diagnostics } = instanceWith('timer_expired_backup 90')
  assert.equal(instance.stallPriority, null)
  assert.deepEqual(
    diagnostics.map(({ message }) => message),
    ['VI_1: timer_expired_backup has no effect without nopreempt'],
  )
})

test('an owner listens unless it is told not to, for itself or for all', () => {
  const ignores = (statements: string, globals = '') => instanceWith(statements, globals).instance.ownerIgnoresAdverts
  assert.equal(ignores('priority 255'), false)
  assert.equal(ignores('priority 255', 'vrrp_owner_ignore_adverts'), true)
  assert.equal(ignores('priority 255\nowner_ignore_adverts off', 'vrrp_owner_ignore_adverts'), false)
})

test('packets to the addresses are answered unless no_accept says otherwise, and always by the owner', () => {
  const accepts = (statements: string) => instanceWith(statements).instance.acceptsTraffic
  assert.deepEqual([accepts(''), accepts('no_accept'), accepts('no_accept\npriority 255')], [true, false, true])
})

test('both delays of the start are in milliseconds', () => {
  const text = 'global_defs {\nvrrp_startup_delay 2.5\nvrrp_delay_after_boot 60\n}\n'
  const { config } = parse(`${text}vrrp_instance a {\ninterface eth0\nvirtual_router_id 7\nno_virtual_ipaddress\n}\n`)
  assert.deepEqual([config?.startupDelayMs, config?.delayAfterBootMs], [2_500, 60_000])
})

describe('K5: strict_mode', () => {
  const strict = (statements: string) => instanceWith(`strict_mode\n${statements}`)
  const said = (statements: string) => first(`strict_mode\n${statements}`)

  test('K5: sets what the RFC has, and takes nothing else', () => {
    const { instance, diagnostics } = strict('')
    assert.deepEqual(diagnostics, [])
    assert.deepEqual(
      [instance.lowerPriorityAdvert, instance.higherPriorityAdvert, instance.ownerIgnoresAdverts],
      [false, false, true],
    )
    assert.deepEqual([instance.announcement.lowerPriorityRepeat, instance.acceptsTraffic], [0, false])
  })

  test('K5: is that of vrrp_strict, and an instance can leave it', () => {
    assert.equal(instanceWith('', 'vrrp_strict').instance.lowerPriorityAdvert, false)
    assert.equal(instanceWith('strict_mode off', 'vrrp_strict').instance.lowerPriorityAdvert, true)
  })

  test('K5: leaves out preempt_delay, other counts of adverts, and what a master may say besides', () => {
    const extras = ['preempt_delay 5', 'down_timer_adverts 5', 'garp_lower_prio_repeat 3', 'lower_prio_no_advert off']
    for (const statement of [...extras, 'higher_prio_send_advert on', 'owner_ignore_adverts off']) {
      const [keyword = ''] = statement.split(' ')
      assert.match(said(statement), new RegExp(`^error STRICT: VI_1: ${keyword} is not used with strict_mode: `))
      assert.deepEqual(strict(statement).instance, strict('').instance)
    }
  })

  test('K5: knows no authentication', () => {
    const { instance, diagnostics } = strict('authentication {\nauth_type PASS\nauth_pass 1111\n}')
    assert.deepEqual(instance.authentication, { type: 'none' })
    assert.equal(diagnostics[0]?.message, 'VI_1: strict_mode has no authentication; it is left out')
  })

  test('K5: makes the state that of the priority: only an owner is MASTER', () => {
    assert.equal(strict('state MASTER\npriority 100').instance.initialState, 'BACKUP')
    assert.equal(strict('state BACKUP\npriority 255').instance.initialState, 'MASTER')
    assert.match(
      said('state MASTER\npriority 100'),
      /state is not used with strict_mode: priority 100 starts as BACKUP$/,
    )
    assert.equal(said('state MASTER'), '', 'without a priority it is the owner')
  })

  test('K5: lets a master that does not own the addresses answer only in version 3, and where told to', () => {
    assert.match(said('accept'), /accept is not used with strict_mode: version 2 has no accept mode$/)
    assert.equal(strict('accept').instance.acceptsTraffic, false)
    assert.equal(strict('version 3\naccept').instance.acceptsTraffic, true)
    assert.equal(strict('priority 255').instance.acceptsTraffic, true)
  })

  test('K5: needs an address, whatever no_virtual_ipaddress says', () => {
    const { config, diagnostics } = parse(
      'vrrp_instance a {\ninterface eth0\nvirtual_router_id 7\nstrict_mode\nno_virtual_ipaddress\n}\n',
    )
    assert.deepEqual(config?.instances, [])
    assert.match(diagnostics[0]?.message ?? '', /^vrrp_instance a has no virtual_ipaddress, which strict_mode requires/)
  })

  test('K5: wants a link-local address first', () => {
    const report = (addresses: string) =>
      parse(
        `vrrp_instance a {\ninterface eth0\nvirtual_router_id 7\nversion 3\nstrict_mode\nvirtual_ipaddress {\n${addresses}\n}\n}\n`,
      ).diagnostics.map(({ message }) => message)
    assert.deepEqual(report('2001:db8::1'), [
      'a: strict_mode wants a link-local address (fe80::/10) in front of 2001:db8::1',
    ])
    assert.deepEqual(report('fe80::1\n2001:db8::1'), [])
  })
})

test('P10: priority 0 is no priority: it cannot be configured', () => {
  for (const priority of ['0', '00', '-0', '0x0']) {
    const { instance, diagnostics } = instanceWith(`priority ${priority}`)
    assert.equal(instance.priority, 100)
    assert.equal(diagnostics[0]?.severity, 'error')
  }
})

test('K1: version 2 is spoken where nothing says otherwise, and 3 with IPv6 addresses', () => {
  assert.equal(instanceWith('').instance.version, 2)
  const { config } = parse(
    'vrrp_instance a {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress {\nfe80::1\n}\n}\n',
  )
  assert.equal(config?.instances[0]?.version, 3)
})
