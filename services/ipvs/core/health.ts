/** Which real servers are dead. What checker said last of a server stands until it says otherwise, over reloads too. */
import type { CheckerEvent } from '#schemas/checker.ts'
import { type Down, targetKey } from './desired.ts'

type Target = Pick<CheckerEvent, 'virtualServer' | 'realServer'>

export function isDown(down: Down, { virtualServer, realServer }: Target): boolean {
  return targetKey(virtualServer, realServer) in down
}

/** @param check the failed check; null: the server is alive */
export function withHealth(down: Down, { virtualServer, realServer }: Target, check: string | null): Down {
  const target = targetKey(virtualServer, realServer)
  if (check !== null) return { ...down, [target]: check }
  return Object.fromEntries(Object.entries(down).filter(([other]) => other !== target))
}
