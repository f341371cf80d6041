import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleVip, NO_TRACKERS } from '../configuration.ts'
import { complaints, instanceWith, parse } from './config/parse.ts'

/** One instance from its whole body. */
function instancesOf(...bodies: string[]) {
  const text = bodies.map((body, index) => `vrrp_instance VI_${index + 1} {\n${body}\n}\n`).join('')
  const result = parse(text)
  return { ...result, instances: result.config?.instances ?? [] }
}

test('an instance of nothing but the necessary has the documented defaults', () => {
  const { instance, diagnostics } = instanceWith('')
  assert.deepEqual(diagnostics, [])
  assert.deepEqual(instance, {
    name: 'VI_1',
    initialState: 'BACKUP',
    interface: 'eth0',
    ...{ device: null, advertsFromInterface: false, addressDevices: [] },
    ...{ virtualRouterId: 51, priority: 100, version: 2 },
    advertIntervalMs: 1000,
    authentication: { type: 'none' },
    hmac: null,
    preempt: true,
    preemptDelayMs: 0,
    downTimerAdverts: 3,
    stallPriority: null,
    lowerPriorityAdvert: true,
    higherPriorityAdvert: false,
    ownerIgnoresAdverts: false,
    acceptsTraffic: true,
    sourceAddress: null,
    ...{ multicastGroup: '224.0.0.18', unicast: null },
    checksum: 'pseudo-header',
    skipKnownAddresses: false,
    addresses: [exampleVip('192.0.2.10')],
    excludedAddresses: [],
    accept: true,
    promoteSecondaries: false,
    ...{ routes: [], rules: [] },
    announcement: {
      repeat: 5,
      delayMs: 5000,
      refreshMs: 0,
      refreshRepeat: 1,
      lowerPriorityRepeat: 5,
      lowerPriorityDelayMs: 5000,
      extra: null,
    },
    flapDamping: { masterships: 6, windowMs: 300_000 },
    fastDetection: { intervalMs: 50, multiplier: 3 },
    leaseMs: 3000,
    trackPrimary: true,
    tracked: [],
    notify: { master: null, backup: null, fault: null, stop: null, any: null },
    smtpAlert: true,
  })
})

test('state MASTER without a priority is the owner, and priority 255 without a state starts as master', () => {
  assert.equal(instanceWith('state MASTER').instance.priority, 255)
  assert.equal(instanceWith('priority 255').instance.initialState, 'MASTER')
})

test('a priority that is none leaves the default, with any state and whatever was written before, as in keepalived', () => {
  for (const statements of ['state MASTER\npriority 300', 'state MASTER\npriority x', 'priority 90\npriority 300']) {
    const { instance, diagnostics } = instanceWith(statements)
    assert.equal(instance.priority, 100, statements)
    assert.match(diagnostics[0]?.hint ?? '', /the default \(100\) stands/)
  }
  assert.equal(instanceWith('priority 300\npriority 90').instance.priority, 90)
})

test('state BACKUP after state MASTER is refused, the other way round is taken', () => {
  const refused = instanceWith('state MASTER\nstate BACKUP\npriority 9')
  assert.deepEqual(
    [refused.instance.initialState, complaints(refused.diagnostics)],
    ['MASTER', ['11:1 REPEATED state']],
  )
  assert.equal(instanceWith('state BACKUP\nstate MASTER').instance.initialState, 'MASTER')
})

test('the last of repeated numbers counts, and of repeated scripts the first', () => {
  assert.equal(instanceWith('priority 9\npriority 8').instance.priority, 8)
  const { instance, diagnostics } = instanceWith('notify /bin/a\nnotify /bin/b')
  assert.deepEqual([instance.notify.any?.argv, complaints(diagnostics)], [['/bin/a'], ['11:1 REPEATED notify']])
})

test('version 2 counts whole seconds, version 3 hundredths up to 40.95', () => {
  const rounded = instanceWith('advert_int 1.6')
  assert.deepEqual(
    [rounded.instance.advertIntervalMs, complaints(rounded.diagnostics)],
    [2000, ['10:1 ROUNDED advert_int']],
  )
  assert.equal(instanceWith('advert_int 0.3').instance.advertIntervalMs, 1000)
  assert.deepEqual(instanceWith('version 3\nadvert_int 0.25').diagnostics, [])
  assert.equal(instanceWith('version 3\nadvert_int 0.25').instance.advertIntervalMs, 250)
  assert.equal(instanceWith('version 3\nadvert_int 100').instance.advertIntervalMs, 40950)
})

