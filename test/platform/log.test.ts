import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from '../../platform/log.ts'
import { textLine } from '../../platform/log-text.ts'

/** A logger whose lines are kept. */
function kept(level: string) {
  const lines: string[] = []
  return { lines, log: createLog('vrrp', level, { write: (line: string) => lines.push(line) }) }
}

test('an event reads as time, service, entity, fact and details', () => {
  const { lines, log } = kept('info')
  log.info({ event: 'id', entity: 'VI_1', data: { type: 'BecameMaster', priority: 150 } }, 'BecameMaster')
  const line = textLine(lines[0] ?? '')
  assert.match(line, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} vrrp VI_1 BecameMaster priority=150$/)
})

test('a warning and an error say so in the line', () => {
  const { lines, log } = kept('info')
  log.warn({ waiting: 3 }, 'the bus is away')
  log.error('the disk is full')
  assert.match(textLine(lines[0] ?? ''), / vrrp warning: the bus is away waiting=3$/)
  assert.match(textLine(lines[1] ?? ''), / vrrp error: the disk is full$/)
})

test('a password never reaches the log, wherever it stands in a record', () => {
  const { lines, log } = kept('info')
  log.info(
    { password: 's3cret', bus: { password: 's3cret' }, a: { authentication: { password: 's3cret' } } },
    'settings',
  )
  assert(!lines.join().includes('s3cret'))
})

test('what is below the level is not written', () => {
  const { lines, log } = kept('info')
  log.debug('an effect')
  assert.deepEqual(lines, [])
})
