import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddressSpan } from '#platform/config/statements/address-span.ts'

function textOf(word: string): string {
  const span = parseAddressSpan(word)
  assert.ok(span.ok, word)
  return span.text
}

function problemOf(word: string): string {
  const span = parseAddressSpan(word)
  assert.ok(!span.ok, word)
  return span.problem
}

test('a range ends in a whole address, or in another last part', () => {
  assert.equal(textOf('10.0.0.250-10.0.1.10'), '10.0.0.250-10.0.1.10')
  assert.equal(textOf('10.0.0.1-9'), '10.0.0.1-10.0.0.9')
  assert.equal(textOf('2001:DB8::1-ff'), '2001:db8::1-2001:db8::ff')
  assert.equal(textOf('2001:db8::-a'), '2001:db8::-2001:db8::a')
  assert.equal(textOf('2001:db8:1:2:3:4:5:6-7'), '2001:db8:1:2:3:4:5:6-2001:db8:1:2:3:4:5:7')
})

test('a range goes upwards, within one family', () => {
  assert.equal(problemOf('10.0.0.9-1'), 'ends before it begins')
  assert.equal(problemOf('10.0.0.9-10.0.0.9'), 'ends before it begins')
  assert.equal(problemOf('2001:db8:0:1::-2001:db8::ffff'), 'ends before it begins')
  for (const word of ['10.0.0.1-256', '2001:db8::1-10000', '10.0.0.1-2001:db8::1', '10.0.0.1-', '10.0.0.1-x'])
    assert.equal(problemOf(word), 'is no range', word)
})

test('a subnet begins with its first address', () => {
  assert.equal(textOf('10.0.0.8/29'), '10.0.0.8/29')
  assert.equal(textOf('10.0.0.1/32'), '10.0.0.1/32')
  assert.equal(textOf('2001:db8::/120'), '2001:db8::/120')
  assert.equal(problemOf('10.0.0.1/29'), 'is not the first address of its subnet')
  assert.equal(problemOf('10.0.0.0/33'), 'needs a prefix length from 0 to 32')
  assert.equal(problemOf('web'), 'is not an IP address')
})
