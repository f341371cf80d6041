import { pino } from 'pino'
import { verifyChain } from '#platform/chain.ts'
import { fakeClock } from '#platform/clock-fake.ts'
import { createOutbox, type Outbox } from '#platform/outbox.ts'
import type { OutboxRecord } from '#platform/outbox-queue.ts'
import type { OutboxLink } from '#platform/outbox-sender.ts'

const NAME = { site: 's', node: 'n' }
const log = pino({ level: 'silent' })

type Stream = ReturnType<typeof fakeStream>

/** An outbox on a fake clock, a spool that is an array, and a stream that can misbehave. */
export function given(options: { loaded?: Uint8Array[]; stream?: Stream; startMs?: number } = {}) {
  const clock = fakeClock(options.startMs ?? 0)
  const stream = options.stream ?? fakeStream()
  const lines: Uint8Array[] = [...(options.loaded ?? [])]
  const inFlightAtAppend: number[] = []
  let contents: () => Uint8Array[] = () => []
  const outbox = createOutbox({
    name: NAME,
    service: 'vrrp',
    boot: 'b',
    clock,
    log,
    loaded: options.loaded ?? [],
    openSpool(ask) {
      contents = ask
      return {
        append(line) {
          lines.push(line)
          inFlightAtAppend.push(stream.inFlight())
        },
        compact() {},
        settled: async () => undefined,
      }
    },
  })
  return {
    outbox,
    stream,
    clock,
    connect: () => outbox.attach(stream.link()),
    /** What a compacted spool would hold. */
    spooled: () => contents(),
    /** What a spool holds that was never compacted. */
    lines: () => lines,
    /** How many records were on their way whenever the spool was given a line. */
    inFlightAtAppend,
  }
}

function fakeStream() {
  let stored: OutboxRecord[] = []
  let storage: 'file' | 'memory' = 'file'
  let disk: OutboxRecord[] = []
  const copied: number[] = []
  let pretend = false
  let oldestMs: number | null = null
  const state = { held: null as PromiseWithResolvers<void> | null, flying: 0, lose: false, refuse: false, gone: false }
  const link = (): OutboxLink => ({
    async sight() {
      if (state.gone) throw new Error('stream not found')
      return { storage, last: stored.at(-1)?.bytes ?? null, oldestMs }
    },
    async store(record) {
      state.flying += 1
      await state.held?.promise
      state.flying -= 1
      if (state.refuse) throw new Error('no space left')
      const duplicate = stored.some(({ envelope }) => envelope.id === record.envelope.id)
      if (pretend) {
        pretend = false
        return { duplicate: true }
      }
      if (!duplicate) stored.push(record)
      if (state.lose) {
        state.lose = false
        throw new Error('timeout')
      }
      return { duplicate }
    },
    copy: ({ envelope }) => void copied.push(envelope.sequence),
  })
  return {
    link,
    hold() {
      state.held = Promise.withResolvers()
    },
    letGo() {
      state.held?.resolve()
      state.held = null
    },
    loseAcknowledgement() {
      state.lose = true
    },
    /** The next record is called known, and is not stored. */
    pretendDuplicate() {
      pretend = true
    },
    refuse(yes: boolean) {
      state.refuse = yes
    },
    vanish(yes: boolean) {
      state.gone = yes
    },
    /** Another server's stream: memory is empty each time, and so is a disk that nothing was written to. */
    become(kind: 'file' | 'memory') {
      if (storage === 'file') disk = kind === 'memory' ? stored : []
      stored = kind === 'memory' ? [] : disk
      storage = kind
    },
    /** Limits made all events of this source leave; the oldest of another one came at this moment. */
    forget(atMs: number) {
      stored = []
      oldestMs = atMs
    },
    inFlight: () => state.flying,
    copies: () => copied,
    sequences: () => stored.map(({ envelope }) => envelope.sequence),
    ids: () => stored.map(({ envelope }) => envelope.id),
    bytes: () => stored.map(({ bytes }) => bytes),
    fault: () => verifyChain(stored.map(({ bytes }) => bytes)).fault,
  }
}

export function draft(index: number) {
  return { service: 'vrrp' as const, entity: 'VI_1', data: { type: 'BecameMaster', index } }
}

export function publish(outbox: Outbox, count: number): void {
  for (let index = 0; index < count; index += 1) outbox.publish(draft(index), null)
}

/** Lets every promise that can go on go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
