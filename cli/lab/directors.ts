/** The program that makes a machine a director: failoverd or keepalived. */
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HaError } from '#platform/errors.ts'
import { fromEvent, fromKeepalived, type Happening } from './happenings.ts'
import type { DirectorName } from './hosts.ts'
import { eachLine } from './lines.ts'
import { type LabProcess, type Machine, signalProgram } from './machine.ts'

export type DirectorKind = 'failoverd' | 'keepalived'
export const DIRECTOR_KINDS: readonly DirectorKind[] = ['failoverd', 'keepalived']

/** @throws HaError USAGE */
export function parseKind(text: string): DirectorKind {
  const kind = DIRECTOR_KINDS.find((name) => name === text)
  if (kind === undefined) throw new HaError('USAGE', `a director runs ${DIRECTOR_KINDS.join(' or ')}, not "${text}"`)
  return kind
}

export interface Director {
  process: LabProcess
  /** Arguments of failoverctl for this node; null for keepalived. */
  control: ((...args: string[]) => string[]) | null
  stopListening(): void
}

interface DirectorSetup {
  machine: Machine
  name: DirectorName
  kind: DirectorKind
  /** The machine's disk: survives switching it off. */
  disk: string
  tell: (happening: Happening) => void
}

const DAEMON = fileURLToPath(new URL('../failoverd.ts', import.meta.url))
const CONTROL = fileURLToPath(new URL('../failoverctl.ts', import.meta.url))

function configOf(name: DirectorName): string {
  return fileURLToPath(new URL(`./configs/${name}.conf`, import.meta.url))
}

export function startDirector(setup: DirectorSetup): Director {
  mkdirSync(setup.disk, { recursive: true })
  switch (setup.kind) {
    case 'failoverd':
      return startFailoverd(setup)
    case 'keepalived':
      return startKeepalived(setup)
  }
}

function startKeepalived({ machine, name, disk, tell }: DirectorSetup): Director {
  const child = machine.spawn(['keepalived', '-n', '-l', '-D', '-G', '-f', configOf(name)])
  record(child, join(disk, 'director.log'), (line) => tell(fromKeepalived(name, line, Date.now())))
  return { process: child, control: null, stopListening() {} }
}

function startFailoverd({ machine, name, disk, tell }: DirectorSetup): Director {
  const stateDir = join(disk, 'state')
  const identity = ['--state-dir', stateDir, '--node', name, '--site', 'lab']
  const daemon = [process.execPath, DAEMON, '-n', '-l', '-D', '-f', configOf(name)]
  const child = machine.spawn([...daemon, ...identity])
  record(child, join(disk, 'director.log'), () => {})
  const control = (...args: string[]) => [process.execPath, CONTROL, '--state-dir', stateDir, ...args]
  const since = new Date(Date.now() - 1).toISOString()
  const ears = listen(machine, control('events', '--json', '--follow', '--since', since), (line) => {
    const happening = fromEvent(name, line)
    if (happening !== null) tell(happening)
  })
  return { process: child, control, stopListening: ears.stop }
}

/** Follows the event log; until the node's bus is there the reader ends at once, and is started again later. */
function listen(machine: Machine, argv: string[], take: (line: string) => void): { stop: () => void } {
  const RETRY_MS = 2_000
  let stopped = false
  let current: LabProcess | null = null
  const start = () => {
    if (stopped) return
    current = machine.spawn(argv)
    current.on('error', () => {})
    current.stderr.resume()
    eachLine(current.stdout, take)
    current.once('close', () => setTimeout(start, RETRY_MS).unref())
  }
  // Not at once: every process more makes the node's own start slower, and nothing is missed.
  setTimeout(start, RETRY_MS).unref()
  return {
    stop() {
      stopped = true
      if (current !== null) signalProgram(current, 'SIGTERM')
    },
  }
}

function record(child: LabProcess, file: string, take: (line: string) => void): void {
  const keep = (line: string) => {
    appendFileSync(file, `${line}\n`)
    take(line)
  }
  child.on('error', (cause) => keep(cause.message))
  eachLine(child.stdout, keep)
  eachLine(child.stderr, keep)
}
