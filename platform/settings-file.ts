import { readFileSync } from 'node:fs'
import { Settings } from '#schemas/settings.ts'
import { HaError } from './errors.ts'

/** Reads and checks a settings file. @throws HaError SETTINGS_INVALID */
export function readSettings(path: string): Settings {
  try {
    return Settings.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new HaError('SETTINGS_INVALID', `cannot use the settings file ${path}`, { cause })
  }
}
