import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instanceWith, parse } from './config/parse.ts'
import { placed } from './config/read.ts'

test('a word with nothing in its quotes names nothing, and is refused where it stands', () => {
  const globals = instanceWith('', 'router_id ""\nsmtp_helo_name ""')
  assert.deepEqual(placed(globals.diagnostics), ['2:12 INVALID router_id', '3:17 INVALID smtp_helo_name'])
  assert.equal(globals.diagnostics[0]?.message, 'router_id: "" is empty')
  assert.deepEqual([globals.config?.routerId, globals.config?.mail.heloName], ['alpha.example', null])
  const place = parse(`net_namespace ""\n${INSTANCE}`)
  assert.deepEqual([placed(place.diagnostics), place.config?.netNamespace], [['1:16 INVALID net_namespace'], null])
})

test('a password with nothing in its quotes is one finding, and other values say what they lack', () => {
  const { diagnostics, instance } = instanceWith('authentication {\nauth_type PASS\nauth_pass ""\n}\npriority ""')
  const messages = diagnostics.map(({ message }) => message)
  assert.deepEqual(messages, ['auth_pass: "" is empty', 'priority: "" is not a whole number'])
  assert.deepEqual(instance.authentication, { type: 'none' })
})

const INSTANCE = 'vrrp_instance a {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress {\n192.0.2.7\n}\n}\n'
