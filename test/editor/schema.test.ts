import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'
import { formSchema } from '#platform/config/forms/form-schema.ts'
import { jsonForm } from '#platform/config/forms/json-form.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS, PATH } from '../platform/config/parse.ts'
import { assertGenerated, jsonText } from './generated.ts'

const CORPUS = new URL('../../../shared/corpus/files/', import.meta.url)

const schema = z.toJSONSchema(formSchema())
const validate = new Ajv2020({ allErrors: true }).compile(schema)

function complaints(form: object): string[] {
  validate(form)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`)
}

function form(text: string, secrets = true): object {
  return jsonForm(parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS).root, { secrets })
}

test('editor/keepalived.schema.json is what the keyword table says', () =>
  assertGenerated('keepalived.schema.json', jsonText(schema)))

test('a value outside its range and a word that is no keyword are refused', () => {
  assert.deepEqual(complaints(form('vrrp_instance V {\n priority 200\n}\n')), [])
  const bad = { vrrp_instance: [{ name: 'V', priority: 256 }], vrrp_instanc: [] }
  assert.deepEqual(complaints(bad).sort(), [
    '/vrrp_instance/0/priority: must be <= 255',
    ': must NOT have additional properties',
  ])
})

describe('the collection of real configurations', {
  skip: existsSync(CORPUS) ? false : 'no ../shared/corpus here',
}, () => {
  test('conforms to the schema in its JSON form, with secrets and without', () => {
    for (const file of readdirSync(CORPUS)) {
      const text = readFileSync(new URL(file, CORPUS), 'utf8')
      for (const secrets of [true, false]) assert.deepEqual(complaints(form(text, secrets)), [], file)
    }
  })
})
