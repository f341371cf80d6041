import { describeError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'

/**
 * Finds out, once the log can be read, what configuration it has last. Our own events must all be in it by then, or a
 * configuration that is on its way would be recorded twice.
 */
export function watchRecord(parts: {
  status(): { connected: boolean; spooled: number }
  lastRecorded(): Promise<string | null>
  onFound(digest: string | null): void
  log: Log
}) {
  const { status, lastRecorded, onFound, log } = parts
  let looking = false
  return {
    /** Call it again and again for as long as it is not known. */
    look(): void {
      const { connected, spooled } = status()
      if (looking || !connected || spooled > 0) return
      looking = true
      lastRecorded()
        // The next look may have more luck: the stream may not be set up yet.
        .then(onFound, (cause: unknown) => log.debug({ err: describeError(cause) }, 'cannot read the log yet'))
        .finally(() => {
          looking = false
        })
    },
  }
}
