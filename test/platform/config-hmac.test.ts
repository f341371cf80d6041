import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference } from '#platform/config/compare/difference.ts'
import { maskedConfig } from '#platform/config/compare/secrets.ts'
import { exampleConfig, exampleInstance } from '../configuration.ts'
import { complaints, instanceWith, parse } from './config/parse.ts'

const TEXT = '0123456789abcdef0123456789abcdef'
const DIGITS = 'A0'.repeat(32)
const FILE = '/etc/vrrp.key'

const block = (statements: string) => `auth_hmac {\n${statements}\n}`

/** An instance of a file whose key is in another one. */
function withKeyFile(content: string | null) {
  const text = `vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.10\n}\n${block(`key 1 file:${FILE}\nactive_key 1`)}\n}\n`
  return parse(text, content === null ? {} : { [FILE]: content })
}

test('keys are read as text and digits, with the documented defaults', () => {
  const { instance, diagnostics } = instanceWith(block(`key 1 ${TEXT}\nkey 7 hex:${DIGITS}\nactive_key 7`))
  assert.deepEqual(complaints(diagnostics), [])
  assert.deepEqual(instance.hmac, {
    keys: [
      { id: 1, key: Buffer.from(TEXT).toString('hex') },
      { id: 7, key: DIGITS.toLowerCase() },
    ],
    activeKeyId: 7,
    mode: 'enforce',
    antiReplay: 'time',
    windowMs: 5_000,
  })
})

test('the window is three intervals at least, or what is written', () => {
  const windowMs = (more: string, statements = '') =>
    instanceWith(`${more}\n${block(`key 1 ${TEXT}\nactive_key 1\n${statements}`)}`).instance.hmac?.windowMs
  assert.equal(windowMs('advert_int 4'), 12_000)
  assert.equal(windowMs('advert_int 4', 'time_window 2'), 2_000)
})

test('what is written for mode and anti_replay counts', () => {
  const statements = `key 1 ${TEXT}\nactive_key 1\nmode receive-only\nanti_replay monotonic`
  const { hmac } = instanceWith(block(statements)).instance
  assert.deepEqual([hmac?.mode, hmac?.antiReplay], ['receive-only', 'monotonic'])
})

test('a key may be kept in a file, as text or digits, and its end of line does not count', () => {
  for (const content of [`${TEXT}\n`, TEXT, `hex:${Buffer.from(TEXT).toString('hex')}\n`]) {
    const [instance] = withKeyFile(content).config?.instances ?? []
    assert.deepEqual(instance?.hmac?.keys, [{ id: 1, key: Buffer.from(TEXT).toString('hex') }])
  }
})

test('a key file that is not there, or has no key in it, leaves the instance out, and says which', () => {
  for (const [content, reason] of [
    [null, 'cannot be read (missing)'],
    ['short\n', 'has no key of 32 to 64 bytes in it'],
  ] as const) {
    const { config, diagnostics } = withKeyFile(content)
    assert.deepEqual(config?.instances, [])
    const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)
    assert.deepEqual(errors, [
      'vrrp_instance VI_1 has no key that it could sign its adverts with (auth_hmac); it is left out',
      `VI_1: key 1: ${FILE} ${reason}; it is not used`,
    ])
  }
})

test('beside auth_hmac a password is not sent: everybody could read it', () => {
  const both = `authentication {\nauth_type PASS\nauth_pass 1234\n}\n${block(`key 1 ${TEXT}\nactive_key 1`)}`
  const { instance, diagnostics } = instanceWith(both)
  assert.deepEqual([instance.authentication, instance.hmac?.activeKeyId], [{ type: 'none' }, 1])
  assert.deepEqual(
    complaints(diagnostics).filter((text) => text.includes('AUTHENTICATION')),
    ['14:1 AUTHENTICATION auth_hmac'],
  )
})

test('V3: no key is shown, neither in a configuration nor in what changes of it', () => {
  const [one, two] = [TEXT, DIGITS].map((text) => Buffer.from(text.slice(0, 32)).toString('hex'))
  const config = (key = '') => {
    const hmac = {
      keys: [{ id: 1, key }],
      activeKeyId: 1,
      mode: 'enforce',
      antiReplay: 'time',
      windowMs: 5_000,
    } as const
    return exampleConfig({ instances: [exampleInstance({ hmac: { ...hmac, keys: [...hmac.keys] } })] })
  }
  const shown = JSON.stringify([maskedConfig(config(one)), difference(config(one), config(two))])
  assert.equal(shown.includes(one ?? ''), false)
  assert.equal(shown.includes(two ?? ''), false)
  assert.deepEqual(
    difference(config(one), config(two)).map(({ keyword, summary }) => [keyword, summary]),
    [['auth_hmac key', '']],
  )
})

test('V5: auth_type AH is refused, with what to do instead', () => {
  const statements = 'authentication {\n auth_type AH\n auth_pass x\n}'
  const text = `vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.1\n}\n${statements}\n}\n`
  const { config, diagnostics, status } = parse(text)
  assert.deepEqual([config?.instances, status], [[], 5])
  const [error] = diagnostics.filter(({ severity }) => severity === 'error')
  assert.equal(error?.keyword, 'auth_type AH')
  assert.match(error?.hint ?? '', /use auth_hmac, or auth_type PASS, on all nodes/)
})

test('V2: the first 8 characters of a password count, and that is said', () => {
  const { instance, diagnostics } = instanceWith('authentication {\n auth_type PASS\n auth_pass 123456789\n}')
  assert.deepEqual(instance.authentication, { type: 'pass', password: '12345678' })
  assert.deepEqual(complaints(diagnostics), ['12:2 CUT auth_pass'])
})

test('V1: without a word of it there is no authentication', () => {
  const { authentication, hmac } = instanceWith('').instance
  assert.deepEqual([authentication, hmac], [{ type: 'none' }, null])
})