test('the lease is three advert intervals in whole seconds, two at least, unless vip_lease says otherwise', () => {
  assert.equal(instanceWith('advert_int 5').instance.leaseMs, 15000)
  assert.equal(instanceWith('version 3\nadvert_int 0.1').instance.leaseMs, 2000)
  assert.equal(instanceWith('version 3\nadvert_int 0.75').instance.leaseMs, 3000)
  assert.equal(instanceWith('', 'vip_lease 20').instance.leaseMs, 20000)
  assert.equal(instanceWith('vip_lease 4', 'vip_lease 20').instance.leaseMs, 4000)
})

test('nopreempt needs state BACKUP and a priority below 255', () => {
  assert.equal(instanceWith('state BACKUP\nnopreempt').instance.preempt, false)
  for (const statements of ['state MASTER\npriority 9\nnopreempt', 'priority 255\nnopreempt']) {
    const { instance, diagnostics } = instanceWith(statements)
    assert.equal(instance.preempt, true)
    assert.deepEqual(
      diagnostics.map(({ severity, code }) => [severity, code]),
      [['warning', 'NO_EFFECT']],
    )
  }
})

test('preempt_delay is kept where it can have an effect', () => {
  assert.equal(instanceWith('preempt_delay 1.5').instance.preemptDelayMs, 1500)
  assert.equal(instanceWith('preempt_delay 5\nnopreempt').instance.preemptDelayMs, 0)
  assert.equal(instanceWith('preempt_delay 5\nstate MASTER\npriority 9').instance.preemptDelayMs, 0)
})

test('a password is cut to eight characters with a warning, and needs its type', () => {
  const auth = (body: string) => instanceWith(`authentication {\n${body}\n}`)
  const long = auth('auth_type PASS\nauth_pass 123456789')
  assert.deepEqual(long.instance.authentication, { type: 'pass', password: '12345678' })
  assert.deepEqual(complaints(long.diagnostics), ['12:1 CUT auth_pass'])
  for (const body of ['auth_type PASS', 'auth_pass 1111']) {
    const { instance, diagnostics } = auth(body)
    assert.deepEqual([instance.authentication.type, diagnostics[0]?.code], ['none', 'AUTHENTICATION'])
  }
  assert.equal(auth('auth_type PASS\nauth_pass "a#b c"').instance.authentication.type, 'pass')
})

test('version 3 leaves authentication out', () => {
  const { instance, diagnostics } = instanceWith('version 3\nauthentication {\nauth_type PASS\nauth_pass x\n}')
  assert.deepEqual(
    [instance.authentication.type, complaints(diagnostics)],
    ['none', ['11:1 AUTHENTICATION authentication']],
  )
})

test('an instance that cannot work is left out, and the others stay', () => {
  const good = 'interface eth0\nvirtual_router_id 3\nno_virtual_ipaddress'
  const { instances, diagnostics, status } = instancesOf(
    good,
    'interface eth0',
    'virtual_router_id 4',
    good,
    'interface eth0\nvirtual_router_id 5\nversion 3',
    'interface eth0\nvirtual_router_id 256\nno_virtual_ipaddress',
  )
  assert.deepEqual(
    instances.map(({ name }) => name),
    ['VI_1'],
  )
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
    ['INCOMPLETE', 'INCOMPLETE', 'DUPLICATE_ROUTER', 'NO_ADDRESS', 'OUT_OF_RANGE'],
  )
  assert.equal(status, 5)
})

test('a second instance of the same name is left out', () => {
  const text = 'vrrp_instance A {\n interface eth0\n virtual_router_id 1\n no_virtual_ipaddress\n}\n'
  const { config, diagnostics } = parse(text + text.replace('id 1', 'id 2'))
  assert.deepEqual(
    config?.instances.map(({ virtualRouterId }) => virtualRouterId),
    [1],
  )
  assert.deepEqual(complaints(diagnostics), ['6:1 REPEATED vrrp_instance'])
})

test('adverts to lower and higher priorities follow the instance, then global_defs', () => {
  const globals = 'vrrp_lower_prio_no_advert\nvrrp_higher_prio_send_advert'
  const inherited = instanceWith('', globals).instance
  assert.deepEqual([inherited.lowerPriorityAdvert, inherited.higherPriorityAdvert], [false, true])
  const own = instanceWith('lower_prio_no_advert off\nhigher_prio_send_advert no', globals).instance
  assert.deepEqual([own.lowerPriorityAdvert, own.higherPriorityAdvert], [true, false])
})

