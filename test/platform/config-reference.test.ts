import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keywordPaths, keywordsOf } from '#platform/config/keywords/keywords.ts'
import {
  entryText,
  findBlocks,
  findEntries,
  nearestBlock,
  nearestKeyword,
  outlineText,
} from '#platform/config/keywords/reference.ts'

function page(name: string, block?: string): string {
  return findEntries(name, block)
    .map((entry) => entryText(entry, 100))
    .join('\n\n')
}

test('every keyword of the table has a page that names its block', () => {
  let count = 0
  for (const path of keywordPaths()) {
    for (const name of keywordsOf(path).keys()) {
      if (name.startsWith('(')) continue
      const entries = findEntries(name, path)
      assert.equal(entries.length, 1, `${path} ${name}`)
      assert.doesNotMatch(page(name, path), /undefined|\[object|\n\n\n/, `${path} ${name}`)
      count++
    }
  }
  assert.ok(count > 600, `${count}`)
})

test('a page has range, unit, default and whether the keyword is in force', () => {
  assert.match(page('priority', 'vrrp_instance'), /^priority number 1 to 255\n {4}in vrrp_instance\n/)
  assert.match(page('priority', 'vrrp_instance'), /\n {4}default +255 with state MASTER, or else 100\n/)
  assert.match(page('priority', 'vrrp_instance'), /\n {4}in force +yes$/)
  assert.match(page('advert_int'), /^advert_int seconds 0\.01 to 255\n/)
  assert.match(page('global_defs'), /\n {4}at the top level\n/)
})

test('a keyword without effect says what follows, and what to do until then', () => {
  const missing = keywordPaths().flatMap((path) =>
    [...keywordsOf(path).values()].filter(({ inForce, outcome }) => !inForce && outcome !== ''),
  )
  for (const { name, outcome, remedy } of missing.slice(0, 20)) {
    const text = page(name).replaceAll(/\s+/g, ' ')
    assert.ok(text.includes(outcome), name)
    if (remedy !== null) assert.ok(text.includes(remedy), name)
  }
})

test('an old spelling names the new one', () => assert.match(page('nb_get_retry'), /out of use +write retry instead/))

test('blocks in which a keyword means the same share a page, and can be asked for alone', () => {
  assert.ok(findEntries('retry').length > 1)
  assert.deepEqual(
    findEntries('retry', 'TCP_CHECK').map(({ blocks }) => blocks),
    [['virtual_server/real_server/TCP_CHECK']],
  )
  assert.deepEqual(findEntries('retry', 'vrrp_instance'), [])
  assert.deepEqual(findBlocks('top'), [''])
})

test('a block has its keywords on its page, and one of lines says what a line is', () => {
  assert.match(page('authentication'), /inside of it [^\n]*\n {8}auth_type, auth_pass/)
  assert.match(page('virtual_ipaddress'), /each line: address: address\[\/length\][\s\S]*behind it [^\n]*\n {8}dev, /)
})

test('the outline has every block and every keyword', () => {
  const outline = outlineText(100)
  for (const path of keywordPaths()) {
    assert.match(outline, new RegExp(`(^|, |,\\n)${path === '' ? 'top' : path}(,|$)`, 'm'))
    for (const name of keywordsOf(path).keys()) assert.ok(name.startsWith('(') || outline.includes(name), name)
  }
  assert.doesNotMatch(outlineText(100, 'TCP_CHECK'), /vrrp_instance/)
})

test('unknown words are guessed', () => {
  assert.equal(nearestKeyword('preemtp_delay'), 'preempt_delay')
  assert.equal(nearestBlock('real_servre'), 'real_server')
  assert.deepEqual(findEntries('preemtp_delay'), [])
})
