import { resolve } from 'node:path'
import { summaryOf, summaryText } from '#platform/config/findings/report.ts'
import { formText } from '#platform/config/forms/form-text.ts'
import { jsonForm } from '#platform/config/forms/json-form.ts'
import { loadConfig } from '#platform/config/load.ts'
import { done, failed, type Outcome } from './outcome.ts'

export interface ShowOptions {
  json: boolean
  /** Passwords and keys as they are, instead of ****. */
  showSecrets: boolean
  configId: string
}

/**
 * What the file says once includes, definitions and conditional lines are resolved and defaults filled in. Fails where
 * there is no file to read; what is wrong in it is missing in the result, which is said.
 */
export function showConfig(file: string, { json, showSecrets, configId }: ShowOptions): Outcome {
  const { root, diagnostics } = loadConfig(resolve(file), { configId })
  const unreadable = diagnostics.find(({ code }) => code === 'NO_CONFIGURATION')
  if (unreadable !== undefined) return failed(`${file}: ${unreadable.message}\n`)
  const form = jsonForm(root, { secrets: showSecrets })
  const out = json ? `${JSON.stringify(form, null, 2)}\n` : formText(form)
  const { error } = summaryOf(diagnostics)
  if (error === 0) return done(out)
  const errors = summaryText({ error, warning: 0, note: 0 })
  const missing = error === 1 ? 'it names' : 'they name'
  return done(out, `${file}: ${errors}; what ${missing} is missing here: failoverctl config check ${file}\n`)
}
