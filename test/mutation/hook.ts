/** Loaded before a test run: the module that FAILOVERD_MUTANT names is loaded with its fault. */
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { applyMutant } from './mutants.ts'

const { path, ...fault } = JSON.parse(process.env.FAILOVERD_MUTANT ?? '{}')

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.startsWith('file:') || fileURLToPath(url) !== path) return loaded
    const source = applyMutant(String(loaded.source), fault)
    return { ...loaded, source }
  },
})
