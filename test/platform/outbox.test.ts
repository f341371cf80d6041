import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { creationOf, verifyChain } from '#platform/chain.ts'
import { fakeClock } from '#platform/clock-fake.ts'
import { createOutbox, type Outbox, type OutboxLink } from '#platform/outbox.ts'
import { countStored, type OutboxRecord } from '#platform/outbox-queue.ts'

const NAME = { site: 's', node: 'n' }
/** The fake clock's start, as runs are named. */
const RUN = (1_700_000_000_000).toString(36)
const log = pino({ level: 'silent' })

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

test('the last id in the stream cuts the spool, whether or not it holds that event', () => {
  const ids = ['x.b-1.1', 'x.b-1.2', 'x.b-2.1', 'x.b-2.2']
  assert.equal(countStored(ids, 'x.b-1.2'), 2)
  assert.equal(countStored(ids, 'x.b-1.7'), 2)
  assert.equal(countStored(ids, 'x.b-0.9'), 0)
  assert.equal(countStored(ids, 'x.b-3.1'), 4)
})

type Stream = ReturnType<typeof fakeStream>

/** An outbox on a fake clock, a spool that is an array, and a stream that can misbehave. */
function given(options: { loaded?: Uint8Array[]; stream?: Stream; startMs?: number } = {}) {
  const clock = fakeClock(options.startMs ?? 0)
  const stream = options.stream ?? fakeStream()
  const lines: Uint8Array[] = [...(options.loaded ?? [])]
  let contents: () => Uint8Array[] = () => []
  const outbox = createOutbox({
    name: NAME,
    service: 'vrrp',
    boot: 'b',
    clock,
    log,
    loaded: options.loaded ?? [],
    openSpool(ask) {
      contents = ask
      return { append: (line) => void lines.push(line), compact() {}, settled: async () => undefined }
    },
  })
  return {
    outbox,
    stream,
    clock,
    connect: () => outbox.attach(stream.link()),
    /** What a compacted spool would hold. */
    spooled: () => contents(),
    /** What a spool holds that was never compacted. */
    lines: () => lines,
  }
}

function fakeStream() {
  let stored: OutboxRecord[] = []
  let storage: 'file' | 'memory' = 'file'
  let disk: OutboxRecord[] = []
  const copied: number[] = []
  let pretend = false
  const state = { held: null as PromiseWithResolvers<void> | null, flying: 0, lose: false, refuse: false, gone: false }
  const link = (): OutboxLink => ({
    async sight() {
      if (state.gone) throw new Error('stream not found')
      return { storage, last: stored.at(-1)?.bytes ?? null }
    },
    async store(record) {
      state.flying += 1
      await state.held?.promise
      state.flying -= 1
      if (state.refuse) throw new Error('no space left')
      const duplicate = stored.some(({ envelope }) => envelope.id === record.envelope.id)
      if (pretend) {
        pretend = false
        return { duplicate: true }
      }
      if (!duplicate) stored.push(record)
      if (state.lose) {
        state.lose = false
        throw new Error('timeout')
      }
      return { duplicate }
    },
    copy: ({ envelope }) => void copied.push(envelope.sequence),
  })
  return {
    link,
    hold() {
      state.held = Promise.withResolvers()
    },
    letGo() {
      state.held?.resolve()
      state.held = null
    },
    loseAcknowledgement() {
      state.lose = true
    },
    /** The next record is called known, and is not stored. */
    pretendDuplicate() {
      pretend = true
    },
    refuse(yes: boolean) {
      state.refuse = yes
    },
    vanish(yes: boolean) {
      state.gone = yes
    },
    /** Another server's stream: memory is empty each time, and so is a disk that nothing was written to. */
    become(kind: 'file' | 'memory') {
      if (storage === 'file') disk = kind === 'memory' ? stored : []
      stored = kind === 'memory' ? [] : disk
      storage = kind
    },
    inFlight: () => state.flying,
    copies: () => copied,
    sequences: () => stored.map(({ envelope }) => envelope.sequence),
    ids: () => stored.map(({ envelope }) => envelope.id),
    bytes: () => stored.map(({ bytes }) => bytes),
    fault: () => verifyChain(stored.map(({ bytes }) => bytes)).fault,
  }
}

function draft(index: number) {
  return { service: 'vrrp' as const, entity: 'VI_1', data: { type: 'BecameMaster', index } }
}

function publish(outbox: Outbox, count: number): void {
  for (let index = 0; index < count; index += 1) outbox.publish(draft(index), null)
}

/** Lets every promise that can go on go on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
