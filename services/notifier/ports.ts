/** What the effects of notifier need from outside. */
import type { ScriptResult, ScriptStart } from '#platform/script-process.ts'

export interface Mail {
  server: { host: string; port: number }
  connectTimeoutMs: number
  heloName: string | null
  from: string
  /** All recipients, as the header names them. */
  to: readonly string[]
  /** Those who do not have it yet. */
  remaining: readonly string[]
  messageId: string
  subject: string
  body: string
}

export type MailResult =
  | { outcome: 'sent' }
  /**
   * To be tried again for those who are not in `delivered`. `by`: the server answered and put this mail off, or no
   * mail at all would have got through.
   */
  | { outcome: 'deferred'; by: 'answer' | 'silence'; reason: string; delivered: string[] }
  /** The server will never take it (5xx). */
  | { outcome: 'refused'; reason: string }

export interface Mailer {
  /** Never rejects. */
  send(mail: Mail): Promise<MailResult>
}

export type { ScriptResult }

export interface ScriptRun extends ScriptStart {
  /** Killed with its whole group when it runs longer; null: never. */
  limitMs: number | null
}

export interface Scripts {
  /** Starts at once, in this call; `onEnd` is called exactly once, later. */
  run(script: ScriptRun, onEnd: (result: ScriptResult) => void): void
  /** Resolves when every script with a limit has ended. */
  limitedEnded(): Promise<void>
}
