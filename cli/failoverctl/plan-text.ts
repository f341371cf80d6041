/** A plan on one screen: what is the same for many is said once. */
import type { Plan, PlannedChange } from './config-plan.ts'
import type { AddressChange } from './plan-addresses.ts'

/** Names of a list that are spelled out; of longer ones the first two and a count. */
const MOST_NAMES = 4

export function changesText({ addresses, changes, peers }: Plan): string {
  const blocks = (start: string) => blockLines(changes.filter(({ block }) => block.startsWith(start)))
  return [
    section('addresses', addressLines(addresses)),
    section('instances', blocks('vrrp_instance')),
    section('sync groups', blocks('vrrp_sync_group')),
    section('virtual servers', blocks('virtual_server')),
    section('the rest', [...blocks('global_defs'), ...blocks('event_bus')]),
    [summaryLine(changes)],
    peers.length === 0 ? [] : [peersLine(peers)],
  ]
    .flat()
    .join('\n')
    .trimEnd()
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines, '']
}

function addressLines(changes: AddressChange[]): string[] {
  return grouped(changes, ({ interrupts, ...change }) => `${mark(interrupts)} ${addressVerb(change)}`).map(
    ([verb, members]) => `${verb}: ${listed(members.map(addressObject))}`,
  )
}

function addressVerb({ kind, from, to }: Omit<AddressChange, 'interrupts'>): string {
  switch (kind) {
    case 'added':
      return `added to ${to?.instance}`
    case 'removed':
      return `removed from ${from?.instance}`
    case 'changed':
      return `changed in ${to?.instance}`
    case 'moved':
      return from?.instance === to?.instance
        ? `given up and elected anew in ${to?.instance}`
        : `moved from ${from?.instance} to ${to?.instance}`
  }
}

function addressObject({ kind, from, to }: AddressChange): string {
  return kind === 'changed' ? `${from?.words} -> ${to?.words}` : (to?.words ?? from?.words ?? '')
}

/** Blocks with the same changes are told together. */
function blockLines(changes: PlannedChange[]): string[] {
  const blocks = grouped(changes, ({ block }) => block).map(([block, own]) => ({ block, lines: linesOf(own) }))
  const shown = blocks.filter(({ lines }) => lines.length > 0)
  return grouped(shown, ({ lines }) => lines.join('\n')).flatMap(([lines, members]) => [
    `  ${named(members.map(({ block }) => block))}`,
    ...lines.split('\n'),
  ])
}

/** Parts with the same change are told together. Addresses that come and go have been told before. */
function linesOf(changes: PlannedChange[]): string[] {
  const told = changes.filter(({ part, keyword }) => !(part.startsWith('virtual_ipaddress') && keyword === ''))
  return grouped(told, (change) => `${change.part === ''} ${mark(change.interrupts)} ${changeText(change)}`).map(
    ([, members]) => {
      const [first] = members
      if (first === undefined) return ''
      const parts = members.map(shortPart).filter((part) => part !== '')
      const subject = parts.length === 0 ? '' : `${named(parts)}: `
      return `    ${mark(first.interrupts)} ${subject}${changeText(first)}`
    },
  )
}

/** A real server on its service's own port goes by its address, so that services with the same changes look the same. */
function shortPart({ block, part }: PlannedChange): string {
  const [, , port] = block.split(' ')
  return part.startsWith('real_server ') && part.endsWith(` ${port}`) ? part.slice(0, -` ${port}`.length) : part
}

function changeText({ kind, keyword, summary, note }: PlannedChange): string {
  const after = note === '' ? '' : ` (${note})`
  if (kind === 'changed') return `${keyword} ${summary === '' ? 'changed' : summary}${after}`
  if (kind === 'renamed') return `renamed ${summary}${after}`
  return `${keyword === '' ? '' : `${keyword} `}${kind}${after}`
}

function mark(interrupts: boolean): '!' | ' ' {
  return interrupts ? '!' : ' '
}

/** `real_server 10.0.0.1 80, 10.0.0.2 80 and 46 more` */
function named(names: string[]): string {
  const [first = '', ...others] = names
  const kind = first.slice(0, first.indexOf(' ') + 1)
  return listed([first, ...others.map((name) => (name.startsWith(kind) ? name.slice(kind.length) : name))])
}

function listed(names: string[]): string {
  if (names.length <= MOST_NAMES) return names.join(', ')
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
}

function grouped<T>(items: T[], key: (item: T) => string): [string, T[]][] {
  return [...Map.groupBy(items, key)]
}

function summaryLine(changes: PlannedChange[]): string {
  const hard = changes.filter(({ interrupts }) => interrupts).length
  const all = changes.length === 1 ? '1 change' : `${changes.length} changes`
  if (hard === 0) return `${all}, none of which interrupts traffic.`
  return `${all}; ${hard} of them (!) can interrupt traffic where this node is MASTER.`
}

function peersLine(names: string[]): string {
  return `Change the other routers of ${listed(names)} at the same time: until they have the same, they do not hear this one and become MASTER too.`
}
