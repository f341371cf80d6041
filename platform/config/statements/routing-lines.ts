/** Lines of virtual_routes, virtual_rules, static_routes and static_rules: where they are, and which of them can be used. */
import type { Word } from '../language/text.ts'
import { type Block, blocksOf } from './block.ts'
import { type Entry, optionOf, type Use } from './entries.ts'
import type { Value } from './values.ts'

export type Family = 4 | 6

/** What a rule does with its packets; it is one of them. */
export const ACTIONS: readonly string[] = ['table', 'goto', 'nop', 'blackhole', 'unreachable', 'prohibit', 'l3mdev']

/** What keepalived, and failoverd, mark their routes and rules with, by number and by name. */
const OURS: readonly (Value | undefined)[] = [18, 'keepalived']

export interface RoutingLine {
  entry: Entry
  /** The vrrp_instance it belongs to; null: it is static. */
  instance: Block | null
}

/** All lines of a kind in the order of the file. */
export function routingLines(root: Block, kind: 'routes' | 'rules'): RoutingLine[] {
  return root.blocks.flatMap((block): RoutingLine[] => {
    if (block.path === `static_${kind}`) return block.entries.map((entry) => ({ entry, instance: null }))
    if (block.path !== 'vrrp_instance') return []
    const lines = blocksOf(block, `virtual_${kind}`).flatMap(({ entries }) => entries)
    return lines.map((entry) => ({ entry, instance: block }))
  })
}

interface Said {
  word: Word
  of: Family
}

/** The family of a line, which its first address or word for it says, and the first one that is of the other family. */
export function familyOfLine(entry: Entry): { family: Family | null; stranger: Said | null } {
  const said = familiesOf(entry)
  const family = said[0]?.of ?? null
  return { family, stranger: said.find(({ of }) => of !== family) ?? null }
}

function familiesOf({ statement, values, uses }: Entry): Said[] {
  const said = [{ word: statement.keyword, of: familyOf(values[1]) }, ...uses.flatMap(familiesOfUse)]
  return said.flatMap(({ word, of }) => (of === null ? [] : { word, of }))
}

function familiesOfUse({ keyword, word, values, uses }: Use): { word: Word; of: Family | null }[] {
  switch (keyword.key) {
    case 'inet':
      return [{ word, of: 4 }]
    case 'inet6':
      return [{ word, of: 6 }]
    case 'via':
      // A gateway of the other family is written with it.
      return [{ word, of: values[0] === undefined ? familyOf(values[1]) : null }]
    case 'nexthop':
      return uses.flatMap(familiesOfUse)
    case 'src':
    case 'from':
    case 'to':
    case 'gw':
    case 'or':
      return [{ word, of: familyOf(values[0]) }]
    default:
      return []
  }
}

function familyOf(address: Value | undefined): Family | null {
  if (typeof address !== 'string' || address === 'default') return null
  return address.includes(':') ? 6 : 4
}

/** Whether a rule does not jump, or forwards as the kernel wants it. */
export function isForward(entry: Entry): boolean {
  const target = optionOf(entry, 'goto')
  const place = optionOf(entry, 'preference')
  return typeof target !== 'number' || (typeof place === 'number' && place < target)
}

/** Whether the protocol of the line counts: lines that are watched are recognised by ours. */
export function usesProtocol(entry: Entry): boolean {
  return OURS.includes(optionOf(entry, 'protocol')) || optionOf(entry, 'no_track') === true
}
