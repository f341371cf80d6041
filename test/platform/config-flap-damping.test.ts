import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference, inWords } from '#platform/config/compare/difference.ts'
import { complaints, instanceWith, parse } from './config/parse.ts'

const setting = (own: string, globals = '') => instanceWith(own, globals).instance.flapDamping
const USUAL = { masterships: 6, windowMs: 300_000 }

test('flaps are damped unless the file says otherwise, 6 masterships in 300 s', () => {
  assert.deepEqual(setting(''), USUAL)
  assert.deepEqual(setting('flap_damping'), USUAL)
  assert.equal(setting('flap_damping off'), null)
  assert.deepEqual(setting('flap_damping on times 3 within 60'), { masterships: 3, windowMs: 60_000 })
  assert.deepEqual(setting('flap_damping on within 60'), { masterships: 6, windowMs: 60_000 })
})

test('an instance decides for itself whether its flaps are damped, where it says something', () => {
  assert.equal(setting('', 'flap_damping off'), null)
  assert.deepEqual(setting('', 'flap_damping on times 2'), { masterships: 2, windowMs: 300_000 })
  assert.deepEqual(setting('flap_damping on', 'flap_damping off'), USUAL)
  assert.equal(setting('flap_damping off', 'flap_damping on times 2'), null)
})

test('strict_mode preempts as the RFCs say, unless flap_damping is asked for', () => {
  assert.equal(setting('strict_mode on'), null)
  assert.deepEqual(setting('strict_mode on\nflap_damping on'), USUAL)
})

test('a budget of one mastership, or a window of no time, is refused', () => {
  for (const statement of ['flap_damping on times 1', 'flap_damping on within 9'])
    assert.notDeepEqual(complaints(instanceWith(statement).diagnostics), [])
})

test('a reload that changes the damping says so in the words of the file', () => {
  const config = (statement: string) => {
    const text = `vrrp_instance V {\n${statement}\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.10\n}\n}\n`
    return parse(text).config ?? assert.fail('no configuration')
  }
  assert.deepEqual(difference(config(''), config('flap_damping off')).map(inWords), [
    'changed vrrp_instance V flap_damping: on times 6 within 300 -> off',
  ])
})
