import assert from 'node:assert/strict'
import { test } from 'node:test'
import { draft, given, publish, settled } from './outbox-stage.ts'

/** The fake clock's start, as runs are named. */
const RUN = (1_700_000_000_000).toString(36)

test('events are numbered without a gap from the first on, and stored in that order', async () => {
  const { outbox, stream, connect } = given()
  publish(outbox, 3)
  connect()
  await settled()
  publish(outbox, 2)
  await settled()
  assert.deepEqual(stream.sequences(), [1, 2, 3, 4, 5])
  assert.equal(stream.fault(), null)
  assert.equal(outbox.spooled(), 0)
})

test('an event counts as stored only when it is acknowledged', async () => {
  const { outbox, stream, connect } = given()
  connect()
  stream.hold()
  let stored = false
  void outbox.publish(draft(0), null).stored.then(() => {
    stored = true
  })
  await settled()
  assert.deepEqual([stored, outbox.spooled()], [false, 1])
  stream.letGo()
  await settled()
  assert.deepEqual([stored, outbox.spooled()], [true, 0])
})

test('one record is in flight, and copies of the later ones go out meanwhile, in order', async () => {
  const { outbox, stream, connect } = given()
  connect()
  await settled()
  stream.hold()
  publish(outbox, 3)
  await settled()
  assert.equal(stream.inFlight(), 1)
  assert.deepEqual(stream.copies(), [2, 3])
  stream.letGo()
  await settled()
  assert.deepEqual(stream.sequences(), [1, 2, 3])
})

test('without anything waiting the record itself is the fast path and no copy goes out', async () => {
  const { outbox, stream, connect } = given()
  connect()
  for (let index = 0; index < 3; index += 1) {
    publish(outbox, 1)
    await settled()
  }
  assert.deepEqual([stream.sequences(), stream.copies()], [[1, 2, 3], []])
})

test('an event is on its way before the disk is asked for anything', async () => {
  const { outbox, connect, inFlightAtAppend } = given()
  connect()
  await settled()
  publish(outbox, 1)
  assert.deepEqual(inFlightAtAppend, [1])
})

test('copies run only so far ahead of a hung server', async () => {
  const { outbox, stream, connect } = given()
  connect()
  await settled()
  stream.hold()
  publish(outbox, 5_000)
  await settled()
  assert.equal(stream.copies().length, 999)
})

test('a backlog is copied before new events, so that nobody hears them out of order', async () => {
  const { outbox, stream, connect } = given()
  publish(outbox, 3)
  stream.hold()
  connect()
  await settled()
  publish(outbox, 1)
  assert.deepEqual(stream.copies(), [2, 3, 4])
})

test('an acknowledgement that got lost does not double the event', async () => {
  const { outbox, stream, connect, clock } = given()
  connect()
  stream.loseAcknowledgement()
  publish(outbox, 3)
  await settled()
  clock.advance(5_000)
  await settled()
  assert.deepEqual(stream.sequences(), [1, 2, 3])
  assert.equal(outbox.spooled(), 0)
})

test('a store that refuses is asked again, ever more slowly, while the services go on hearing each other', async () => {
  const { outbox, stream, connect, clock } = given()
  connect()
  await settled()
  stream.refuse(true)
  publish(outbox, 2)
  await settled()
  assert.deepEqual([stream.sequences(), stream.copies()], [[], [2, 1, 2]])
  stream.refuse(false)
  clock.advance(20)
  await settled()
  assert.deepEqual(stream.sequences(), [1, 2])
})

test('a bus without a stream carries copies all the same', async () => {
  const { outbox, stream, connect } = given()
  stream.vanish(true)
  connect()
  await settled()
  publish(outbox, 2)
  await settled()
  assert.deepEqual(stream.copies(), [1, 2])
})

test('a new connection takes over what the old one left', async () => {
  const { outbox, stream, connect } = given()
  connect()
  await settled()
  stream.hold()
  publish(outbox, 3)
  await settled()
  outbox.detach()
  stream.letGo()
  connect()
  await settled()
  assert.deepEqual([stream.sequences(), outbox.spooled()], [[1, 2, 3], 0])
})

test('events of two services are told apart although both started in the same millisecond', () => {
  const { outbox } = given()
  const { id } = outbox.publish(draft(0), null).envelope
  assert.ok(id.startsWith(outbox.idPrefix))
  assert.equal(outbox.idPrefix, `s.n.vrrp.b-${RUN}.`)
})

test('an event made after one that was heard has a later hybrid time, whatever the clock says', () => {
  const { outbox } = given()
  outbox.observe('ffffffffff00-0000-other')
  assert.ok(outbox.publish(draft(0), null).envelope.hlc > 'ffffffffff00-0000-other')
})
