import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Holding, holdersAt, longestShared, parseAddressEvent, withEvent } from '../../../cli/lab/holders.ts'
import type { DirectorName } from '../../../cli/lab/hosts.ts'

const AT = '2026-11-21T08:20:01.250000'

function after(...events: [DirectorName, number, boolean][]): readonly Holding[] {
  return events.reduce<readonly Holding[]>((held, [host, at, added]) => withEvent(held, host, { at, added }), [])
}

test('the kernel saying that the VIP was added is an event at its own time', () =>
  assert.deepEqual(
    parseAddressEvent(`[${AT}] 2: eth0    inet 192.168.105.211/32 scope global eth0\\  valid_lft 3sec`),
    {
      at: Date.parse(AT),
      added: true,
    },
  ))

test('the kernel saying that the VIP was deleted is one as well', () =>
  assert.equal(parseAddressEvent(`[${AT}] Deleted 2: eth0    inet 192.168.105.211/32 scope global eth0`)?.added, false))

test('other addresses are none', () =>
  assert.equal(parseAddressEvent(`[${AT}] 2: eth0    inet 192.168.105.201/24 scope global eth0`), null))

test('a lease that is refreshed goes on as one holding', () =>
  assert.deepEqual(after(['vos1', 10, true], ['vos1', 20, true], ['vos1', 30, false]), [
    { host: 'vos1', from: 10, to: 30 },
  ]))

test('who holds the VIP is known for every moment', () => {
  const held = after(['vos1', 10, true], ['vos1', 30, false], ['vos2', 40, true])
  assert.deepEqual(holdersAt(held, 20), ['vos1'])
  assert.deepEqual(holdersAt(held, 35), [])
  assert.deepEqual(holdersAt(held, 50), ['vos2'])
})

test('one after the other share nothing', () =>
  assert.equal(longestShared(after(['vos1', 10, true], ['vos1', 30, false], ['vos2', 31, true]), 0, 100), 0))

test('both at once share the time until the first lets go', () =>
  assert.equal(longestShared(after(['vos1', 10, true], ['vos2', 20, true], ['vos1', 45, false]), 0, 100), 25))

test('both at once without an end share all that is left of the period', () =>
  assert.equal(longestShared(after(['vos1', 10, true], ['vos2', 20, true]), 0, 100), 80))

test('the longest of several shared times counts', () => {
  const held = after(
    ['vos1', 0, true],
    ['vos2', 10, true],
    ['vos2', 15, false],
    ['vos2', 30, true],
    ['vos2', 42, false],
  )
  assert.equal(longestShared(held, 0, 100), 12)
})
