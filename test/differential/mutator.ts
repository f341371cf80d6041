/** Configurations as people break them: from real files, by a seed, the same ones in every run. */

/** Numbers from 0 up to but not including `below`. */
export type Dice = (below: number) => number

/** Mulberry32: small, and the same on every machine. */
export function seededDice(seed: number): Dice {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** What is done to the lines of a file; in place, and nothing where the file has no such thing. */
type Mutation = (lines: string[], dice: Dice) => void

const BAD_NUMBERS = ['0', '-1', '256', '300', '65536', '99999999999', '1.5', '0x10', '010', '10x', 'ten', '']

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'drop a brace': (lines, dice) => editMatch(lines, dice, /[{}]/, () => ''),
  'double a brace': (lines, dice) => editMatch(lines, dice, /[{}]/, (brace) => `${brace} ${brace}`),
  'move a brace to the next line': (lines, dice) => editMatch(lines, dice, /\{/, () => '\n{'),
  'swap two words': (lines, dice) => editMatch(lines, dice, /(\S+)([ \t]+)(\S+)/, swapWords),
  'misspell a word': (lines, dice) => editMatch(lines, dice, /[A-Za-z_]{4,}/, (word) => misspell(word, dice)),
  'put in a bad number': (lines, dice) =>
    editMatch(lines, dice, /(?<=\s)\d+(?=\s*$)/, () => BAD_NUMBERS[dice(BAD_NUMBERS.length)] ?? ''),
  'change a digit': (lines, dice) => editMatch(lines, dice, /\d/, () => String(dice(10))),
  'cut a line': (lines, dice) => editLine(lines, dice, (line) => line.slice(0, dice(line.length + 1))),
  'cut the file': (lines, dice) => void lines.splice(1 + dice(lines.length)),
  'delete a line': (lines, dice) => void lines.splice(dice(lines.length), 1),
  'repeat a line': (lines, dice) => editLine(lines, dice, (line) => `${line}\n${line}`),
  'swap two lines': swapLines,
  'repeat a block': (lines, dice) => copyBlock(lines, dice, 'behind itself'),
  'put a block into another': (lines, dice) => copyBlock(lines, dice, 'anywhere'),
  'remove quotes': (lines, dice) => editMatch(lines, dice, /"/, () => ''),
  'put in a quote': (lines, dice) => editMatch(lines, dice, /(?<=\s)\S/, (char) => `"${char}`),
  'join two lines': joinLines,
  'drop a word': (lines, dice) => editMatch(lines, dice, /\S+[ \t]*/, () => ''),
  'comment a line out': (lines, dice) => editLine(lines, dice, (line) => `#${line}`),
}

export const MUTATION_NAMES: readonly string[] = Object.keys(MUTATIONS)

export interface Mutant {
  /** What was done, for people. */
  deeds: string[]
  text: string
}

/** One to three mutations of a file. */
export function mutate(text: string, dice: Dice): Mutant {
  const lines = text.split('\n')
  const deeds: string[] = []
  for (let left = 1 + dice(3); left > 0; left--) {
    const deed = MUTATION_NAMES[dice(MUTATION_NAMES.length)] ?? ''
    MUTATIONS[deed]?.(lines, dice)
    deeds.push(deed)
  }
  return { deeds, text: lines.join('\n') }
}

/** Indexes of lines that say something. */
function telling(lines: readonly string[], wanted = /^\s*[^\s#!]/): number[] {
  return lines.flatMap((line, index) => (wanted.test(line) && /^\s*[^\s#!]/.test(line) ? [index] : []))
}

function pick<T>(choices: readonly T[], dice: Dice): T | undefined {
  return choices.length === 0 ? undefined : choices[dice(choices.length)]
}

function editLine(lines: string[], dice: Dice, edit: (line: string) => string): void {
  const index = pick(telling(lines), dice)
  if (index !== undefined) lines[index] = edit(lines[index] ?? '')
}

/** Edits one of the places in the file that match. */
function editMatch(lines: string[], dice: Dice, wanted: RegExp, edit: (match: string) => string): void {
  const index = pick(telling(lines, wanted), dice)
  if (index === undefined) return
  const line = lines[index] ?? ''
  const match = pick([...line.matchAll(new RegExp(wanted, 'g'))], dice)
  if (match === undefined) return
  lines[index] = line.slice(0, match.index) + edit(match[0]) + line.slice(match.index + match[0].length)
}

function swapWords(pair: string): string {
  return pair.replace(/^(\S+)(\s+)(\S+)$/, '$3$2$1')
}

function misspell(word: string, dice: Dice): string {
  const at = dice(word.length - 1)
  const [before, first, second, after] = [word.slice(0, at), word[at] ?? '', word[at + 1] ?? '', word.slice(at + 2)]
  const variants = [
    before + second + first + after,
    before + second + after,
    before + first + first + second + after,
    before + String.fromCharCode(97 + dice(26)) + second + after,
    before + first.toUpperCase() + second + after,
  ]
  return pick(variants, dice) ?? word
}

function swapLines(lines: string[], dice: Dice): void {
  const [one, other] = [pick(telling(lines), dice), pick(telling(lines), dice)]
  if (one === undefined || other === undefined) return
  const [first = '', second = ''] = [lines[one], lines[other]]
  lines[one] = second
  lines[other] = first
}

function joinLines(lines: string[], dice: Dice): void {
  const index = pick(telling(lines.slice(0, -1)), dice)
  if (index !== undefined) lines.splice(index, 2, `${lines[index]} ${lines[index + 1]}`)
}

/** Copies a block of at most 40 lines with its braces. */
function copyBlock(lines: string[], dice: Dice, where: 'behind itself' | 'anywhere'): void {
  const start = pick(telling(lines, /\{\s*$/), dice)
  if (start === undefined) return
  let depth = 0
  const length = lines.slice(start, start + 40).findIndex((line) => {
    depth += (line.match(/\{/g) ?? []).length - (line.match(/\}/g) ?? []).length
    return depth <= 0
  })
  if (length === -1) return
  const block = lines.slice(start, start + length + 1)
  lines.splice(where === 'anywhere' ? dice(lines.length) : start + length + 1, 0, ...block)
}
