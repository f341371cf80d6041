/** What a restarted notifier takes up again. */
import type { NotifierSnapshot } from '#schemas/notifier.ts'
import type { State } from './state.ts'

/** Version of the snapshot's shape. */
export const MEMORY_VERSION = 2

export function memoryOf({ mails, mailed, scripts, addresses }: State): NotifierSnapshot {
  return {
    mails: [...mails],
    mailed: [...mailed],
    scripts: scripts.map(({ about, ended }) => ({ about, ended: ended.map((argv) => [...argv]) })),
    addresses: Object.fromEntries(
      Object.entries(addresses).map(([name, known]) => [name, { ...known, present: [...known.present] }]),
    ),
  }
}

export function withMemory(state: State, { mails, mailed, scripts, addresses }: NotifierSnapshot): State {
  return {
    ...state,
    mails,
    mailed,
    addresses,
    scripts: scripts.map((each) => ({ ...each, started: [] })),
  }
}
