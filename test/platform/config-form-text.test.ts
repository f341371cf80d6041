import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { formText } from '#platform/config/forms/form-text.ts'
import { jsonForm } from '#platform/config/forms/json-form.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS, PATH } from './config/parse.ts'

const CORPUS = new URL('../../../shared/corpus/files/', import.meta.url)

function form(text: string) {
  return jsonForm(parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS).root, { secrets: true })
}

test('what definitions, old spellings and odd quoting say comes out in plain words', () => {
  const text = `$IF=eth0
vrrp_instance "VI 1" {
  interface $IF
  @alpha priority 7
  virtual_ipaddress { 192.0.2.1 dev $IF }
  notify_master "/bin/a 'b c' \\"d\\"" root
}`
  const written = formText(form(text))
  assert.match(written, /^vrrp_instance "VI 1" \{\n/m)
  assert.match(written, /^ {4}interface eth0\n {4}/m)
  assert.match(written, /^ {4}priority 7$/m)
  assert.match(written, /^ {4}virtual_ipaddress \{\n {8}192\.0\.2\.1\/32 dev eth0$/m)
  assert.match(written, /^ {4}notify_master "\/bin\/a 'b c' \\x22d\\x22" root$/m)
})

test('commands keep every argument, whatever is in it', () => {
  for (const script of [
    `"/bin/x ''"`,
    `'/bin/x "a b"'`,
    `"/bin/x \\x22\\x27 \\x5c 'a#b{c}'"`,
    `"/bin/x \\n\\t \\x07"`,
  ]) {
    const text = `vrrp_instance V {\n  notify ${script} nobody nogroup\n}\n`
    assert.deepEqual(form(formText(form(text))), form(text), script)
  }
})

describe('the collection of real configurations', {
  skip: existsSync(CORPUS) ? false : 'no ../shared/corpus here',
}, () => {
  for (const file of existsSync(CORPUS) ? readdirSync(CORPUS) : []) {
    test(`${file} written out and read again says the same`, () => {
      const once = form(readFileSync(new URL(file, CORPUS), 'utf8'))
      assert.deepEqual(form(formText(once)), once)
    })
  }
})
