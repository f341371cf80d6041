/** The tables of docs/configuration.md, out of the keyword table that the parser works with. */
import {
  type Argument,
  type Consequence,
  childPath,
  findKeyword,
  type Keyword,
  keywordsOf,
  valuesNotInForce,
} from '#platform/config/keywords.ts'
import { bytesText, secondsText } from '#platform/config/quantity.ts'
import { table } from './page.ts'

/** Not in keepalived's language. */
const OWN = new Set(['site', 'vip_lease', 'event_bus', 'alert_sink'])

/** What takes effect, a table for each block. */
export function keywordsInForce(): string {
  return allPaths('')
    .map((path) => ({ path, keywords: wordsOf(path).filter(({ inForce }) => inForce) }))
    .filter(({ path, keywords }) => keywords.length > 0 && isInForce(path))
    .map(({ path, keywords }) => `### ${titleOf(path)}\n\n${table(['keyword', 'value', 'default'], keywords.map(row))}`)
    .join('\n\n')
}

/** What makes the parser leave its block out, with what to do instead. */
export function keywordsUnsafe(): string {
  const rows = grouped('unsafe').map(({ title, names, outcome, remedy }) => [title, names, outcome, remedy ?? ''])
  return table(['in', 'keyword', 'without it', 'what to do'], rows)
}

/** What costs protection, with what will not happen. */
export function keywordsUnprotected(): string {
  const rows = grouped('unprotected').map(({ title, names, outcome }) => [title, names, outcome])
  return table(['in', 'keyword', 'what follows'], rows)
}

/** What nobody would miss, a line for each block. */
export function keywordsHarmless(): string {
  const rows = allPaths('')
    .filter(isInForce)
    .map((path) => [titleOf(path), wordsOf(path).filter((keyword) => isMissing(keyword, 'harmless'))] as const)
    .filter(([, keywords]) => keywords.length > 0)
    .map(([title, keywords]) => [title, keywords.map(({ name }) => `\`${name}\``).join(', ')])
  return table(['in', 'keywords'], rows)
}

interface Group {
  title: string
  names: string
  outcome: string
  remedy: string | null
}

/** Keywords of a block that say the same share a line. */
function grouped(consequence: Consequence): Group[] {
  const groups = new Map<string, Group>()
  for (const path of allPaths('').filter(isInForce)) {
    const values = valuesNotInForce().flatMap((value) => (value.path === path ? [value.row] : []))
    for (const keyword of [...wordsOf(path), ...values].filter((each) => isMissing(each, consequence))) {
      const { outcome, remedy } = keyword
      const name = `\`${keyword.name.replace('=', ' ')}\``
      const key = `${path} ${outcome}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { title: titleOf(path), names: name, outcome, remedy })
      else group.names += `, ${name}`
    }
  }
  return [...groups.values()]
}

function isMissing({ inForce, consequence }: Keyword, wanted: Consequence): boolean {
  return !inForce && consequence === wanted
}

/** Blocks that are not in force do not get their words listed: all of them are without effect. */
function isInForce(path: string): boolean {
  if (path === '') return true
  const at = path.lastIndexOf('/')
  const [parent, name] = at === -1 ? ['', path] : [path.slice(0, at), path.slice(at + 1)]
  return findKeyword(parent, name)?.inForce === true && isInForce(parent)
}

function allPaths(path: string): string[] {
  const inner = wordsOf(path).filter(({ opens }) => opens !== null)
  return [path, ...inner.flatMap(({ name }) => allPaths(childPath(path, name)))]
}

function wordsOf(path: string): Keyword[] {
  return [...keywordsOf(path).values()].filter(({ name }) => !name.startsWith('('))
}

function titleOf(path: string): string {
  return path === '' ? 'Top level' : path.split('/').join(' / ')
}

function row({ name, key, args, opens, fallback, replacedBy }: Keyword): string[] {
  const notes = [
    ...(OWN.has(name) ? ["failoverd's own"] : []),
    ...(key === name ? [] : [`another name of \`${key}\``]),
    ...(replacedBy === null ? [] : ['out of use']),
  ]
  const values = args.map(argumentText).join(' ')
  const block = opens === 'block' ? '{ ... }' : opens === 'values' ? '{ one entry a line }' : ''
  const text = [values, block].filter((part) => part !== '').join(' ') || 'no value'
  return [`\`${name}\``, [text, ...notes].join('; '), fallback === null ? '' : `\`${fallback}\``]
}

function argumentText({ kind, min, max, choices, optional, many }: Argument): string {
  const count = many ? ' ...' : ''
  const text = `${kindText(kind, min, max, choices)}${count}`
  return optional && kind !== 'bool' ? `[${text}]` : text
}

function kindText(kind: Argument['kind'], min: number, max: number, choices: readonly string[]): string {
  switch (kind) {
    case 'int':
      return rangeText('number', min, max)
    case 'sec':
      return rangeText('seconds', min, max)
    case 'msec':
      return rangeText('milliseconds', min, max)
    case 'size':
      return `size ${bytesText(min)} to ${bytesText(max)}`
    case 'duration':
      return `duration ${secondsText(min)} to ${secondsText(max)}`
    case 'enum':
      return choices.map((choice) => `\`${choice}\``).join(', ')
    case 'bool':
      return '[`on`, `off`]'
    case 'ip':
      return 'address'
    case 'ip4':
      return 'IPv4 address'
    case 'ip6':
      return 'IPv6 address'
    case 'script':
      return 'command'
    case 'num':
      return rangeText('number', min, max)
    case 'ranges':
      return rangeText('number or range', min, max)
    case 'net':
    case 'net4':
    case 'net6':
      return 'address[/length]'
    case 'mac':
      return 'hardware address'
    case 'hex':
      return 'hexadecimal digits'
    case 'word':
    case 'rest':
      return 'text'
  }
}

const UNLIMITED = 4294967295

function rangeText(what: string, min: number, max: number): string {
  return max === UNLIMITED ? `${what} from ${min}` : `${what} ${min} to ${max}`
}
