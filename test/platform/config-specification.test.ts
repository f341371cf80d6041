import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFallback } from '#platform/config/keywords/fallback.ts'
import { childPath, findKeyword, type Keyword, keywordsOf } from '#platform/config/keywords/keywords.ts'
import { parseValue } from '#platform/config/statements/values.ts'
import {
  choicesOf,
  defaultOf,
  limitsOf,
  NO_SPECIFICATION,
  ourChoices,
  ourLimits,
  readSpecification,
  type SpecifiedRow,
} from './config/specification.ts'

/** Lines of their own kind: they leave no statement, and docs/configuration.md explains them. */
const LINES = ['$NAME=', '@NAME', '@^NAME']

/** Where our table differs from the specification on purpose, by what differs and by row. */
const DIFFERENT: Readonly<
  Record<'known' | 'limits' | 'choices' | 'default' | 'shape' | 'replaced', Record<string, string>>
> = {
  known: {
    'vrrp_instance/virtual_routes (type)': 'the entry has it, in front of its destination',
    'vrrp_instance/virtual_routes default': 'a destination of the entry, as any and all are',
  },
  limits: {
    'vrrp_instance/authentication auth_pass': 'longer ones are cut, with a warning, as keepalived does',
    'virtual_server persistence_granularity': 'a netmask or a length, which is one word',
  },
  choices: {},
  default: {
    'global_defs nftables': 'the name where none is given; without the keyword there is no table',
    'global_defs nftables_ipvs': 'the name where none is given; without the keyword there is no table',
    'global_defs dbus_no_interface_name': 'the word none is the default, and not that there is none',
    'global_defs tmp_config_directory': 'memory, which has no path',
    'global_defs iproute_usr_dir': 'of the build, and failoverd has none',
    'global_defs iproute_etc_dir': 'of the build, and failoverd has none',
    'global_defs state_dump_file': 'made of several parts, which the meaning tells',
    'global_defs stats_dump_file': 'made of several parts, which the meaning tells',
    'global_defs json_dump_file': 'made of several parts, which the meaning tells',
    'vrrp_instance kernel_rx_buf_size': 'a size, which the policy is not',
    'vrrp_instance/virtual_routes protocol': 'keepalived is the name of 18',
    'virtual_server warmup': 'follows the delay_loop of the check, and not the one of the service',
    'virtual_server sorry_server_lvs_method': 'says nothing where there is no sorry_server',
    'bfd_instance hoplimit': 'another name of ttl, whose default depends on the family',
  },
  shape: {
    'vrrp_instance/virtual_routes nexthop': 'what belongs to it are rows of their own',
  },
  replaced: {
    'vrrp_track_file file': 'the block is out of use, which is said once',
    'vrrp_track_file weight': 'the block is out of use, which is said once',
    'vrrp_track_file init_file': 'the block is out of use, which is said once',
    'virtual_server/real_server/SMTP_CHECK host': 'what it held stands in its block, under the same names',
  },
}

interface Pair {
  row: SpecifiedRow
  keyword: Keyword
}

/** Every row that is a keyword, once for each of its names, with ours. */
function pairs(): Pair[] {
  return readSpecification().flatMap((row) =>
    LINES.includes(row.names[0] ?? '')
      ? []
      : row.names.flatMap((name) => {
          const keyword = findKeyword(row.path, name)
          return keyword === undefined ? [] : [{ row, keyword }]
        }),
  )
}

test('every keyword of the language is known in its block', { skip: NO_SPECIFICATION }, (context) => {
  const rows = readSpecification()
  const unknown = rows
    .filter(({ names }) => !LINES.includes(names[0] ?? ''))
    .filter(({ path, names }) => names.some((name) => findKeyword(path, name) === undefined))
    .map((row) => [row, 'unknown'] as const)
  expectOnly('known', unknown)
  assert.equal(rows.length, 647)
  context.diagnostic(`rows compared: ${rows.length}, ${LINES.length} of them lines of their own kind`)
})

test('limits are those of the language', { skip: NO_SPECIFICATION }, (context) => {
  const compared = pairs().flatMap(({ row, keyword }) => {
    const limits = limitsOf(row)
    const ours = ourLimits(row.path, keyword, limits)
    return limits.map((limit, index) => ({ row, of: limit, ours: ours[index] }))
  })
  const wrong = compared
    .filter(({ of, ours }) => ours?.min !== of.min || ours.max !== of.max)
    .map(
      ({ row, of, ours }) =>
        [row, `${of.option ?? ''} ${of.min}..${of.max} and not ${ours?.min}..${ours?.max}`] as const,
    )
  expectOnly('limits', wrong)
  context.diagnostic(`limits compared: ${compared.length}`)
  assert.ok(compared.length > 200)
})

