import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference, inWords } from '#platform/config/compare/difference.ts'
import { complaints, instanceWith, parse } from './config/parse.ts'

const setting = (own: string, globals = '') => instanceWith(own, globals).instance.fastDetection

test('a crash is detected fast unless the file says otherwise, 50 ms times 3', () => {
  assert.deepEqual(setting(''), { intervalMs: 50, multiplier: 3 })
  assert.deepEqual(setting('fast_detection'), { intervalMs: 50, multiplier: 3 })
  assert.equal(setting('fast_detection off'), null)
})

test('interval and multiplier stand in any order behind their words', () => {
  assert.deepEqual(setting('fast_detection on interval 100'), { intervalMs: 100, multiplier: 3 })
  assert.deepEqual(setting('fast_detection on multiplier 5 interval 20'), { intervalMs: 20, multiplier: 5 })
})

test('an instance decides for itself, where it says something', () => {
  assert.equal(setting('', 'fast_detection off'), null)
  assert.deepEqual(setting('', 'fast_detection on interval 80'), { intervalMs: 80, multiplier: 3 })
  assert.deepEqual(setting('fast_detection on', 'fast_detection off'), { intervalMs: 50, multiplier: 3 })
  assert.equal(setting('fast_detection off', 'fast_detection on interval 80'), null)
})

test('it is off where adverts are as fast, which is said only to who asked for it', () => {
  const fast = 'version 3\nadvert_int 0.19'
  assert.deepEqual(setting('version 3\nadvert_int 0.2'), { intervalMs: 50, multiplier: 3 })
  assert.equal(setting(fast), null)
  assert.deepEqual(complaints(instanceWith(fast, 'fast_detection on').diagnostics), [])
  const asked = instanceWith(`${fast}\nfast_detection on`)
  assert.equal(asked.instance.fastDetection, null)
  assert.match(asked.diagnostics[0]?.message ?? '', /50 ms apart is no faster than adverts; it is off/)
  assert.deepEqual(setting(`${fast}\nfast_detection on interval 20`), { intervalMs: 20, multiplier: 3 })
})

test('a reload that changes it says so in the words of the file', () => {
  const config = (statement: string) => {
    const text = `vrrp_instance V {\n${statement}\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.10\n}\n}\n`
    return parse(text).config ?? assert.fail('no configuration')
  }
  const words = (before: string, after: string) => difference(config(before), config(after)).map(inWords)
  assert.deepEqual(words('', 'fast_detection off'), [
    'changed vrrp_instance V fast_detection: on interval 50 multiplier 3 -> off',
  ])
  assert.deepEqual(words('', 'fast_detection on interval 60'), [
    'changed vrrp_instance V fast_detection: on interval 50 multiplier 3 -> on interval 60 multiplier 3',
  ])
})
