import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeClock } from '#platform/clock-fake.ts'
import type { LinkEvent } from '../../services/vrrp/ports.ts'
import { createSteadyLinks } from '../../services/vrrp/tracking/steady-links.ts'
import { link } from './given.ts'

const UP = link()
const DOWN = link({ carrier: false })

/** `up`, `down` or `gone`, as listeners hear it. */
function stage(downMs: number, upMs: number) {
  const clock = fakeClock()
  const heard: string[] = []
  const events: LinkEvent[] = []
  const links = createSteadyLinks(clock, (event) => {
    events.push(event)
    if (event.type === 'LinkChanged') heard.push(event.link.carrier ? 'up' : 'down')
    if (event.type === 'LinkGone') heard.push('gone')
  })
  links.setDelays([{ interface: 'eth0', downMs, upMs }])
  const is = (state: typeof UP) => links.take({ type: 'LinkChanged', link: state })
  return { clock, heard, events, links, is }
}

test('without a delay a link counts at once', () => {
  const { heard, is } = stage(0, 0)
  for (const state of [UP, DOWN, UP]) is(state)
  assert.deepEqual(heard, ['up', 'down', 'up'])
})

test('a link counts as it is when it is first seen', () => {
  const { heard, is } = stage(1_000, 1_000)
  is(DOWN)
  assert.deepEqual(heard, ['down'])
})

test('a link that goes down counts when it has been down for so long', () => {
  const { clock, heard, is } = stage(1_000, 0)
  is(UP)
  is(DOWN)
  clock.advance(999)
  assert.deepEqual(heard, ['up', 'up'])
  clock.advance(1)
  assert.deepEqual(heard, ['up', 'up', 'down'])
  is(UP)
  assert.equal(heard.at(-1), 'up')
})

test('a link that comes back in time has never been away', () => {
  const { clock, heard, is } = stage(1_000, 0)
  is(UP)
  is(DOWN)
  clock.advance(500)
  is(UP)
  clock.advance(5_000)
  assert.equal(heard.includes('down'), false)
  is(DOWN)
  clock.advance(999)
  assert.equal(heard.includes('down'), false)
})

test('the wait goes on from its first moment, whatever else the kernel tells meanwhile', () => {
  const { clock, heard, events, is } = stage(1_000, 0)
  is(UP)
  is(DOWN)
  clock.advance(900)
  is({ ...DOWN, primaryIpv4: '192.0.2.9' })
  const last = events.at(-1)
  assert.equal(last?.type === 'LinkChanged' && last.link.primaryIpv4, '192.0.2.9')
  clock.advance(100)
  assert.equal(heard.at(-1), 'down')
})

test('an interface that disappears is gone at once, and counts as it is when it returns', () => {
  const { clock, heard, links, is } = stage(1_000, 1_000)
  is(UP)
  is(DOWN)
  links.take({ type: 'LinkGone', interface: 'eth0' })
  clock.advance(2_000)
  is(UP)
  assert.deepEqual(heard, ['up', 'up', 'gone', 'up'])
})
