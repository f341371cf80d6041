import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { pino } from 'pino'
import { openSpool, readSpool, type Spool } from '#platform/spool.ts'

let folder: string
let lines: string[]
let complaints: string[]
const log = pino({ level: 'warn' }, { write: (line: string) => void complaints.push(line) })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), `fo${process.pid}-spool-`))
  lines = []
  complaints = []
})

afterEach(() => rmSync(folder, { recursive: true }))

test('what was appended is there for the next process, in order', async () => {
  const spool = open()
  for (const line of ['one', 'two', 'three']) append(spool, line)
  await spool.settled()
  assert.deepEqual(left(), ['one', 'two', 'three'])
})

test('lines that come while a write is on its way are written after it', async () => {
  const spool = open()
  append(spool, 'one')
  await new Promise((resolve) => setImmediate(resolve))
  append(spool, 'two')
  await spool.settled()
  append(spool, 'three')
  await spool.settled()
  assert.deepEqual(left(), ['one', 'two', 'three'])
})

test('half a line that a killed process left is no event, and does not spoil the next one', async () => {
  writeFileSync(join(folder, 'outbox.jsonl'), 'one\ntwo\nthr')
  assert.deepEqual(left(), ['one', 'two'])
  lines = left()
  const spool = open()
  append(spool, 'three')
  await spool.settled()
  assert.deepEqual(left(), ['one', 'two', 'three'])
})

test('a compacted spool holds what is needed still', async () => {
  const spool = open()
  for (let index = 0; index < 10; index += 1) append(spool, String(index))
  await spool.settled()
  lines = ['9']
  spool.compact(5)
  await spool.settled()
  assert.equal(readFileSync(join(folder, 'outbox.jsonl'), 'utf8'), '9\n')
})

test('a spool that is small enough is left alone', async () => {
  const spool = open()
  append(spool, 'one')
  append(spool, 'two')
  await spool.settled()
  lines = []
  spool.compact(2)
  await spool.settled()
  assert.deepEqual(left(), ['one', 'two'])
})

test('a disk that refuses is complained of once, and nothing throws', async () => {
  const spool = open()
  // A folder where the new file has to be written: refused even to root.
  mkdirSync(join(folder, 'outbox.jsonl.new', 'in-the-way'), { recursive: true })
  append(spool, 'one')
  await spool.settled()
  append(spool, 'two')
  await spool.settled()
  assert.equal(complaints.filter((line) => line.includes('cannot write the spool')).length, 1)
})

test('a spool that cannot be read is an empty one, and said so', () => {
  mkdirSync(join(folder, 'outbox.jsonl'))
  assert.deepEqual(left(), [])
  assert.equal(complaints.length, 1)
})

test('an empty folder has no spool and that is nothing to complain about', () => {
  assert.deepEqual(left(), [])
  assert.equal(complaints.length, 0)
})

test('the spool is nobody else’s business', async () => {
  chmodSync(folder, 0o700)
  const spool = open()
  append(spool, 'one')
  await spool.settled()
  const { mode } = await import('node:fs').then(({ statSync }) => statSync(join(folder, 'outbox.jsonl')))
  assert.equal(mode & 0o777, 0o600)
})

function open(): Spool {
  const contents = () => lines.map((line) => Buffer.from(line))
  return openSpool({ folder, owner: null, contents, log })
}

function append(spool: Spool, line: string): void {
  lines.push(line)
  spool.append(Buffer.from(line))
}

function left(): string[] {
  return readSpool(folder, log).map((line) => Buffer.from(line).toString())
}
