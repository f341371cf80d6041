/**
 * Every keyword of the language, declared once: parsing, ranges, defaults, diagnostics and suggestions all follow from
 * these rows. One row of a keywords-*.ts table:
 *
 *     [mark] name[, name...]  argument...  [= default]  [> replacement]  [@canonical]  [: outcome [| remedy]]
 *
 * Marks: `+` is in force; the rest is recognised, and has no effect yet. `!` then leaves something unprotected that the
 * operator counts on, `x` makes it unsafe to run its block at all, no mark means no harm. The outcome says what will not
 * happen; it and the remedy may stand on lines of their own. `name=value` is a single value of a keyword in force.
 *
 * Arguments: word, ip, ip4, ip6, int:MIN..MAX, sec:MIN..MAX (decimal seconds), msec:MIN..MAX, enum:A|B (`/i` ignores
 * case), bool (true when missing), script, flag (none); `?` optional, `*` any number, `+` one or more. `block` and `values` open braces:
 * statements, or one entry a line. `@` stores under another name; `>` names what replaces a deprecated word, `-` nothing.
 */
import * as checker from './keywords-checker.ts'
import * as global from './keywords-global.ts'
import * as routes from './keywords-routes.ts'
import * as vrrp from './keywords-vrrp.ts'

export interface Argument {
  kind: 'word' | 'ip' | 'ip4' | 'ip6' | 'int' | 'sec' | 'msec' | 'enum' | 'bool' | 'script'
  min: number
  max: number
  choices: readonly string[]
  ignoreCase: boolean
  optional: boolean
  many: boolean
}

/**
 * unprotected: the rest works, and something is not done that the operator counts on. unsafe: other nodes would not
 * understand this one, or it would act in the wrong place, so that what the keyword stands in must not run.
 */
export type Consequence = 'harmless' | 'unprotected' | 'unsafe'

export interface Keyword {
  name: string
  /** The name its value is stored under. */
  key: string
  args: readonly Argument[]
  opens: 'block' | 'values' | null
  inForce: boolean
  /** What comes of its having no effect; 'harmless' when in force. */
  consequence: Consequence
  /** Says so: what will not happen, or would. Empty where it is harmless. */
  outcome: string
  remedy: string | null
  fallback: string | null
  /** What to write instead; the empty text when nothing is needed any more. */
  replacedBy: string | null
}

const CONSEQUENCES: Readonly<Record<string, Consequence>> = { '!': 'unprotected', x: 'unsafe' }

const TRACKED = ['track_interface', 'track_script', 'track_file', 'track_process', 'track_bfd']
const RS = 'virtual_server/real_server'

/** Rows by the path of their block; the root's is empty. */
const ROWS: Readonly<Record<string, string>> = {
  '': global.ROOT,
  global_defs: global.GLOBAL_DEFS,
  vrrp_instance: vrrp.VRRP_INSTANCE,
  'vrrp_instance/authentication': vrrp.AUTHENTICATION,
  'vrrp_instance/auth_hmac': vrrp.AUTH_HMAC,
  'vrrp_instance/unicast_peer': vrrp.UNICAST_PEER,
  'vrrp_instance/virtual_ipaddress': vrrp.ADDRESS_ENTRY,
  'vrrp_instance/virtual_ipaddress_excluded': vrrp.ADDRESS_ENTRY,
  'vrrp_instance/virtual_routes': routes.ROUTE_ENTRY,
  'vrrp_instance/virtual_rules': routes.RULE_ENTRY,
  static_ipaddress: vrrp.ADDRESS_ENTRY,
  static_routes: routes.ROUTE_ENTRY,
  static_rules: routes.RULE_ENTRY,
  linkbeat_interfaces: vrrp.TRACKED,
  interface_up_down_delays: vrrp.TRACKED,
  vrrp_sync_group: vrrp.SYNC_GROUP,
  vrrp_script: vrrp.VRRP_SCRIPT,
  vrrp_track_process: vrrp.TRACK_PROCESS,
  track_file: vrrp.TRACK_FILE,
  vrrp_track_file: vrrp.TRACK_FILE,
  track_group: vrrp.TRACK_GROUP,
  bfd_instance: vrrp.BFD_INSTANCE,
  garp_group: vrrp.GARP_GROUP,
  SSL: vrrp.TLS_MATERIAL,
  virtual_server: checker.VIRTUAL_SERVER,
  virtual_server_group: checker.VIRTUAL_SERVER_GROUP,
  [RS]: checker.REAL_SERVER,
  [`${RS}/TCP_CHECK`]: checker.TCP_CHECK,
  [`${RS}/HTTP_GET`]: checker.HTTP_GET,
  [`${RS}/HTTP_GET/url`]: checker.URL,
  [`${RS}/SSL_GET`]: checker.SSL_GET,
  [`${RS}/SSL_GET/url`]: checker.SSL_URL,
  [`${RS}/SMTP_CHECK`]: checker.SMTP_CHECK,
  [`${RS}/SMTP_CHECK/host`]: checker.CONNECTION_HOST,
  [`${RS}/DNS_CHECK`]: checker.DNS_CHECK,
  [`${RS}/MISC_CHECK`]: checker.MISC_CHECK,
  [`${RS}/PING_CHECK`]: checker.PING_CHECK,
  [`${RS}/UDP_CHECK`]: checker.UDP_CHECK,
  [`${RS}/BFD_CHECK`]: checker.BFD_CHECK,
  [`${RS}/FILE_CHECK`]: checker.FILE_CHECK,
  ...Object.fromEntries(
    ['vrrp_instance', 'vrrp_sync_group'].flatMap((block) => TRACKED.map((name) => [`${block}/${name}`, vrrp.TRACKED])),
  ),
}

