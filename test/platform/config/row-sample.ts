/** A statement for every row of the keyword table, and what it has to come to in the JSON form. */
import { type Argument, findKeyword, type Keyword, type Option } from '#platform/config/keywords/keywords.ts'

export interface Sample {
  text: string
  json: unknown
}

const WORDS: Readonly<Record<string, Sample>> = {
  time: { text: '200ms', json: '200ms' },
  mark: { text: '0x1/0xff', json: '0x1/0xff' },
  realms: { text: '7/web', json: '7/web' },
  ip: { text: '192.0.2.1', json: '192.0.2.1' },
  ip4: { text: '192.0.2.1', json: '192.0.2.1' },
  ip6: { text: '2001:db8::1', json: '2001:db8::1' },
  net: { text: '192.0.2.0/24', json: '192.0.2.0/24' },
  net4: { text: '192.0.2.0/24', json: '192.0.2.0/24' },
  net6: { text: '2001:db8::/32', json: '2001:db8::/32' },
  prefix: { text: 'all', json: 'default' },
  span: { text: '192.0.2.1-9', json: '192.0.2.1-192.0.2.9' },
  mac: { text: '02:00:5E:00:00:01', json: '02:00:5e:00:00:01' },
  hexmask: { text: 'C0xX', json: 'c0xx' },
  bool: { text: 'off', json: false },
  script: { text: '"/bin/echo one" nobody', json: { command: ['/bin/echo', 'one'], user: 'nobody' } },
  rest: { text: 'some words', json: 'some words' },
}

/** A value that the argument takes. */
export function sampleOf({ kind, min, max, longest, choices }: Argument): Sample {
  if (kind === 'enum') return { text: choices[0] ?? '', json: choices[0] }
  if (kind === 'word') return { text: 'sample'.slice(0, longest), json: 'sample'.slice(0, longest) }
  if (kind === 'hex') return { text: 'C0FFEE'.padEnd(min, '0'), json: 'c0ffee'.padEnd(min, '0') }
  if (kind === 'ranges') return { text: `${min}-${max}`, json: `${min}-${max}` }
  const fixed = WORDS[kind]
  if (fixed !== undefined) return fixed
  // Within the range, and no default of any.
  const number = Math.min(max, Math.max(min, 1))
  return { text: String(number), json: number }
}

/** What stands behind a keyword that uses all it can take; `replaced` puts another text in the place of one argument. */
export function argumentsSample(
  { args, options }: Keyword,
  replaced?: { of: Argument; by: string },
): { text: string; named: Record<string, unknown>; only: unknown } {
  const parts: string[] = []
  const named: Record<string, unknown> = {}
  const use = (argument: Argument): Sample =>
    replaced?.of === argument ? { text: replaced.by, json: null } : sampleOf(argument)
  for (const argument of args) {
    const { text, json } = use(argument)
    parts.push(text)
    named[argument.name] = argument.many ? [json] : json
  }
  for (const option of options) {
    const { text, json } = optionSample(option, use)
    if (option.inFront) parts.unshift(text)
    else parts.push(text)
    named[option.name] = json
  }
  return { text: parts.join(' '), named, only: named[args[0]?.name ?? ''] }
}

function optionSample({ words, argument }: Option, use: (argument: Argument) => Sample): Sample {
  const [word = ''] = words
  if (argument === null) return { text: word, json: words.length > 1 ? word : true }
  const { text, json } = use(argument)
  return { text: `${word} ${text}`, json }
}

/** The lines that open all blocks of a path, the words that open parts of an entry behind them. */
export function openBlocks(path: string): string[] {
  const names = path === '' ? [] : path.split('/')
  return names.map((name, index) => {
    const keyword = findKeyword(names.slice(0, index).join('/'), name)
    if (keyword === undefined) throw new Error(`no row for ${path}`)
    return `${name} ${argumentsSample(keyword).text}${keyword.parts ? '' : ' {'}`
  })
}

/** Texts just outside what a numeric argument takes, as many as it has limits. */
export function outsideOf({ kind, min, max }: Argument): string[] {
  const step = kind === 'sec' || kind === 'msec' ? 0.000001 : 1
  const below = Number((min - step).toFixed(6))
  return max === 4294967295 ? [String(below)] : [String(below), String(Number((max + step).toFixed(6)))]
}
