import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { exitStatus, formatDiagnostic } from '#platform/config/findings/diagnostic.ts'
import { loadConfig } from '#platform/config/load.ts'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)

/** Rows where keepalived itself fails: endless loop (205), crash (217, 218), an interface that was not there (240). */
const NOT_OURS = ['205', '217', '218', '240']

/**
 * What keepalived does not say: features that failoverd lacks, that nothing is to be done, and what concerns this
 * machine (scripts; keepalived's answers are those of another one).
 */
const OWN_FINDINGS = /^(NOT_IN_FORCE|NOTHING_TO_DO|SCRIPT_.*)$/

function table(name: string): string[][] {
  const [, ...rows] = readFileSync(new URL(name, CORPUS), 'utf8').trim().split('\n')
  return rows.map((row) => row.split('\t'))
}

function load(file: string, variant: string) {
  const path = fileURLToPath(new URL(`files/${file}.conf`, CORPUS))
  const { config, diagnostics } = loadConfig(path, { configId: variant.replace(/^id=|^plain$/, '') })
  const serious = diagnostics.filter(({ severity }) => severity !== 'note')
  return {
    config,
    diagnostics,
    complaints: serious.filter(({ code }) => !OWN_FINDINGS.test(code)),
    missing: serious.filter(({ code }) => code === 'NOT_IN_FORCE'),
    /** keepalived goes into the namespace; failoverd does not run in the wrong one. */
    wrongNamespace: serious.some(({ keyword }) => keyword === 'net_namespace_ipvs'),
  }
}

describe('the collection of real configurations', {
  skip: existsSync(CORPUS) ? false : 'no ../shared/corpus here',
}, () => {
  test('is read file by file without an exception, each in under a second', () => {
    for (const file of readdirSync(new URL('files/', CORPUS))) {
      const start = performance.now()
      const { config, diagnostics } = load(file.replace('.conf', ''), 'plain')
      assert.ok(performance.now() - start < 1000, file)
      assert.doesNotMatch(diagnostics.map(formatDiagnostic).join('\n'), /undefined|\[object/, file)
      const refused = diagnostics.some(({ keyword }) => keyword === 'net_namespace_ipvs')
      assert.equal(exitStatus(diagnostics, config) === 4, refused, file)
    }
  })

  test('runs and does not run as with keepalived', (context) => {
    const rows = table('verdicts.tsv')
    const loaded = rows.map(([file = '', , , , , , verdict, variant = '']) => {
      const { config, wrongNamespace } = load(file, variant)
      return { file, wrongNamespace, runs: config !== null, agrees: (config === null) === (verdict === 'fatal') }
    })
    const refused = loaded.filter(({ wrongNamespace }) => wrongNamespace)
    const compared = loaded.filter(({ wrongNamespace }) => !wrongNamespace)
    const wrong = compared.filter(({ agrees }) => !agrees)
    context.diagnostic(`would run as keepalived says: ${compared.length - wrong.length} of ${compared.length}`)
    context.diagnostic(`refused for net_namespace_ipvs, which is not in force: ${refused.length} of ${rows.length}`)
    assert.ok(refused.every(({ runs }) => !runs))
    assert.deepEqual(
      wrong.map(({ file }) => file).filter((file) => !NOT_OURS.includes(file)),
      [],
    )
    assert.ok(refused.length <= 1)
  })

  test('is complained about where keepalived complains', (context) => {
    const rows = table('verdicts.tsv').map(([file = '', , , , , , verdict, variant = '']) => {
      const { complaints, missing } = load(file, variant)
      return { file, verdict, quiet: complaints.length === 0, first: complaints[0]?.code, lacking: missing.length > 0 }
    })
    const clean = rows.filter(({ verdict }) => verdict === 'clean')
    const faulty = rows.filter(({ verdict }) => verdict === 'warnings')
    const hits = faulty.filter(({ quiet }) => !quiet).length
    const lacking = rows.filter((row) => row.lacking).length
    context.diagnostic(`clean for both: ${clean.filter(({ quiet }) => quiet).length} of ${clean.length}`)
    context.diagnostic(`complaints from both: ${hits} of ${faulty.length}`)
    context.diagnostic(
      `with something of theirs not in force yet, as a warning or an error: ${lacking} of ${rows.length}`,
    )
    // A script defined twice, and passwords that were masked at a length that is cut; the interfaces of the others were
    // not there, so that keepalived did not say that an instance tracks its own.
    assert.deepEqual(
      clean.filter(({ quiet }) => !quiet).map(({ file, first }) => [file, first]),
      [
        ['134', 'REPEATED'],
        ['137', 'CUT'],
        ['194', 'NO_EFFECT'],
        ['212', 'NO_EFFECT'],
      ],
    )
    // A script that was insecure there, a comment in a definition that keepalived stumbles over, a build without D-Bus.
    assert.deepEqual([...new Set(faulty.filter(({ quiet }) => quiet).map(({ file }) => file))], ['070', '170', '172'])
  })
})
