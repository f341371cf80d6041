/** The same files for failoverd and for a real keepalived: do both start, and do both complain? */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { hasCorpus, originals, surroundingsOf, writeCandidates } from '../differential/candidates.ts'
import { type Comparison, compare } from '../differential/comparison.ts'
import { DIFFERENCES } from '../differential/documented.ts'
import { askKeepalived, keepalivedVersion, whyNoKeepalived } from '../differential/keepalived.ts'
import { type Reading, readOurselves } from '../differential/ours.ts'

/** Mutants of the originals; keepalived tests about 80 a second on two cores. */
const MUTANTS = Number(process.env.CONFIG_MUTANTS ?? 5000)
/** Another one makes other mutants. */
const SEED = Number(process.env.CONFIG_SEED ?? 0)
/** What nothing may account for, of a thousand. */
const UNEXPLAINED = 5
/** A file of the usual size; the machine may be busy. */
const SLOWEST_MS = 1000

interface Compared extends Comparison {
  path: string
  reading: Reading
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`

describe('verdicts on real configurations and mutants of them', { skip: whyNoKeepalived() }, () => {
  const folder = mkdtempSync(join(tmpdir(), `fo${process.pid}-diff-`))
  after(() => rmSync(folder, { recursive: true }))
  let all: Compared[] = []

  before(async () => {
    const sources = originals()
    const candidates = writeCandidates(sources, { count: MUTANTS, firstSeed: SEED }, folder)
    const verdicts = await askKeepalived(candidates, surroundingsOf(sources), folder)
    all = candidates.map((candidate, index) => {
      const reading = readOurselves(candidate)
      const verdict = verdicts[index] ?? { status: 0, messages: [], unchecked: false }
      return { path: candidate.path, reading, ...compare(verdict, reading) }
    })
  })

  test('every file is read to its end in time', (context) => {
    const slowest = Math.max(...all.map(({ reading }) => reading.milliseconds))
    const corpus = hasCorpus() ? '' : ', without ../shared/corpus'
    context.diagnostic(`${all.length} files${corpus}; the slowest took ${slowest.toFixed(0)} ms`)
    assert.ok(all.length > MUTANTS)
    assert.ok(slowest < SLOWEST_MS)
  })

  test('every finding says where', () => {
    const placeless = all.flatMap(({ path, reading }) =>
      reading.diagnostics.filter(({ line, column }) => line < 1 || column < 1).map(({ code }) => `${path}: ${code}`),
    )
    assert.deepEqual(placeless, [])
  })

  test('failoverd starts where keepalived starts, and complains where it complains', (context) => {
    const start = all.filter(({ theirs, ours }) => (theirs === 'fatal') === (ours === 'fatal')).length
    const same = all.filter(({ theirs, ours }) => theirs === ours).length
    const open = all.filter(({ unexplained }) => unexplained.length > 0)
    context.diagnostic(`against keepalived ${keepalivedVersion()}: ${percent(start, all.length)} start alike`)
    context.diagnostic(`${percent(same, all.length)} start and complain alike`)
    context.diagnostic(`${percent(all.length - open.length, all.length)} after the documented differences`)
    for (const { path, unexplained } of open) context.diagnostic(`${path.slice(folder.length + 1)}: ${unexplained[0]}`)
    assert.ok(open.length <= Math.max(3, (all.length * UNEXPLAINED) / 1000))
  })

  test('no documented difference accounts for more than it was made for', (context) => {
    for (const { name, perMille } of DIFFERENCES) {
      const count = all.filter(({ because }) => because.includes(name)).length
      context.diagnostic(`${String(count).padStart(5)} ${name}`)
      // Of few mutants the originals are too large a part; keepalived's own samples show off what others hardly use.
      const share = hasCorpus() ? perMille : 2 * perMille
      assert.ok(count <= Math.max(10, (all.length * share) / 1000), name)
    }
  })
})
