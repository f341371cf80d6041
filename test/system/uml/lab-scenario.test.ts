import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { mustRun } from '../../../cli/lab/commands.ts'
import type { DirectorKind } from '../../../cli/lab/directors.ts'
import type { Happening } from '../../../cli/lab/happenings.ts'
import { addressOf, DIRECTORS } from '../../../cli/lab/hosts.ts'
import { createPaint } from '../../../cli/lab/paint.ts'
import { play, type StepResult } from '../../../cli/lab/player.ts'
import { buildRig } from '../../../cli/lab/rig.ts'
import { HAND_OVER, SCENARIO } from '../../../cli/lab/steps.ts'
import { createStory } from '../../../cli/lab/story.ts'
import { summaryLines } from '../../../cli/lab/summary.ts'

const MINUTE_MS = 60_000
const PAIRS: [DirectorKind, DirectorKind][] = [
  ['failoverd', 'failoverd'],
  ['keepalived', 'failoverd'],
  ['failoverd', 'keepalived'],
  ['keepalived', 'keepalived'],
]

interface Played {
  results: StepResult[]
  happenings: Happening[]
  /** The story as it was told, for a failure's message. */
  lines: string[]
  /** Adverts in what tshark makes of them: source, whether the checksum is good, what it warns of. */
  adverts: { source: string; version: string; checksum: string; warnings: string }[]
}

async function playWith(vos1: DirectorKind, vos2: DirectorKind): Promise<Played> {
  const lines: string[] = []
  const happenings: Happening[] = []
  const story = createStory({
    print: (line) => lines.push(line),
    paint: createPaint(false),
    now: Date.now,
    later: setImmediate,
  })
  const tell = (happening: Happening) => {
    happenings.push(happening)
    story.happened(happening)
  }
  const folder = mkdtempSync(join(tmpdir(), 'lab-adverts-'))
  const capture = join(folder, 'adverts.pcap')
  const rig = await buildRig({ kinds: { vos1, vos2 }, fetchEveryMs: 10, tell })
  try {
    const listener = await startCapture(rig.segment.bridgeNamespace, capture)
    const results = await play([...SCENARIO, ...HAND_OVER], { rig, story, happenings })
    await endCapture(listener)
    for (const line of summaryLines(results, createPaint(false))) console.log(line)
    return { results, happenings, lines, adverts: await dissect(capture) }
  } finally {
    await rig.close()
    rmSync(folder, { recursive: true })
  }
}

/** On the bridge itself, which hears every multicast of the segment. */
async function startCapture(namespace: string, file: string): Promise<ChildProcess> {
  const argv = ['netns', 'exec', namespace, 'tcpdump', '-i', 'lan', '-U', '-w', file, 'ip proto 112']
  const listener = spawn('ip', argv, { stdio: ['ignore', 'ignore', 'pipe'] })
  // "listening on lan, ...": from here on nothing is missed.
  await once(listener.stderr ?? listener, 'data')
  return listener
}

async function endCapture(listener: ChildProcess): Promise<void> {
  const ended = once(listener, 'exit')
  listener.kill('SIGINT')
  await ended
}

async function dissect(file: string): Promise<Played['adverts']> {
  const fields = ['ip.src', 'vrrp.version', 'vrrp.checksum.status', '_ws.expert.message']
  const columns = fields.flatMap((field) => ['-e', field])
  const text = await mustRun(['tshark', '-r', file, '-T', 'fields', '-E', 'separator=|', ...columns])
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [source = '', version = '', checksum = '', warnings = ''] = line.split('|')
      return { source, version, checksum, warnings }
    })
}

/** What tshark calls a checksum that it verified and found right. */
const GOOD_CHECKSUM = '1'

for (const [vos1, vos2] of PAIRS)
  test(`the scenario and a hand-over both ways, with ${vos1} on vos1 and ${vos2} on vos2`, {
    timeout: 5 * MINUTE_MS,
  }, async () => {
    const { results, happenings, lines, adverts } = await playWith(vos1, vos2)
    const faults = results.flatMap(({ step, faults }) => faults.map((fault) => `step ${step.label}: ${fault}`))
    assert.deepEqual(faults, [], lines.join('\n'))
    const complaints = happenings
      .filter(({ fact }) => fact === 'complaint')
      .map(({ host, words }) => `${host}: ${words}`)
    assert.deepEqual(complaints, [])
    for (const director of DIRECTORS) {
      const own = adverts.filter(({ source }) => source === addressOf(director))
      assert(own.length > 1, `${director} was heard ${own.length} times`)
      const odd = own.filter(
        ({ version, checksum, warnings }) => version !== '2' || checksum !== GOOD_CHECKSUM || warnings !== '',
      )
      assert.deepEqual(odd, [])
    }
  })
