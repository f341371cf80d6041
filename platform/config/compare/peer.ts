/**
 * The files of two nodes side by side: each may be right, and the two of them elect two masters. Nothing here is known to
 * a node, which has one file; it is for those who write both.
 */

import { collectFindings, type Diagnostic, type Findings } from '../findings/diagnostic.ts'
import { type Position, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, mergeBlocks, settingOf } from '../statements/block.ts'
import type { ConfigResult } from '../to-config.ts'
import { type Difference, difference } from './difference.ts'
import { placeOf, type Router, routersOf } from './peer-router.ts'
import { RULES } from './peer-rules.ts'

export interface NodeFile {
  path: string
  result: ConfigResult
}

/** What is wrong with the two of them together, told of our file; nothing when they agree. `nameOf`: what messages call a file. */
export function comparePeer(own: NodeFile, other: NodeFile, nameOf: (path: string) => string): Diagnostic[] {
  const findings = collectFindings()
  const peer = nameOf(other.path)
  const placeText = ({ file, line }: Position): string => `${nameOf(file)}:${line}`
  const [ours, theirs] = [routersOf(own.result.root), routersOf(other.result.root)]
  const pairs = pairsOf(ours, theirs)
  for (const [router, twin] of pairs) {
    for (const rule of RULES) rule({ own: router, other: twin, findings, placeText })
  }
  for (const router of ours.filter((each) => !pairs.has(each))) {
    const message = `${router.instance.name}: ${peer} has no such virtual router`
    const hint = 'no other node takes its addresses over from this one'
    findings.note({ code: 'PEER', at: placeOf(router, 'vrrp_instance'), keyword: 'vrrp_instance', message, hint })
  }
  const paired = new Set(pairs.values())
  for (const router of theirs.filter((each) => !paired.has(each))) {
    const message = `vrrp_instance ${router.instance.name} is only at ${placeText(placeOf(router, 'vrrp_instance'))}`
    findings.note({ code: 'PEER', at: topOf(own), keyword: 'vrrp_instance', message })
  }
  compareNames(own.result.root, other.result.root, placeText, findings)
  compareServices(own, other, peer, findings)
  return findings.list()
}

/** The place of what the file lacks. */
function topOf({ path }: NodeFile): Position {
  return { file: path, line: 1, column: 1, source: '' }
}

/** How sure it is that two instances are the same virtual router, best first. */
const LIKENESSES: readonly ((own: Router, other: Router) => boolean)[] = [
  (own, other) => sameNumber(own, other) && shareAddress(own, other),
  (own, other) => own.instance.name === other.instance.name,
  shareAddress,
  (own, other) => sameNumber(own, other) && own.instance.interface === other.instance.interface,
]

/** Each instance with its twin on the other node, if it has one there. */
function pairsOf(ours: readonly Router[], theirs: readonly Router[]): Map<Router, Router> {
  const pairs = new Map<Router, Router>()
  const taken = new Set<Router>()
  for (const alike of LIKENESSES) {
    for (const own of ours) {
      if (pairs.has(own)) continue
      const twin = theirs.find((other) => !taken.has(other) && alike(own, other))
      if (twin === undefined) continue
      pairs.set(own, twin)
      taken.add(twin)
    }
  }
  return pairs
}

function sameNumber(own: Router, other: Router): boolean {
  return own.family === other.family && own.instance.virtualRouterId === other.instance.virtualRouterId
}

function shareAddress(own: Router, other: Router): boolean {
  const there = other.lists.virtual_ipaddress
  return [...own.lists.virtual_ipaddress.keys()].some((address) => there.has(address))
}

/** Only names that are written: without router_id it is the host name, and each node has its own. */
function compareNames(own: Block, other: Block, placeText: (at: Position) => string, findings: Findings): void {
  const [here, there] = [own, other].map((root) => settingOf(mergeBlocks(blocksOf(root, 'global_defs')), 'router_id'))
  const name = here?.values[0]
  if (here === undefined || there === undefined || name === undefined || name !== there.values[0]) return
  const message = `router_id ${name} is that of the peer as well: mails and events do not tell which node they are from`
  const hint = `see ${placeText(wordPosition(there.statement.keyword))}`
  findings.note({ code: 'PEER', at: wordPosition(here.statement.keyword), keyword: 'router_id', message, hint })
}

/** Differences of a service that are named. */
const MOST_DIFFERENCES = 4

/** Whoever is MASTER should serve the same; a server in maintenance on one node alone may be meant. */
function compareServices(own: NodeFile, other: NodeFile, peer: string, findings: Findings): void {
  const [before, after] = [other.result.config, own.result.config]
  if (before === null || after === null) return
  const found = difference(before, after).filter(({ block }) => block.startsWith('virtual_server '))
  const places = servicePlaces(own.result.root)
  for (const [block, differences] of Map.groupBy(found, (each) => each.block)) {
    const at = places.get(block.slice(0, block.lastIndexOf(' '))) ?? topOf(own)
    findings.note({ code: 'PEER', at, keyword: 'virtual_server', message: `${block} ${inWords(differences, peer)}` })
  }
}

function inWords(differences: readonly Difference[], peer: string): string {
  const whole = differences.find(({ part, keyword }) => part === '' && keyword === '')
  if (whole !== undefined) return whole.kind === 'removed' ? `is only in ${peer}` : `is not in ${peer}`
  const words = differences.map(({ kind, part, keyword }) => {
    const what = [part, keyword].filter((word) => word !== '').join(' ')
    return kind === 'added' ? `${what} (only here)` : kind === 'removed' ? `${what} (only there)` : what
  })
  const more = words.length > MOST_DIFFERENCES ? ` and ${words.length - MOST_DIFFERENCES} more` : ''
  return `differs from that in ${peer}: ${words.slice(0, MOST_DIFFERENCES).join(', ')}${more}`
}

/** Where services are defined, by address and port as differences have them: one of another protocol is near enough. */
function servicePlaces(root: Block): Map<string, Position> {
  const places = new Map<string, Position>()
  for (const { statement, values } of blocksOf(root, 'virtual_server')) {
    if (statement !== null) places.set(`virtual_server ${values[0]} ${values[1]}`, wordPosition(statement.keyword))
  }
  return places
}