test('what may be chosen from is what the language has', { skip: NO_SPECIFICATION }, (context) => {
  const compared = pairs().flatMap(({ row, keyword }) => {
    const choices = choicesOf(row)
    return choices === null ? [] : [{ row, choices, ours: ourChoices(keyword) }]
  })
  const wrong = compared
    .filter(({ choices, ours }) => choices.join() !== ours?.join())
    .map(({ row, choices, ours }) => [row, `${choices} and not ${ours}`] as const)
  expectOnly('choices', wrong)
  context.diagnostic(`enumerations compared: ${compared.length}`)
  assert.ok(compared.length >= 15)
})

test('defaults are those of the language', { skip: NO_SPECIFICATION }, (context) => {
  const compared = pairs().flatMap(({ row, keyword }) => {
    const wanted = defaultOf(row)
    if (wanted.type === 'words' || keyword.opens !== null) return []
    const ours = wanted.type === 'value' ? keyword.fallback : keyword.fallback && readFallback(keyword.fallback).source
    if (wanted.type === 'keyword') return [{ row, wanted: wanted.name, ours }]
    return [{ row, wanted: isWritable(keyword, wanted.value) ? wanted.value : null, ours }]
  })
  const wrong = compared
    .filter(({ wanted, ours }) => wanted !== ours && !sameNumber(wanted, ours))
    .map(({ row, wanted, ours }) => [row, `${wanted} and not ${ours}`] as const)
  expectOnly('default', wrong)
  context.diagnostic(`defaults compared: ${compared.length}`)
  assert.ok(compared.length > 400)
})

/** A default that nobody could write says that the keyword is off, as 0 does where the least is 1. */
function isWritable({ args: [argument] }: Keyword, value: string | null): boolean {
  return value === null || (argument !== undefined && parseValue(argument, value).ok)
}

function sameNumber(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== '' && Number(a) === Number(b)
}

test('blocks, switches and values are what the language says', { skip: NO_SPECIFICATION }, () => {
  const wrong = pairs()
    .filter(({ row }) => row.names[0] !== '(entry)')
    .map(({ row, keyword }) => [row, shapeOf(row), ourShape(row.path, keyword)] as const)
    .filter(([, wanted, ours]) => wanted !== ours)
    .map(([row, wanted, ours]) => [row, `${wanted} and not ${ours}`] as const)
  expectOnly('shape', wrong)
})

type Shape = 'block' | 'switch' | 'bool' | 'script' | 'value'

function shapeOf({ args }: SpecifiedRow): Shape {
  if (/\bBLOCK\b/.test(args)) return 'block'
  if (args.startsWith('FLAG')) return 'switch'
  if (args === '[BOOL]') return 'bool'
  return /^\[?SCRIPT\b/.test(args) ? 'script' : 'value'
}

function ourShape(path: string, { name, opens, args, options }: Keyword): Shape {
  if (opens === 'block') return 'block'
  if (opens === 'values') return keywordsOf(childPath(path, name)).size > 0 || args.length === 0 ? 'block' : 'value'
  if (args.length + options.length === 0) return 'switch'
  const [first] = args
  return first?.kind === 'bool' ? 'bool' : first?.kind === 'script' ? 'script' : 'value'
}

test('what is out of use says what to write instead', { skip: NO_SPECIFICATION }, (context) => {
  const compared = pairs().map(({ row, keyword }) => ({
    row,
    wanted: row.replacedBy === '' ? null : row.replacedBy.replace(/^\(.*\)$/, ''),
    ours: keyword.replacedBy,
  }))
  const wrong = compared
    .filter(({ wanted, ours }) => wanted !== ours)
    .map(({ row, wanted, ours }) => [row, `${wanted} and not ${ours}`] as const)
  expectOnly('replaced', wrong)
  context.diagnostic(`words out of use: ${compared.filter(({ wanted }) => wanted !== null).length}`)
})

test('every row has a meaning of its own words', { skip: NO_SPECIFICATION }, (context) => {
  const all = pairs()
  const silent = all.filter(({ keyword }) => keyword.meaning === '').map(({ row }) => row.title)
  const copied = all
    .filter(({ row, keyword }) => isCopied(plain(keyword.meaning), plain(row.meaning)))
    .map(({ row }) => row.title)
  context.diagnostic(`meanings compared: ${all.length}, missing: ${silent.length}`)
  assert.deepEqual({ silent, copied }, { silent: [], copied: [] })
})

/** Of short ones only the whole counts: there are few words for `the address`. */
function isCopied(ours: string, theirs: string): boolean {
  return ours === theirs || (theirs.split(' ').length >= 6 && ours.includes(theirs))
}

/** The words alone. */
function plain(text: string): string {
  return (
    text
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.join(' ') ?? ''
  )
}

/** That nothing is different but what is meant to be, and that all of that is. */
function expectOnly(what: keyof typeof DIFFERENT, wrong: readonly (readonly [SpecifiedRow, string])[]): void {
  const meant = DIFFERENT[what]
  const found = wrong.filter(([row]) => meant[row.title] === undefined)
  const titles = new Set(wrong.map(([row]) => row.title))
  assert.deepEqual(
    {
      different: found.map(([row, text]) => `${row.title}: ${text}`),
      gone: Object.keys(meant).filter((title) => !titles.has(title)),
    },
    { different: [], gone: [] },
  )
}
