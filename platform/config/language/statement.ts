import { FileLine, type Position, positionAt, type Text, textOf, type Word } from './text.ts'
import { firstWordOf, wordsBehind } from './tokens.ts'

/** What one line says, and the block it opens. */
export interface Statement {
  /** Its first word. */
  readonly name: string
  readonly keyword: Word
  /** The words behind it. */
  readonly args: readonly Word[]
  readonly text: Text
  /** What is wrong with its line has been reported. */
  readonly damaged: boolean
  /** What stands in its braces; null without braces. */
  block: Statement[] | null
  /** Where its opening brace is. */
  readonly openedAt: Position | null
}

/**
 * Most statements stand in a file as they are: of those only the place is kept, and their words are taken out of the
 * file whenever somebody asks. Kept, text and words would be half of what is kept of a large file.
 */
export class WrittenStatement implements Statement {
  readonly name: string
  block: Statement[] | null = null
  /** Where it stands in its line; the whole text where a definition made it. */
  readonly #place: FileLine | Text
  readonly #from: number
  readonly #to: number
  #brace: Text | null = null
  /** Where in the same line the brace is; -1: not there. */
  #braceAt = -1

  constructor(text: Text) {
    this.name = firstWordOf(text).value
    const { line, runs, damaged, offset, chars } = text
    this.#place = line instanceof FileLine && runs === null && !damaged ? line : text
    this.#from = offset
    this.#to = offset + chars.length
  }

  get text(): Text {
    return this.#place instanceof FileLine ? textOf(this.#place, this.#from, this.#to) : this.#place
  }

  get keyword(): Word {
    return firstWordOf(this.text)
  }

  get args(): readonly Word[] {
    return wordsBehind(this.keyword)
  }

  get damaged(): boolean {
    return this.#place instanceof FileLine ? false : this.#place.damaged
  }

  get openedAt(): Position | null {
    if (this.#brace !== null) return positionAt(this.#brace, 0)
    if (this.#braceAt === -1 || !(this.#place instanceof FileLine)) return null
    return positionAt(textOf(this.#place, this.#braceAt, this.#braceAt + 1), 0)
  }

  /** Its block begins with this brace. */
  open(brace: Text): void {
    if (brace.line === this.#place && brace.runs === null) this.#braceAt = brace.offset
    else this.#brace = brace
  }
}
