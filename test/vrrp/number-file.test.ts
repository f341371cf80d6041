import assert from 'node:assert/strict'
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pino } from 'pino'
import { systemClock } from '#platform/clock.ts'
import { initialiseFiles, isFirstSince, numberFiles } from '../../services/vrrp/adapters/number-file.ts'

const log = pino({ level: 'silent' })
const folder = mkdtempSync(join(tmpdir(), 'failoverd-number-'))
after(() => rmSync(folder, { recursive: true }))

/** What is heard of a file; `next` resolves with the text of the next news. */
function follow(path: string) {
  const heard: (string | null)[] = []
  let wake = () => {}
  const file = numberFiles({ clock: systemClock(), log })(path, (text) => {
    heard.push(text)
    wake()
  })
  const next = async (act: () => void): Promise<string | null | undefined> => {
    const count = heard.length
    act()
    while (heard.length === count) await new Promise<void>((resolve) => (wake = resolve))
    return heard.at(-1)
  }
  return { heard, next, close: () => file.close() }
}

test('a file is told at once, and again when it was written, replaced, and removed', async () => {
  const path = join(folder, 'plain')
  const { heard, next, close } = follow(path)
  assert.deepEqual(heard, [null])
  assert.equal(await next(() => writeFileSync(path, '5\n')), '5\n')
  assert.equal(await next(() => appendFileSync(path, '6\n')), '5\n6\n')
  writeFileSync(join(folder, 'other'), '-3')
  assert.equal(await next(() => renameSync(join(folder, 'other'), path)), '-3')
  assert.equal(await next(() => rmSync(path)), null)
  close()
  writeFileSync(path, '9')
  assert.equal(heard.length, 5)
})

test('a file that is being written is not read before it is closed', async () => {
  const path = join(folder, 'slow')
  writeFileSync(path, '100')
  const { heard, next, close } = follow(path)
  // Cut to nothing, which would count as 0, and then filled in two pieces.
  const fd = openSync(path, 'w')
  writeSync(fd, '2')
  const marker = join(folder, 'marker')
  const other = follow(marker)
  await other.next(() => writeFileSync(marker, ''))
  writeSync(fd, '00')
  assert.equal(await next(() => closeSync(fd)), '200')
  assert.deepEqual(heard, ['100', '200'])
  close()
  other.close()
})

test('the first 127 bytes count', () => {
  const path = join(folder, 'long')
  writeFileSync(path, `${' '.repeat(126)}123`)
  const { heard, close } = follow(path)
  assert.equal(heard[0], `${' '.repeat(126)}1`)
  close()
})

test('a folder that comes later, or is replaced, is found', async () => {
  const path = join(folder, 'late', 'value')
  const { next, close } = follow(path)
  mkdirSync(join(folder, 'late'))
  assert.equal(await next(() => writeFileSync(path, '7')), '7')
  assert.equal(await next(() => rmSync(join(folder, 'late'), { recursive: true })), null)
  close()
})

test('init_file writes what is not there, and with overwrite what is; /proc is left alone', () => {
  const [fresh = '', kept = '', lost = ''] = ['fresh', 'kept', 'lost'].map((name) => join(folder, name))
  for (const path of [kept, lost]) writeFileSync(path, 'mine')
  const entry = (path: string, overwrite: boolean) => ({ name: path, path, init: { value: -5, overwrite } })
  const proc = '/proc/self/comm'
  const comm = readFileSync(proc, 'utf8')
  initialiseFiles([entry(fresh, false), entry(kept, false), entry(lost, true), entry(proc, true)], log)
  assert.deepEqual(
    [fresh, kept, lost].map((path) => readFileSync(path, 'utf8')),
    ['-5\n', 'mine', '-5\n'],
  )
  assert.equal(readFileSync(proc, 'utf8'), comm)
})

test('only the first process of a start initialises files', () => {
  assert.deepEqual(
    ['a', 'a', 'b'].map((boot) => isFirstSince(boot, folder, null)),
    [true, false, true],
  )
})
