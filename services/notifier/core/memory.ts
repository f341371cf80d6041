/** What a restarted notifier takes up again. */
import type { NotifierSnapshot } from '#schemas/notifier.ts'
import type { State } from './state.ts'

/** Version of the snapshot's shape. */
export const MEMORY_VERSION = 1

export function memoryOf({ mails, mailed, scripts }: State): NotifierSnapshot {
  return {
    mails: [...mails],
    mailed: [...mailed],
    scripts: scripts.map(({ about, ended }) => ({ about, ended: ended.map((argv) => [...argv]) })),
  }
}

export function withMemory(state: State, { mails, mailed, scripts }: NotifierSnapshot): State {
  return {
    ...state,
    mails,
    mailed,
    scripts: scripts.map((each) => ({ ...each, started: [] })),
  }
}
