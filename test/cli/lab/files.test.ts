import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readCommands, writeCommands } from '../../../cli/lab/command-folder.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SHARED = join(ROOT, '../shared/lab')
const absent = existsSync(SHARED) ? false : 'no shared folder beside the project'

for (const name of ['vos1.conf', 'vos2.conf'])
  test(`the lab's ${name} is that of the documents, byte for byte`, { skip: absent }, () =>
    assert.ok(readFileSync(join(ROOT, 'cli/lab/configs', name)).equals(readFileSync(join(SHARED, name)))),
  )

test('command lines arrive through a folder in their order, and leave nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'commands-'))
  try {
    const { write } = writeCommands(folder)
    write('kill vos1')
    write('')
    const lines = readCommands(folder)
    assert.equal((await lines.next()).value, 'kill vos1')
    assert.equal((await lines.next()).value, '')
    const late = lines.next()
    write('quit')
    assert.equal((await late).value, 'quit')
    assert.deepEqual(readdirSync(folder), [])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
