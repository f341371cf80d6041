import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaints, parse } from './config/parse.ts'

function serverWith(statements: string, head = '192.0.2.10 80', globals = '') {
  const text = `global_defs {\n${globals}\n}\nvirtual_server ${head} {\n${statements}\n}\n`
  const result = parse(text)
  return { ...result, server: result.config?.virtualServers[0] }
}

const BASIC = 'lvs_sched rr\nlvs_method NAT\nprotocol TCP\n'
const REAL = 'real_server 192.0.2.20 8080 {\nTCP_CHECK {\n}\n}'

test('a check has the documented defaults, its target the real server, its warm-up the delay loop', () => {
  const { server, diagnostics } = serverWith(BASIC + REAL)
  assert.deepEqual(diagnostics, [])
  assert.deepEqual(server?.realServers, [
    {
      address: '192.0.2.20',
      port: 8080,
      weight: 1,
      inhibitOnFailure: false,
      checks: [
        {
          type: 'TCP_CHECK',
          connectAddress: '192.0.2.20',
          connectPort: 8080,
          bindAddress: null,
          connectTimeoutMs: 5000,
          delayLoopMs: 60000,
          retry: 1,
          delayBeforeRetryMs: 1000,
          warmupMs: 60000,
        },
      ],
      notifyUp: null,
      notifyDown: null,
      smtpAlert: true,
    },
  ])
})

test('a check takes its timing from itself, then its real server, then its virtual server', () => {
  const { server } = serverWith(`${BASIC}delay_loop 6
retry 2
connect_timeout 4
weight 5
inhibit_on_failure
real_server 192.0.2.20 80 {
  retry 3
  warmup 0.5
  TCP_CHECK {
    connect_timeout 2.5
    delay_before_retry 7
    connect_ip 192.0.2.99
    connect_port 81
    bindto 192.0.2.98
  }
}`)
  const [real] = server?.realServers ?? []
  assert.deepEqual(real?.checks, [
    {
      type: 'TCP_CHECK',
      connectAddress: '192.0.2.99',
      connectPort: 81,
      bindAddress: '192.0.2.98',
      connectTimeoutMs: 2500,
      delayLoopMs: 6000,
      retry: 3,
      delayBeforeRetryMs: 7000,
      warmupMs: 500,
    },
  ])
  assert.deepEqual([real?.weight, real?.inhibitOnFailure], [5, true])
})

test('a delay of a microsecond is a millisecond, for no timer is finer', () => {
  const { server } = serverWith(`${BASIC}delay_loop 0.000001\n${REAL}`)
  assert.equal(server?.realServers[0]?.checks[0]?.delayLoopMs, 1)
})

test('old and new names of scheduler and forwarding method are the same, the last one counting', () => {
  const { server, diagnostics } = serverWith(
    `lvs_sched rr\nlb_algo wlc\nlb_kind TUN\nprotocol sctp\n${REAL.replace('8080', '80')}`,
  )
  assert.deepEqual([server?.scheduler, server?.forwarding, server?.protocol], ['wlc', 'TUN', 'SCTP'])
  assert.deepEqual(diagnostics, [])
})

test('a scheduler, forwarding method or protocol that is not written down is a warning', () => {
  const { server, diagnostics, status } = serverWith(REAL)
  assert.deepEqual([server?.scheduler, server?.forwarding, server?.protocol, status], ['wlc', 'NAT', 'UDP', 5])
  assert.deepEqual(complaints(diagnostics), [
    '4:1 NO_PROTOCOL protocol',
    '4:1 NO_LVS_SCHED lvs_sched',
    '4:1 NO_LVS_METHOD lvs_method',
  ])
})

test('values are case-sensitive, and a wrong one names the right ones without a second complaint', () => {
  const { diagnostics, server } = serverWith(`lvs_sched rr\nlb_kind dr\nprotocol tcp\n${REAL}`)
  assert.deepEqual(complaints(diagnostics), ['6:9 INVALID lb_kind'])
  assert.match(diagnostics[0]?.hint ?? '', /allowed: NAT, DR, TUN; did you mean DR\?; the default \(NAT\) stands/)
  assert.equal(server?.forwarding, 'NAT')
})

test('persistence lasts 360 seconds unless it says how long', () => {
  assert.equal(serverWith(`${BASIC}${REAL}`).server?.persistenceTimeoutS, null)
  assert.equal(serverWith(`${BASIC}persistence_timeout\n${REAL}`).server?.persistenceTimeoutS, 360)
  assert.equal(serverWith(`${BASIC}persistence_timeout 50\n${REAL}`).server?.persistenceTimeoutS, 50)
  assert.equal(serverWith(`${BASIC}persistence_timeout 0\n${REAL}`).server?.persistenceTimeoutS, null)
})

