/** Runs in a namespace: applies lists of changes (JSON on standard input) one after the other and prints what the kernel has. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { HaError } from '#platform/errors.ts'
import { kernelVirtualServers } from '../../../services/ipvs/adapters/virtual-servers.ts'
import type { KernelChange } from '../../../services/ipvs/ports.ts'

const servers = kernelVirtualServers()

try {
  const batches: KernelChange[][] = JSON.parse(readFileSync(0, 'utf8'))
  const failures: { kind: string; code: unknown; message: string }[] = []
  const tookMs: number[] = []
  for (const changes of batches) {
    const begun = performance.now()
    for (const { change, error } of await servers.apply(changes)) {
      const cause = error.cause instanceof Error && 'code' in error.cause ? error.cause.code : null
      failures.push({ kind: change.kind, code: cause, message: error.message })
    }
    tookMs.push(performance.now() - begun)
  }
  const begun = performance.now()
  const dump = await servers.dump()
  const dumpMs = performance.now() - begun
  const saved = execFileSync('ipvsadm', ['-Sn'], { encoding: 'utf8' })
  process.stdout.write(JSON.stringify({ failures, dump, saved, tookMs, dumpMs }))
} catch (cause) {
  if (!(cause instanceof HaError)) throw cause
  process.stdout.write(JSON.stringify({ refused: cause.code, message: cause.message }))
}
