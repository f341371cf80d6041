import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import {
  type Chained,
  compareCreation,
  creationOf,
  GENESIS,
  nextEvent,
  readEvent,
  rechain,
  runName,
  subjectOf,
  verifyChain,
} from '#platform/chain.ts'
import type { ServiceName } from '#schemas/subjects.ts'

const NAME = { site: 'paris', node: 'vos1' }

test('an event names its source, type, entity and place', () => {
  const { envelope } = first()
  assert.equal(envelope.source, '/paris/vos1/vrrp')
  assert.equal(envelope.type, 'failoverd.vrrp.became-master.v1')
  assert.equal(envelope.subject, 'VI_1')
  assert.equal(envelope.sequence, 1)
  assert.equal(subjectOf(NAME, envelope), 'ha.paris.vos1.vrrp.VI_1.became-master')
})

test('the first event follows 64 zeros, and each later one the SHA-256 of the bytes before it', () => {
  const [one, two] = chained(2)
  assert.equal(one?.envelope.prevhash, '0'.repeat(64))
  assert.equal(
    two?.envelope.prevhash,
    createHash('sha256')
      .update(one?.bytes ?? '')
      .digest('hex'),
  )
})

test('the bytes are the envelope and nothing else', () => {
  const { envelope, bytes } = first()
  assert.deepEqual(readEvent(bytes), envelope)
})

test('an event without a cause begins a correlation, and one with a cause stays in its', () => {
  const cause = first().envelope
  assert.equal(cause.correlationid, cause.id)
  assert.equal('causationid' in cause, false)
  const effect = make(GENESIS, 'ipvs', 2, { id: cause.id, correlationId: cause.correlationid }).envelope
  assert.equal(effect.causationid, cause.id)
  assert.equal(effect.correlationid, cause.id)
})

test('an event that is put behind another head keeps its id', () => {
  const { envelope } = first()
  const moved = rechain({ sequence: 41, hash: 'a'.repeat(64) }, envelope).envelope
  assert.deepEqual(moved, { ...envelope, sequence: 42, prevhash: 'a'.repeat(64) })
})

test('the id tells the order in which a source made its events, over runs', () => {
  const early = creationOf(`paris.vos1.vrrp.${runName('boot-x', 1_000)}.900`)
  const late = creationOf(`paris.vos1.vrrp.${runName('boot-a', 1_001)}.3`)
  assert.deepEqual(early, { run: 1_000, counter: 900 })
  assert.ok(compareCreation(early, late) < 0)
})

test('an unbroken chain has no fault, with several sources mixed and the oldest trimmed', () => {
  const vrrp = chained(5)
  const ipvs = chained(3, 'ipvs')
  const report = verifyChain(bytesOf([...vrrp.slice(2), ...ipvs]))
  assert.equal(report.fault, null)
  assert.equal(report.events, 6)
  assert.equal(report.heads.get('/paris/vos1/vrrp')?.sequence, 5)
})

test('a missing event is a gap', () => assertFault([0, 1, 3, 4], 2, 'gap', 4))
test('a repeated event is a double', () => assertFault([0, 1, 1, 2], 2, 'double', 2))
test('a reordered event is found', () => assertFault([0, 2, 1], 1, 'gap', 3))

test('a changed byte breaks the chain at the event after it', () => {
  const events = chained(3)
  const forged = bytesOf(events)
  forged[1] = Buffer.from(
    Buffer.from(forged[1] ?? '')
      .toString()
      .replace('BecameMaster', 'BecameBackup'),
  )
  const { fault } = verifyChain(forged)
  assert.deepEqual(fault, { index: 2, source: '/paris/vos1/vrrp', sequence: 3, reason: 'broken-hash' })
})

test('a first event that does not follow zeros is forged', () => {
  const { bytes } = rechain({ sequence: 0, hash: 'b'.repeat(64) }, first().envelope)
  assert.equal(verifyChain([bytes]).fault?.reason, 'broken-hash')
})

test('what is no event is named by its place', () => {
  const bytes = [first().bytes, Buffer.from('{"half":')]
  assert.deepEqual(verifyChain(bytes).fault, { index: 1, source: '', sequence: 0, reason: 'unreadable' })
})

function make(
  head: Chained['head'],
  service: ServiceName,
  counter: number,
  cause: { id: string; correlationId: string } | null = null,
) {
  const draft = { service, entity: 'VI_1', data: { type: 'BecameMaster', counter } }
  const stamp = {
    name: NAME,
    run: runName('b', 1),
    counter,
    hlc: '000000000001-0000-vos1',
    time: '2026-01-01T00:00:00Z',
  }
  return nextEvent(head, draft, cause, stamp)
}

function first(): Chained {
  return make(GENESIS, 'vrrp', 1)
}

function chained(count: number, service: ServiceName = 'vrrp'): Chained[] {
  const events: Chained[] = []
  for (let index = 0; index < count; index += 1) events.push(make(events.at(-1)?.head ?? GENESIS, service, index + 1))
  return events
}

function bytesOf(events: Chained[]): Uint8Array[] {
  return events.map(({ bytes }) => bytes)
}

function assertFault(order: number[], index: number, reason: string, sequence: number): void {
  const events = chained(5)
  const { fault } = verifyChain(order.map((place) => events[place]?.bytes ?? new Uint8Array()))
  assert.deepEqual(fault, { index, source: '/paris/vos1/vrrp', sequence, reason })
}
