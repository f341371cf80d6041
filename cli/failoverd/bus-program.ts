import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HaError, isErrno } from '#platform/errors.ts'

/** What set-up leaves behind (cli/setup): the path of a nats-server that is new enough. */
const NOTE = fileURLToPath(new URL('../../.cache/nats-server/path', import.meta.url))

/**
 * The nats-server to run: the environment variable FAILOVERD_NATS_SERVER, else the one that set-up found, else the
 * first on PATH. @throws HaError BUS_PROGRAM
 */
export function findBusServer(): string {
  const candidates = [process.env.FAILOVERD_NATS_SERVER, noted(), ...onPath('nats-server')]
  const found = candidates.find((path): path is string => path !== undefined && isExecutable(path))
  if (found !== undefined) return found
  throw new HaError(
    'BUS_PROGRAM',
    'no nats-server found: run `npm start` once, install nats-server 2.10.23 or newer, or name one with --bus-server',
  )
}

function noted(): string | undefined {
  try {
    return readFileSync(NOTE, 'utf8').trim()
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return undefined
    throw cause
  }
}

function onPath(name: string): string[] {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
