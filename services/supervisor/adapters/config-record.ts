/**
 * The configuration in force as it is kept in the log, so that the log alone tells with what the node ran at any time.
 * 10 000 real servers are 3 MB of JSON and 100 kB as it is recorded.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import { openReader } from '#platform/bus-reader.ts'
import { maskedConfig } from '#platform/config/compare/secrets.ts'
import type { Config } from '#schemas/config.ts'
import type { BusAccess } from '#schemas/settings.ts'
import { eventSubject, type NodeName } from '#schemas/subjects.ts'
import { ConfigRecorded } from '#schemas/supervisor.ts'

/** Up to here a configuration stays readable to the eye, characters. */
const PLAIN_LENGTH = 32_768
/** What one event may carry, characters: well below what the server takes, which is the log's limit too. */
const PART_LENGTH = 524_288

/** The events that record a configuration, its secrets masked. */
export function recordOf(config: Config, digest: string, partLength = PART_LENGTH): ConfigRecorded[] {
  const plain = JSON.stringify(maskedConfig(config))
  const encoding = plain.length <= PLAIN_LENGTH ? 'json' : 'gzip'
  const text = encoding === 'json' ? plain : gzipSync(plain).toString('base64')
  const parts = Math.ceil(text.length / partLength)
  return Array.from({ length: parts }, (_, index) => ({
    type: 'ConfigRecorded' as const,
    digest,
    part: index + 1,
    parts,
    encoding,
    text: text.slice(index * partLength, (index + 1) * partLength),
  }))
}

/** The configuration that these events record, all parts in order; a later version may have other fields. */
export function readRecord(parts: readonly ConfigRecorded[]): unknown {
  const text = parts.map((each) => each.text).join('')
  const plain = parts[0]?.encoding === 'gzip' ? gunzipSync(Buffer.from(text, 'base64')).toString() : text
  return JSON.parse(plain)
}

/**
 * Digest of the configuration that the log has last; null when it has none, or lacks the end of it.
 *
 * @throws HaError BUS_AWAY
 */
export async function lastRecorded(access: BusAccess, node: NodeName): Promise<string | null> {
  const filter = eventSubject(node, 'supervisor', 'node', 'ConfigRecorded')
  const reader = await openReader(access)
  try {
    let digest: string | null = null
    for await (const { envelope } of reader.read({ filter, lastPerSubject: true })) {
      const last = ConfigRecorded.safeParse(envelope.data)
      digest = last.success && last.data.part === last.data.parts ? last.data.digest : null
    }
    return digest
  } finally {
    await reader.close()
  }
}
