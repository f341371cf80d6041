import { provisionBus } from '#platform/bus-provision.ts'
import { bytesText } from '#platform/config/statements/quantity.ts'
import { describeError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import type { Config } from '#schemas/config.ts'
import type { NodeName } from '#schemas/subjects.ts'
import type { BusServer } from './adapters/bus-server.ts'

/**
 * Keeps the event log as the configuration in force wants it: `ensure` whenever the server is there or the wish has
 * changed. One at a time, so that the last wish is the one that stays.
 */
export function keepLog(parts: {
  name: NodeName
  server: Pick<BusServer, 'access' | 'freeBytes'>
  storage(): 'file' | 'memory'
  wanted(): Config['eventBus']
  log: Log
}) {
  const { name, server, storage, wanted, log } = parts
  let work = Promise.resolve()

  async function provision(): Promise<void> {
    const { maxAgeS, maxBytes } = wanted()
    const freeBytes = maxBytes === null ? 0 : server.freeBytes()
    const limits = { maxAgeMs: maxAgeS === null ? null : maxAgeS * 1_000, maxBytes, freeBytes }
    const access = server.access('supervisor')
    const kept = await provisionBus(access, { site: name.site, node: name.node }, storage(), limits)
    if (kept === null || maxBytes === null || kept >= maxBytes) return
    const sizes = { wanted: bytesText(maxBytes), kept: bytesText(kept) }
    log.warn(sizes, 'max_size is more than the disk has free: the event log is kept to less')
  }

  return {
    ensure(): void {
      work = work
        .then(provision)
        .catch((cause: unknown) => log.error({ err: describeError(cause) }, 'cannot provision the event log'))
    },
  }
}
