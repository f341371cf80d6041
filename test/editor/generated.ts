import { equal } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../editor/', import.meta.url))

/** A file of editor/ must be this; with UPDATE=1 it is written. */
export function assertGenerated(name: string, wanted: string): void {
  if (process.env.UPDATE === '1') writeFileSync(`${FOLDER}${name}`, wanted)
  else equal(readGenerated(name) === wanted, true, `${name} is old: UPDATE=1 node --test test/editor/*.test.ts`)
}

export function readGenerated(name: string): string {
  return readFileSync(`${FOLDER}${name}`, 'utf8')
}

export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 1)}\n`
}
