import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decodeToken,
  encodeToken,
  eventFilter,
  eventId,
  eventSource,
  eventSubject,
  eventType,
  factToken,
  heartbeatSubject,
  liveSubject,
} from '#schemas/subjects.ts'

const name = { site: 'paris', node: 'vos1' }

test('names that people give stay readable on subjects', () => {
  assert.equal(eventSubject(name, 'vrrp', 'VI_1', 'BecameMaster'), 'ha.paris.vos1.vrrp.VI_1.became-master')
})

test('a character that a subject cannot hold is written as its bytes', () => {
  assert.equal(encodeToken('eth0.100'), 'eth0=2E100')
  assert.equal(encodeToken('*>. =é'), '=2A=3E=2E=20=3D=C3=A9')
})

test('every text survives the way into a token and back', () => {
  let seed = 7
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed
  }
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: random() % 12 }, () => String.fromCodePoint((random() % 0xd7ff) + 1)).join('')
    const token = encodeToken(text)
    assert.match(token, /^[A-Za-z0-9_=-]+$/)
    assert.equal(decodeToken(token), text === '' ? '' : text)
  }
})

test('two different texts never share a token', () => {
  const tokens = ['', '=', 'a', 'a ', 'A', '=3D', '%', '.'].map(encodeToken)
  assert.equal(new Set(tokens).size, tokens.length)
})

test('facts are spelled as words on the wire', () => {
  assert.equal(factToken('RealServerDown'), 'real-server-down')
})

test('filters, sources, types and ids are spelled from the same names', () => {
  assert.equal(eventFilter(name), 'ha.paris.vos1.>')
  assert.equal(eventFilter(name, 'ipvs'), 'ha.paris.vos1.ipvs.>')
  assert.equal(eventSource({ site: 'a/b', node: 'n' }, 'vrrp'), '/a%2Fb/n/vrrp')
  assert.equal(eventType('checker', 'RealServerUp'), 'failoverd.checker.real-server-up.v1')
  assert.equal(eventId(name, 'vrrp', 'k3', 12), 'paris.vos1.vrrp.k3.12')
  assert.equal(heartbeatSubject(name, '*'), 'hb.paris.vos1.*')
  assert.equal(liveSubject('ha.x'), 'live.ha.x')
})
