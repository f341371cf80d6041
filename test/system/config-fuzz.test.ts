import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const WORKER = fileURLToPath(new URL('../fuzz/config-worker.ts', import.meta.url))
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 1_000_000)

test('a million inputs come to diagnostics, never to an exception', async (context) => {
  const workers = availableParallelism()
  const share = Math.ceil(INPUTS / workers)
  // Another seed in each run sees other inputs; the one that breaks something is printed.
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
  context.diagnostic(`seed ${seed}: repeat with FUZZ_SEED=${seed}`)
  const done = await Promise.all(Array.from({ length: workers }, (_, index) => fuzz(seed + index, share)))
  assert.ok(done.reduce((sum, count) => sum + count, 0) >= INPUTS)
  context.diagnostic(`inputs: ${share * workers}`)
})

/** Runs one worker to its end; what it printed otherwise is the failure. */
async function fuzz(seed: number, share: number): Promise<number> {
  const worker = spawn(process.execPath, [WORKER, String(seed), String(share)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [printed, complaint, status] = await Promise.all([
    text(worker.stdout),
    text(worker.stderr),
    new Promise((resolve) => worker.on('close', resolve)),
  ])
  assert.equal(status, 0, complaint)
  return Number(printed)
}
