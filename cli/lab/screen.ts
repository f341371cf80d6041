/** Lines that appear while somebody may be typing at a prompt. */
export interface Screen {
  print(line: string): void
  /** Shows the prompt; lines printed from now on go above it. */
  ask(): void
  /** A line was typed: what follows answers it. */
  typed(): void
}

const PROMPT = 'lab> '

export function createScreen(write: (text: string) => void, terminal: boolean): Screen {
  let asking = false
  return {
    print(line) {
      if (!asking) return write(`${line}\n`)
      write(`\r${line.padEnd(PROMPT.length)}\n${PROMPT}`)
    },
    ask() {
      if (!terminal) return
      if (!asking) write(PROMPT)
      asking = true
    },
    typed() {
      asking = false
    },
  }
}
