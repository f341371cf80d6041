/** The one error class: the environment failed, and `code` (docs/errors.md) says which part of it. */
export class HaError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'HaError'
    this.code = code
  }
}

/** True when a system call failed with this errno name, e.g. `EEXIST`. */
export function isErrno(cause: unknown, name: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === name
}

/** What to show of anything thrown, with its chain of causes. */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const code = 'code' in thrown ? `${String(thrown.code)}: ` : ''
  const cause = thrown.cause === undefined ? '' : ` (${describeError(thrown.cause)})`
  return `${code}${thrown.message}${cause}`
}
