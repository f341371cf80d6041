import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonForm } from '#platform/config/forms/json-form.ts'
import { fallbackText } from '#platform/config/keywords/fallback.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { complaints, memoryFiles, OPTIONS, PATH, parsePart } from './config/parse.ts'

/** A check as it shows with what stands in it, in its real_server, and in its virtual_server. */
function checkForm(check: string, own: string, server: string, service: string): Record<string, unknown> {
  const text = `virtual_server 192.0.2.1 80 {
lvs_sched rr
lvs_method NAT
${service}
real_server 192.0.2.2 80 {
${server}
${check} {
${own}
}
}
}`
  const { root } = parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS)
  const [form] = found(jsonForm(root, { secrets: false }), check)
  assert.ok(form !== undefined, 'the check shows')
  return form
}

/** Every object of that name, however deep. */
function found(form: unknown, name: string): Record<string, unknown>[] {
  if (form === null || typeof form !== 'object') return []
  const own: unknown = Reflect.get(form, name)
  const here = (Array.isArray(own) ? own : own === undefined ? [] : [own]) as Record<string, unknown>[]
  return [...here, ...Object.values(form).flatMap((part) => found(part, name))]
}

test('what a check does not say its real_server says, then its virtual_server', () => {
  const retry = (own: string, server: string, service: string): unknown =>
    checkForm('TCP_CHECK', own, server, service).retry
  assert.deepEqual(
    [retry('retry 0', 'retry 7', 'retry 8'), retry('', 'retry 7', 'retry 8'), retry('', '', 'retry 8')],
    [0, 7, 8],
  )
})

test('where nobody says it, each kind of check has its own number of repetitions and pause', () => {
  const defaults = (check: string): unknown[] => {
    const form = checkForm(check, check === 'MISC_CHECK' ? 'misc_path /bin/true' : '', '', 'delay_loop 9')
    return [form.retry, form.delay_before_retry]
  }
  assert.deepEqual(['TCP_CHECK', 'HTTP_GET', 'DNS_CHECK', 'MISC_CHECK'].map(defaults), [
    [1, 1],
    [1, 3],
    [3, 9],
    [0, 1],
  ])
})

test('a default that follows another keyword takes the one of its own block first', () => {
  assert.equal(checkForm('TCP_CHECK', 'delay_loop 4', '', 'delay_loop 9').warmup, 4)
  assert.equal(checkForm('TCP_CHECK', 'delay_loop 4', 'warmup 2', 'delay_loop 9').warmup, 2)
})

test('a default is told in words', () => {
  assert.deepEqual(['60', '<delay_loop>', '<retry>1'].map(fallbackText), [
    '60',
    'that of delay_loop',
    'that of retry, or else 1',
  ])
})

test('a number that no keyword could keep is refused as such', () => {
  const { diagnostics } = parsePart('global_defs {\nvrrp_garp_master_refresh 99999999999\n}')
  assert.match(diagnostics[0]?.message ?? '', /99999999999 is larger than any number here/)
})

test('an old block whose content is still needed does not count as superfluous', () => {
  const { diagnostics } = parsePart(
    'virtual_server 192.0.2.1 80 {\nreal_server 192.0.2.2 80 {\nSMTP_CHECK {\nhost {\nconnect_port 25\n}\n}\n}\n}',
  )
  const found = diagnostics.find(({ code }) => code === 'DEPRECATED')
  assert.equal(found?.hint, 'write what stands in host into SMTP_CHECK itself')
})

/** How many complaints there are about the keyword that a line begins with, in a check. */
function complain(line: string, open: string): number {
  const close = '}'.repeat(open.split('{').length + 1)
  const { diagnostics } = parsePart(
    `virtual_server 192.0.2.1 80 {\nreal_server 192.0.2.2 80 {\n${open}\n${line}\n${close}`,
  )
  return complaints(diagnostics).filter((text) => text.endsWith(` ${line.split(' ')[0]}`)).length
}

test('a digest has 32 hexadecimal digits, no more and no fewer', () => {
  const digest = '9B3A0C85a887a256d6939da88aabd8cd'
  const lines = [digest, digest.slice(1), `${digest}0`, `${digest.slice(1)}x`].map((text) => `digest ${text}`)
  assert.deepEqual(
    lines.map((line) => complain(line, 'HTTP_GET {\nurl {\npath /')),
    [0, 1, 1, 1],
  )
})

test('an expected answer may leave digits open, what is sent may not', () => {
  const lines = ['require_reply 0x1 xX', 'require_reply', 'payload 00 11 2', 'payload 0x1', 'require_reply 0g']
  assert.deepEqual(
    lines.map((line) => complain(line, 'UDP_CHECK {')),
    [0, 0, 0, 1, 1],
  )
})
