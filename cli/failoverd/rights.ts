import { realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { NodeOptions } from '../../services/supervisor/commands.ts'

/**
 * Which processes can give root up: those that still reach their files as somebody else. A state folder or a program
 * below a private folder (a clone in root's home) leaves them root, and says so: being there matters more.
 */
export function rightsToDrop(stateDir: string, busProgram: string): NodeOptions['dropRights'] {
  if (process.getuid?.() !== 0) return { services: false, busServer: false }
  const services = mayPass('the state folder', stateDir, 'all processes stay root')
  const busServer = services && mayPass('the nats-server', dirname(busProgram), 'nats-server stays root')
  return { services, busServer }
}

function mayPass(what: string, folder: string, consequence: string): boolean {
  const closed = firstClosed(realpathSync(folder))
  if (closed === null) return true
  process.stderr.write(`failoverd: ${consequence}: ${what} is below ${closed}, which only its owner may enter\n`)
  return false
}

/** The first folder on the way from the root that others may not pass through; null when there is none. */
export function firstClosed(folder: string): string | null {
  const above = folder === '/' ? null : firstClosed(dirname(folder))
  if (above !== null) return above
  const OTHERS_MAY_ENTER = 0o001
  return (statSync(folder).mode & OTHERS_MAY_ENTER) === 0 ? folder : null
}