test('mail about a real server follows it, then smtp_alert_checker, then smtp_alert, and is on otherwise', () => {
  const mail = (globals: string, own = '') =>
    serverWith(`${BASIC}real_server 192.0.2.20 80 {\n${own}\n}`, '192.0.2.10 80', globals).server?.realServers[0]
      ?.smtpAlert
  assert.equal(mail(''), true)
  assert.equal(mail('smtp_alert off'), false)
  assert.equal(mail('smtp_alert on\nsmtp_alert_checker off'), false)
  assert.equal(mail('smtp_alert off', 'smtp_alert'), true)
})

test('a real server that cannot work is left out, and the others stay', () => {
  const { server, diagnostics } = serverWith(`${BASIC}${REAL}
real_server 192.0.2.20 8080 {
}
real_server 2001:db8::1 80 {
}
real_server 192.0.2.300 80 {
}
real_server 192.0.2.21 99999 {
}
real_server 192.0.2.22 {
}`)
  assert.deepEqual(
    server?.realServers.map(({ address, port }) => `${address} ${port}`),
    ['192.0.2.20 8080', '192.0.2.22 80'],
  )
  assert.deepEqual(complaints(diagnostics), [
    '12:1 REPEATED real_server',
    '14:1 FAMILY real_server',
    '16:13 INVALID_ADDRESS real_server',
    '18:24 OUT_OF_RANGE real_server',
  ])
})

test('a virtual server that cannot work is left out, and the others stay', () => {
  const block = (head: string, body = BASIC + REAL) => `virtual_server ${head} {\n${body}\n}\n`
  const { config, diagnostics } = parse(
    block('192.0.2.10 80') +
      block('192.0.2.10 80') +
      block('192.0.2.x 80') +
      block('192.0.2.11 80', BASIC) +
      block('192.0.2.10 81') +
      block('192.0.2.10 80', BASIC.replace('TCP', 'UDP') + REAL),
  )
  assert.deepEqual(
    config?.virtualServers.map(({ port }) => port),
    [80, 81, 80],
  )
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['REPEATED', 'INVALID_ADDRESS', 'NO_REAL_SERVER'],
  )
})

test('services of marks, groups and all ports are left out with a warning', () => {
  for (const head of ['fwmark 3', 'group web', '192.0.2.10', '192.0.2.10 0']) {
    const { diagnostics, status, config } = serverWith(BASIC + REAL, head)
    assert.deepEqual(
      // What else is wrong with such a service: test/platform/config-checks.test.ts.
      diagnostics
        .filter(({ code }) => !/^(NO_EFFECT|NO_PORT|UNKNOWN_NAME)$/.test(code))
        .map(({ severity, code }) => [severity, code]),
      [['warning', 'NOT_IN_FORCE']],
      head,
    )
    assert.deepEqual([status, config?.virtualServers], [5, []])
  }
})

test('a real server whose only check is not in force stays in service, and that is said', () => {
  const { server, diagnostics, status } = serverWith(`${BASIC}real_server 192.0.2.20 80 {
HTTP_GET {
 url {
  path /
  status_code 200
 }
}
}`)
  assert.deepEqual(
    diagnostics.map(({ severity, code, keyword }) => [severity, code, keyword]),
    [['warning', 'NOT_IN_FORCE', 'HTTP_GET']],
  )
  assert.match(diagnostics[0]?.message ?? '', /HTTP_GET is not in force yet: .* never checked: it counts as up/)
  assert.deepEqual([server?.realServers[0]?.checks, status], [[], 5])
})

test('a weight beyond what the configuration holds is the largest one, with a warning', () => {
  const { server, diagnostics } = serverWith(`${BASIC}real_server 192.0.2.20 80 {\nweight 70000\n}`)
  assert.deepEqual([server?.realServers[0]?.weight, diagnostics[0]?.code], [65535, 'ROUNDED'])
})

test('with direct routing a real server cannot have another port, though its check goes there', () => {
  const { server, diagnostics } = serverWith(`lvs_sched rr\nlvs_method DR\nprotocol TCP\n${REAL}`)
  const [real] = server?.realServers ?? []
  assert.deepEqual([real?.port, real?.checks[0]?.connectPort], [80, 8080])
  assert.deepEqual(complaints(diagnostics), ['8:1 PORT real_server'])
})

test('scripts of a real server are kept', () => {
  const { server } = serverWith(
    `${BASIC}real_server 192.0.2.20 80 {\nnotify_up "/bin/up a" ha\nnotify_down /bin/down\n}`,
  )
  assert.deepEqual(server?.realServers[0]?.notifyUp, { argv: ['/bin/up', 'a'], user: 'ha', group: null })
  assert.deepEqual(server?.realServers[0]?.notifyDown?.argv, ['/bin/down'])
})
