/** What a command has to say, and how it ends. */
export interface Outcome {
  /** 0 done, 1 failed, 2 wrong usage; more where a command says so. */
  status: number
  /** For standard output: the result. */
  out: string | Buffer
  /** For standard error: what is wrong. */
  err: string
}

export function done(out: string | Buffer, err = ''): Outcome {
  return { status: 0, out, err }
}

export function failed(err: string, out: string | Buffer = ''): Outcome {
  return { status: 1, out, err }
}
