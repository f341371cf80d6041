import assert from 'node:assert/strict'
import { test } from 'node:test'
import { creationOf, verifyChain } from '#platform/chain.ts'
import { countStored } from '#platform/outbox-queue.ts'
import { draft, given, publish, settled } from './outbox-stage.ts'

test('a restarted process sends what its spool held and continues the chain', async () => {
  const first = given()
  publish(first.outbox, 3)
  const second = given({ loaded: first.spooled(), stream: first.stream })
  publish(second.outbox, 2)
  second.connect()
  await settled()
  assert.deepEqual(first.stream.sequences(), [1, 2, 3, 4, 5])
  assert.equal(first.stream.fault(), null)
})

test('what the spool holds and the stream has already is not sent again', async () => {
  const first = given()
  first.connect()
  publish(first.outbox, 3)
  await settled()
  const stale = first.lines()
  const second = given({ loaded: stale, stream: first.stream })
  publish(second.outbox, 1)
  second.connect()
  await settled()
  assert.deepEqual(first.stream.sequences(), [1, 2, 3, 4])
})

test('a spool that fell behind the stream gives its place: unsent events are put behind', async () => {
  const first = given()
  first.connect()
  publish(first.outbox, 5)
  await settled()
  const behind = first.lines().slice(0, 2)
  const second = given({ loaded: behind, stream: first.stream, startMs: 10 })
  const { envelope } = second.outbox.publish(draft(9), null)
  second.connect()
  await settled()
  assert.deepEqual(first.stream.sequences(), [1, 2, 3, 4, 5, 6])
  assert.equal(first.stream.fault(), null)
  assert.equal(first.stream.ids().at(-1), envelope.id)
})

test('events made with neither spool nor bus are put behind what the stream turns out to have', async () => {
  const first = given()
  first.connect()
  publish(first.outbox, 5)
  await settled()
  const second = given({ stream: first.stream, startMs: 10 })
  publish(second.outbox, 3)
  second.connect()
  await settled()
  publish(second.outbox, 1)
  await settled()
  assert.deepEqual(first.stream.sequences(), [1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.equal(first.stream.fault(), null)
})

test('an event that memory took is stored, but stays spooled until a disk has it', async () => {
  const { outbox, stream, connect, spooled } = given()
  stream.become('memory')
  connect()
  const { stored } = outbox.publish(draft(0), null)
  await settled()
  await stored
  assert.deepEqual([outbox.spooled(), spooled().length], [0, 1])
  outbox.detach()
  stream.become('file')
  connect()
  await settled()
  publish(outbox, 1)
  await settled()
  assert.deepEqual(stream.sequences(), [1, 2])
  assert.equal(stream.fault(), null)
})

test('what has left a limited log is not sent again, and numbers go on', async () => {
  const first = given()
  first.connect()
  publish(first.outbox, 3)
  await settled()
  first.stream.forget(first.clock.wall() + 1)
  const second = given({ loaded: first.lines(), stream: first.stream, startMs: 2_000 })
  second.connect()
  await settled()
  assert.deepEqual([first.stream.sequences(), second.outbox.spooled()], [[], 0])
  publish(second.outbox, 2)
  await settled()
  assert.deepEqual(first.stream.sequences(), [4, 5])
  assert.equal(first.stream.fault(), null)
})

test('what was made after the oldest event of the log cannot have left it, and is sent', async () => {
  const first = given()
  publish(first.outbox, 2)
  first.stream.forget(first.clock.wall())
  const second = given({ loaded: first.spooled(), stream: first.stream, startMs: 2_000 })
  second.connect()
  await settled()
  assert.deepEqual(first.stream.sequences(), [1, 2])
})

test('an emptied stream is continued with the next number', async () => {
  const { outbox, stream, connect } = given()
  connect()
  publish(outbox, 3)
  await settled()
  outbox.detach()
  stream.become('file')
  connect()
  publish(outbox, 1)
  await settled()
  assert.deepEqual(stream.sequences(), [4])
})

test('the head survives in the spool when everything is stored', async () => {
  const { outbox, connect, spooled, stream } = given()
  connect()
  publish(outbox, 3)
  await settled()
  const second = given({ loaded: spooled() })
  publish(second.outbox, 1)
  assert.deepEqual(verifyChain([...stream.bytes(), ...second.spooled().slice(-1)]).fault, null)
})

test('ids of two runs differ although both began without a spool', () => {
  const [one, two] = [given({ startMs: 1 }), given({ startMs: 2 })].map(({ outbox }) => outbox.publish(draft(0), null))
  assert.notEqual(one?.envelope.id, two?.envelope.id)
})

test('a clock that was set back between two runs does not make the later one look earlier', () => {
  const first = given({ startMs: 5_000 })
  publish(first.outbox, 1)
  const second = given({ loaded: first.lines(), startMs: 0 })
  const ids = [first.outbox, second.outbox].map((outbox) => outbox.publish(draft(0), null).envelope.id)
  const [early, late] = ids.map((id) => creationOf(id).run)
  assert.ok(Number(late) > Number(early), String(ids))
})

test('an event that the stream has under an earlier number is not waited for again', async () => {
  const first = given()
  first.connect()
  publish(first.outbox, 2)
  await settled()
  // A spool that came back older than it was makes a second event of the same id.
  const second = given({ loaded: first.lines().slice(0, 1), stream: first.stream, startMs: 10 })
  publish(second.outbox, 1)
  first.stream.pretendDuplicate()
  second.connect()
  await settled()
  publish(second.outbox, 1)
  await settled()
  assert.equal(second.outbox.spooled(), 0)
  assert.deepEqual(first.stream.sequences(), [1, 2, 3])
  assert.equal(first.stream.fault(), null)
})

test('the last id in the stream cuts the spool, whether or not it holds that event', () => {
  const ids = ['x.b-1.1', 'x.b-1.2', 'x.b-2.1', 'x.b-2.2']
  assert.equal(countStored(ids, 'x.b-1.2'), 2)
  assert.equal(countStored(ids, 'x.b-1.7'), 2)
  assert.equal(countStored(ids, 'x.b-0.9'), 0)
  assert.equal(countStored(ids, 'x.b-3.1'), 4)
})
