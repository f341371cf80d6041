/** One core's share of the fuzzing. Arguments: seed, number of inputs. Ends with status 1 and the smallest input that breaks. */
import fc from 'fast-check'
import { type Diagnostic, exitStatus, formatDiagnostic } from '#platform/config/findings/diagnostic.ts'
import { formSchema } from '#platform/config/forms/form-schema.ts'
import { jsonForm } from '#platform/config/forms/json-form.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS, PATH } from '../platform/config/parse.ts'
import { configText } from './config-inputs.ts'

const [seed = 1, numRuns = 1000] = process.argv.slice(2).map(Number)
const OTHER = '/etc/other.conf'
const SCHEMA = formSchema()

/** What concerns no line of a file. */
const PLACELESS = /^(NO_CONFIGURATION|NOTHING_TO_DO)$/
/** The JSON form costs ten times the parsing. */
const FORM_EACH = 50

let runs = 0

/** What is wrong with what the parser made of this text; null when nothing is. */
function troubleWith(text: string): string | null {
  const files = memoryFiles({ [PATH]: text, [OTHER]: 'vrrp_version 3\n}\n' })
  const { root, config, diagnostics } = parseConfig(files, PATH, OPTIONS)
  const status = exitStatus(diagnostics, config)
  if (status === 0 && diagnostics.some(({ severity }) => severity !== 'note')) return 'complaints, and status 0'
  const seen = new Set<string>()
  for (const diagnostic of diagnostics) {
    const trouble = troubleOf(diagnostic, text)
    const said = formatDiagnostic(diagnostic)
    if (trouble !== null) return `${trouble}: ${said}`
    if (seen.has(said)) return `said twice: ${said}`
    seen.add(said)
  }
  if (runs++ % FORM_EACH !== 0) return null
  const parsed = SCHEMA.safeParse(jsonForm(root, { secrets: true }))
  return parsed.success
    ? null
    : `the JSON form: ${parsed.error.issues.map(({ path, message }) => `${path}: ${message}`)}`
}

function troubleOf({ code, file, line, column, message, hint }: Diagnostic, text: string): string | null {
  if (/undefined|\[object|NaN/.test(`${message} ${hint}`) && !/undefined|NaN|\[object/.test(text)) return 'not words'
  if (PLACELESS.test(code)) return null
  const source = file === PATH ? text.split('\n')[line - 1] : ''
  if (source === undefined || line < 1) return 'no such line'
  return column < 1 || (file === PATH && column > [...source].length + 1) ? 'no such column' : null
}

fc.assert(
  fc.property(configText, (text) => {
    const trouble = troubleWith(text)
    if (trouble !== null) throw new Error(trouble)
  }),
  { seed, numRuns },
)
process.stdout.write(`${numRuns}\n`)
