import { HaError } from '#platform/errors.ts'
import { enterNetNamespace } from '#platform/native/namespace.ts'
import { openRoute } from '#platform/netlink/route.ts'

/** The first link of every namespace. */
const LOOPBACK = 1

/**
 * Goes where `net_namespace` says, with all that this process opens and starts from now on. The bus is on the loopback
 * interface, which is down in a new namespace: it is switched on.
 *
 * @throws HaError NET_NAMESPACE
 */
export function enterNamespace(name: string): void {
  enterNetNamespace(name)
  const route = openRoute()
  const refusal = route.switchOn(LOOPBACK)
  route.close()
  if (refusal !== null)
    throw new HaError('NET_NAMESPACE', `cannot switch lo on in the network namespace ${name}: ${refusal.code}`)
}
