import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parsePart } from './config/parse.ts'

/** A service and what is said of it, without what is not in force. */
function look(statements: string, server: string, head = '192.0.2.80 80', real = '192.0.2.90') {
  const protocol = head.startsWith('fwmark') ? '' : 'protocol UDP\n'
  const { config, diagnostics } = parsePart(
    `virtual_server ${head} {\nlvs_sched rr\nlvs_method NAT\n${protocol}${statements}\nreal_server ${real} 80 {\n${server}\n}\n}\n`,
  )
  const said = diagnostics.filter(({ code }) => code !== 'NOT_IN_FORCE')
  return {
    config,
    said: said.map(({ severity, message }) => `${severity}: ${message}`),
    hints: said.map(({ hint }) => hint),
  }
}

const said = (...what: Parameters<typeof look>): string[] => look(...what).said

describe('persistence_granularity', () => {
  const for4 = (value: string) => look(`persistence_granularity ${value}`, '')
  const for6 = (value: string) => look(`persistence_granularity ${value}`, '', '2001:db8::80 80', '2001:db8::90')

  test('is a netmask for IPv4', () => {
    for (const mask of ['255.255.255.0', '255.255.255.255', '255.128.0.0', '0.0.0.0'])
      assert.deepEqual(for4(mask).said, [])
    for (const value of ['foo', '2001::', '255.255.255'])
      assert.match(for4(value).said.join(), /^error: .* is no netmask; it is not used$/)
  })

  test('as a prefix length is surely not what was meant for IPv4, and the netmask is told', () => {
    const { said, hints } = for4('24')
    assert.match(
      said.join(),
      /^warning: .* is a number, and IPv4 needs a netmask: nearly all clients would count as one$/,
    )
    assert.deepEqual(hints, ['write 255.255.255.0 for /24'])
    assert.deepEqual(for4('/20').hints, ['write 255.255.240.0 for /20'])
    assert.deepEqual(for4('300').hints, ['such as 255.255.255.0'])
  })

  test('with holes is noted', () => {
    assert.match(for4('255.0.255.0').said.join(), /^note: .* is no netmask: its ones are not in front$/)
  })

  test('is a prefix length for IPv6', () => {
    for (const length of ['1', '64', '128']) assert.deepEqual(for6(length).said, [])
    for (const value of ['0', '129', 'ffff::', '255.255.255.0'])
      assert.match(for6(value).said.join(), /^error: .* is no prefix length; it is not used$/)
  })

  test('of a firewall mark follows the family of its real servers', () => {
    assert.deepEqual(said('persistence_granularity 255.255.255.0', '', 'fwmark 3'), [])
    assert.match(
      said('persistence_granularity 255.255.255.0', '', 'fwmark 3', '2001:db8::90').join(),
      /no prefix length/,
    )
  })
})

test('ha_suspend needs an address', () => {
  assert.deepEqual(said('ha_suspend', '', 'fwmark 3'), [
    'warning: virtual_server fwmark 3: ha_suspend has no effect with a firewall mark',
  ])
  assert.deepEqual(said('ha_suspend', ''), [])
})

describe('a check', () => {
  test('that is bound to another family than it goes to is not bound', () => {
    const { config, said } = look('', 'TCP_CHECK {\nbindto 2001:db8::1\n}')
    assert.deepEqual(said, ['error: TCP_CHECK: bindto is not of the family of 192.0.2.90; it is not used'])
    const [check] = config?.virtualServers[0]?.realServers[0]?.checks ?? []
    assert.equal(check?.bindAddress, null)
  })

  test('of a name server asks for a name whose parts are not empty', () => {
    const name = (text: string) => said('', `DNS_CHECK {\nname ${text}\n}`)
    for (const good of ['.', 'example.com', 'example.com.', '_sip._udp.example.com']) assert.deepEqual(name(good), [])
    for (const bad of ['a..b', '.b', '..', 'a..'])
      assert.deepEqual(name(bad), [
        `error: DNS_CHECK: the name ${bad} has an empty part between its dots; the root is asked for`,
      ])
  })

  test('goes to its own address, if it has one', () => {
    const { config, said } = look('', 'TCP_CHECK {\nbindto 2001:db8::1\nconnect_ip 2001:db8::2\n}')
    assert.deepEqual(said, [])
    const [check] = config?.virtualServers[0]?.realServers[0]?.checks ?? []
    assert.equal(check?.bindAddress, '2001:db8::1')
  })

  test('goes to its hosts, if it has any', () => {
    const host = (address: string): string[] =>
      said('', `SMTP_CHECK {\nbindto 192.0.2.1\nhost {\nconnect_ip 192.0.2.2\nbindto ${address}\n}\n}`).filter(
        (text) => !text.endsWith('out of use'),
      )
    assert.deepEqual(host('2001:db8::1'), ['error: host: bindto is not of the family of 192.0.2.2; it is not used'])
    assert.deepEqual(host('192.0.2.1'), [])
  })

  test('that may wait longer than its pause is noted, once for all checks that it holds for', () => {
    const note = 'connect_timeout 10 is longer than delay_loop 3: the wait decides how soon a failure shows'
    assert.deepEqual(said('delay_loop 3', 'TCP_CHECK {\nconnect_timeout 10\n}'), [`note: ${note}`])
    assert.deepEqual(said('delay_loop 3\nconnect_timeout 10', 'TCP_CHECK {\n}\nPING_CHECK {\n}'), [`note: ${note}`])
    const each = 'TCP_CHECK {\nconnect_timeout 10\n}\n'
    assert.deepEqual(said('delay_loop 3', `${each}${each}`), [`note: ${note}`])
    assert.deepEqual(said('delay_loop 3\nconnect_timeout 10', 'MISC_CHECK {\nmisc_path /bin/true\n}'), [])
    assert.deepEqual(said('delay_loop 3\nconnect_timeout 10', 'TCP_CHECK {\ndelay_loop 10\n}'), [])
  })

  test('whose answers can have no length fails always', () => {
    const lengths = (least: number, most: string): string[] =>
      said('', `UDP_CHECK {\nmin_reply_length ${least}\n${most}\n}`)
    assert.deepEqual(lengths(10, 'max_reply_length 5'), [
      'warning: UDP_CHECK: min_reply_length 10 is above max_reply_length 5: it fails always',
    ])
    assert.equal(lengths(256, '').length, 1)
    assert.deepEqual(lengths(255, ''), [])
  })
})

describe('a pattern', () => {
  const pattern = (text: string, options = ''): string[] =>
    said('', `HTTP_GET {\nurl {\npath /\nregex "${text}"\n${options}\n}\n}`)

  test('that no engine takes is noted', () => {
    assert.deepEqual(pattern('a(b'), ['note: regex: unterminated group: it can match nothing'])
    for (const text of ['a)b', '[ab', '*.html', 'a{2,1}', '[z-a]']) assert.equal(pattern(text).length, 1, text)
  })

  test('that only PCRE takes is left to it', () => {
    const patterns = ['(?i)ok', '(?>a)b', 'a++', '[[:alpha:](]', '[](]', '\\Qa(b\\E', '(*UTF)ok', 'a{2}{3}', '^*a']
    for (const text of patterns) assert.deepEqual(pattern(text), [], text)
    assert.deepEqual(pattern('a(b', 'regex_options literal'), [])
    assert.equal(pattern('a(b', 'regex_options caseless').length, 1)
  })
})