test('scripts keep their quoting, and user and group in every spelling', () => {
  const { instance } = instanceWith(`notify_master "/usr/bin/say 'VIP up' now" nobody
notify_backup '/bin/a b' nobody:nogroup
notify_fault /bin/c nobody :nogroup
notify_stop /bin/d nobody nogroup
notify "/bin/e \\"x y\\""`)
  assert.deepEqual(instance.notify, {
    master: { argv: ['/usr/bin/say', 'VIP up', 'now'], user: 'nobody', group: null },
    backup: { argv: ['/bin/a', 'b'], user: 'nobody', group: 'nogroup' },
    fault: { argv: ['/bin/c'], user: 'nobody', group: 'nogroup' },
    stop: { argv: ['/bin/d'], user: 'nobody', group: 'nogroup' },
    any: { argv: ['/bin/e', '"x', 'y"'], user: null, group: null },
  })
})

test('mail follows the instance, then smtp_alert_vrrp, then smtp_alert, and is on when nobody says', () => {
  const mail = (statements: string, globals: string) => instanceWith(statements, globals).instance.smtpAlert
  assert.equal(mail('', ''), true)
  assert.equal(mail('', 'smtp_alert off'), false)
  assert.equal(mail('', 'smtp_alert off\nsmtp_alert_vrrp'), true)
  assert.equal(mail('smtp_alert no', 'smtp_alert on\nsmtp_alert_vrrp'), false)
  assert.equal(mail('smtp_alert', 'smtp_alert off'), true)
})

test('source and group of the adverts can be given, a stray prefix length being ignored', () => {
  const { instance, diagnostics } = instanceWith('mcast_src_ip 192.0.2.1/24\nmcast_dst_ip 224.0.0.19')
  assert.deepEqual([instance.sourceAddress, instance.multicastGroup], ['192.0.2.1', '224.0.0.19'])
  assert.deepEqual(
    diagnostics.map(({ severity }) => severity),
    ['note'],
  )
})

test('source and group of another family than the addresses are not used', () => {
  const { instance, diagnostics } = instanceWith('mcast_src_ip fe80::1\nmcast_dst_ip ff02::99')
  assert.deepEqual([instance.sourceAddress, instance.multicastGroup], [null, '224.0.0.18'])
  assert.deepEqual(complaints(diagnostics), ['10:1 FAMILY mcast_src_ip', '11:1 FAMILY mcast_dst_ip'])
})

test('recipients without a server are no use, nor is a server without recipients', () => {
  const codes = (globals: string) =>
    instanceWith('', globals).diagnostics.map(({ severity, code, keyword }) => [severity, code, keyword])
  assert.deepEqual(codes('notification_email {\n a@x\n}'), [['note', 'MAIL', 'notification_email']])
  assert.deepEqual(codes('smtp_server 192.0.2.25'), [['note', 'MAIL', 'smtp_server']])
  assert.deepEqual(codes('smtp_server 192.0.2.25\nnotification_email {\n}'), [
    ['warning', 'MAIL', 'notification_email'],
  ])
  assert.deepEqual(codes('smtp_server 192.0.2.25\nnotification_email {\n a@x\n}'), [])
})

test('a mail server may be a name, which is looked up when there is mail', () => {
  const { config, diagnostics } = instanceWith('', 'smtp_server mail.site.example\nnotification_email {\n a@x\n}')
  assert.deepEqual([config?.mail.server, diagnostics], [{ host: 'mail.site.example', port: 25 }, []])
})

test('global_defs names node, site, mail and script user, spread over several blocks', () => {
  const { config } = parse(`global_defs {
  router_id r1
  notification_email {
    a@x b@x
    "C D <c@x>"
  }
}
site paris
global_defs {
  router_id r2
  smtp_server 192.0.2.25 2525
  smtp_connect_timeout 0
  script_user ha:staff
  enable_script_security
}`)
  assert.deepEqual(config, {
    routerId: 'r2',
    site: 'paris',
    mail: {
      recipients: ['a@x', 'b@x', 'C D <c@x>'],
      from: 'root@alpha.example',
      server: { host: '192.0.2.25', port: 2525 },
      connectTimeoutMs: 1000,
      heloName: null,
      silentFaults: false,
    },
    eventBus: { maxAgeS: null, maxBytes: null },
    scriptUser: { user: 'ha', group: 'staff' },
    scriptSecurity: true,
    scriptUmask: 0o177,
    netNamespace: null,
    startupDelayMs: 0,
    delayAfterBootMs: 0,
    statics: { addresses: [], routes: [], rules: [] },
    announcementPacing: { arpGapMs: 0, neighbourGapMs: 0, groups: [] },
    vipProbeMs: 3_000,
    instances: [],
    trackers: NO_TRACKERS,
    syncGroups: [],
    virtualServers: [],
  })
})
