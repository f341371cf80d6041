/** Which checks of which real servers have failed. A server is alive while none of its checks has. */
import { type Down, targetKey } from './desired.ts'

interface CheckName {
  virtualServer: string
  realServer: string
  check: string
}

export function isDown(down: Down, { virtualServer, realServer, check }: CheckName): boolean {
  return down[targetKey(virtualServer, realServer)]?.includes(check) === true
}

export function withCheck(down: Down, { virtualServer, realServer, check }: CheckName, failed: boolean): Down {
  const target = targetKey(virtualServer, realServer)
  const others = (down[target] ?? []).filter((each) => each !== check)
  const checks = failed ? [...others, check] : others
  return checks.length === 0 ? withoutTargets(down, [target]) : { ...down, [target]: checks }
}

export function withoutTargets(down: Down, targets: readonly string[]): Down {
  return Object.fromEntries(Object.entries(down).filter(([target]) => !targets.includes(target)))
}