const ALL: readonly (readonly [path: string, rows: Keyword[]])[] = Object.entries(ROWS).map(([path, rows]) => [
  path,
  parseRows(rows),
])

const TABLE: ReadonlyMap<string, ReadonlyMap<string, Keyword>> = new Map(
  ALL.map(([path, rows]) => [path, byName(rows.filter(({ name }) => !name.includes('=')))]),
)

/** Rows of single values: `auth_type=AH`. */
const VALUES: ReadonlyMap<string, ReadonlyMap<string, Keyword>> = new Map(
  ALL.map(([path, rows]) => [path, byName(rows.filter(({ name }) => name.includes('=')))]),
)

const NO_KEYWORDS: ReadonlyMap<string, Keyword> = new Map()

/** The keywords a block knows, by name; empty for a block that holds entries only, or that nobody knows. */
export function keywordsOf(path: string): ReadonlyMap<string, Keyword> {
  return TABLE.get(path) ?? NO_KEYWORDS
}

export function findKeyword(path: string, name: string): Keyword | undefined {
  return TABLE.get(path)?.get(name)
}

/** The row of a value that a keyword in force takes and failoverd does not honour. */
export function findValue(path: string, name: string, value: string): Keyword | undefined {
  return VALUES.get(path)?.get(`${name}=${value}`)
}

/** Every row of single values with its block: what is in force but for these. */
export function valuesNotInForce(): { path: string; row: Keyword }[] {
  return [...VALUES].flatMap(([path, rows]) => [...rows.values()].map((row) => ({ path, row })))
}

/** Paths of every block that has keywords of its own, nearest to the root first. */
export function blockPaths(): string[] {
  return [...TABLE.keys()].filter((path) => findKeyword(path, '(entry)') === undefined)
}

/** The path of a block inside another. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`
}

function parseRows(rows: string): Keyword[] {
  const lines = rows
    .replace(/\n\s+(?=[:|] )/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.flatMap(parseRow)
}

function byName(rows: readonly Keyword[]): Map<string, Keyword> {
  return new Map(rows.map((keyword) => [keyword.name, keyword]))
}

function parseRow(line: string): Keyword[] {
  const mark = /^[+!x] /.test(line) ? line.slice(0, 1) : ''
  const [declaration = '', text = ''] = line.slice(mark.length).split(' : ')
  const [outcome = '', remedy = null] = text.split(' | ')
  const words = declaration.trim().split(/\s+/)
  const names: string[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    names.push(word.replace(/,$/, ''))
    if (!word.endsWith(',')) break
  }
  const replacedBy = after(words, '>')
  const fallback = after(words, '=')
  const canonical = words.find((word) => word.startsWith('@'))?.slice(1)
  const opens = words.includes('values') ? 'values' : words.includes('block') ? 'block' : null
  const args = words.filter((word) => !/^(@.*|block|values|flag)$/.test(word)).map(parseArgument)
  return names.map((name) => ({
    name,
    key: canonical ?? name,
    args,
    opens,
    inForce: mark === '+',
    consequence: CONSEQUENCES[mark] ?? 'harmless',
    outcome,
    remedy,
    fallback,
    replacedBy: replacedBy === '-' ? '' : replacedBy,
  }))
}

/** Takes `SIGN value` out of the words. */
function after(words: string[], sign: string): string | null {
  const at = words.indexOf(sign)
  return at === -1 ? null : (words.splice(at, 2)[1] ?? null)
}

function parseArgument(word: string): Argument {
  const match = /^(word|ip4|ip6|ip|int|sec|msec|enum|bool|script)(?::(.*?))?(\/i)?([?*+])?$/.exec(word)
  if (match === null) throw new Error(`keyword table: cannot read argument ${word}`)
  const [, kind, detail = '', caseless, count] = match
  const [low = '', high = ''] = detail.split('..')
  return {
    kind: argumentKind(kind),
    min: kind === 'enum' || low === '' ? 0 : Number(low),
    // Where no upper limit is documented it is that of an unsigned 32-bit number.
    max: kind === 'enum' || high === '' ? 4294967295 : Number(high),
    choices: kind === 'enum' ? detail.split('|') : [],
    ignoreCase: caseless !== undefined,
    optional: kind === 'bool' || count === '?' || count === '*',
    many: count === '*' || count === '+',
  }
}

function argumentKind(kind: string | undefined): Argument['kind'] {
  switch (kind) {
    case 'ip':
    case 'ip4':
    case 'ip6':
    case 'int':
    case 'sec':
    case 'msec':
    case 'enum':
    case 'bool':
    case 'script':
      return kind
  }
  return 'word'
}
