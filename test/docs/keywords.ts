/** The tables of docs/configuration.md, out of the keyword table that the parser works with. */
import { fallbackText } from '#platform/config/keywords/fallback.ts'
import {
  type Consequence,
  childPath,
  findKeyword,
  type Keyword,
  keywordPaths,
  keywordsOf,
  valuesNotInForce,
} from '#platform/config/keywords/keywords.ts'
import { usageOf } from '#platform/config/keywords/usage.ts'
import { table } from './page.ts'

/** Not in keepalived's language. */
const OWN = new Set(['site', 'vip_lease', 'fast_detection', 'flap_damping', 'event_bus', 'alert_sink'])

/** Every keyword, a table for each block. */
export function keywordReference(): string {
  const seen = new Map<string, string>()
  return keywordPaths()
    .map((path) => {
      const rows = table(['keyword', 'value', 'default', 'what it does'], [...keywordsOf(path).values()].map(row))
      const twin = seen.get(rows)
      if (twin === undefined) seen.set(rows, path)
      return `### ${titleOf(path)}\n\n${twin === undefined ? rows : `As in ${titleOf(twin)}.`}`
    })
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

function defaultText(fallback: string | null): string {
  if (fallback === null) return ''
  const told = fallbackText(fallback)
  return told === fallback ? `\`${told}\`` : told
}

function row({ name, key, meaning, fallback, replacedBy, inForce, since, ...keyword }: Keyword): string[] {
  const notes = [
    ...(OWN.has(name) ? ["failoverd's own"] : []),
    ...(key === name ? [] : [`another name of \`${key}\``]),
    ...(replacedBy === null ? [] : [replacedBy === '' ? 'out of use' : `out of use: write \`${replacedBy}\``]),
    ...(since === null ? [] : [`keepalived has it since ${since}`]),
    ...(inForce ? [] : ['**not in force yet**']),
  ]
  const text = [meaning, ...notes.map((note) => `(${note})`)].filter((part) => part !== '').join(' ')
  const usage = usageOf({ name, key, meaning, fallback, replacedBy, inForce, since, ...keyword })
  return [`\`${name}\``, usage, defaultText(fallback), text]
}
