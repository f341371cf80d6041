/** What two nodes of a virtual router have to agree on, and what they must not have in common. */

import type { Findings } from '../findings/diagnostic.ts'
import type { Position } from '../language/text.ts'
import { settingsOf } from '../statements/block.ts'
import { type AddressList, type ListName, placeOf, type Router, type Signature } from './peer-router.ts'

/** The same virtual router on two nodes; findings are about our file. */
export interface Pair {
  own: Router
  other: Router
  findings: Findings
  /** A place in the other file, in words. */
  placeText(at: Position): string
}

export const RULES: readonly ((pair: Pair) => void)[] = [
  compareNumbers,
  comparePriorities,
  compareStates,
  comparePreemption,
  compareVersions,
  compareIntervals,
  compareSignatures,
  compareDestinations,
  comparePeers,
  compareTimers,
  compareChecksums,
  compareAddresses,
]

const BOTH = 'and both become MASTER'

interface Difference {
  keyword: string
  message: string
  remedy?: string
  /** Where, if the keyword does not say. */
  at?: Position
  /** The other's keyword, where it is another one. */
  there?: string
}

function warn(pair: Pair, difference: Difference): void {
  pair.findings.warning(findingOf(pair, difference))
}

function findingOf(pair: Pair, { keyword, message, remedy, at, there = keyword }: Difference) {
  const { own, other, placeText } = pair
  const see = `see ${placeText(placeOf(other, there))}`
  return {
    code: 'PEER',
    at: at ?? placeOf(own, keyword),
    keyword,
    message: `${own.instance.name}: ${message}`,
    hint: remedy === undefined ? see : `${see}; ${remedy}`,
  }
}

function compareNumbers(pair: Pair): void {
  const [here, there] = [pair.own.instance.virtualRouterId, pair.other.instance.virtualRouterId]
  if (here === there) return
  const message = `virtual_router_id ${here}, and the peer has ${there}: to each other they are strangers, ${BOTH}`
  warn(pair, { keyword: 'virtual_router_id', message })
}

function comparePriorities(pair: Pair): void {
  const { priority } = pair.own.instance
  if (priority !== pair.other.instance.priority) return
  const message = `priority ${priority} is that of the peer as well: which one becomes MASTER is left to their addresses`
  warn(pair, { keyword: 'priority', message, remedy: 'give one of them another' })
}

function compareStates(pair: Pair): void {
  const [own, other] = [pair.own, pair.other].map(({ block }) =>
    settingsOf(block, 'state').some(({ values }) => values[0] === 'MASTER'),
  )
  if (!own || !other) return
  const message = 'state MASTER is that of the peer as well, and only one of them can be it'
  warn(pair, { keyword: 'state', message, remedy: 'with state BACKUP on both the priority decides' })
}

/** Tracking can turn the order round, so this may be meant. */
function comparePreemption(pair: Pair): void {
  const [own, other] = [pair.own.instance, pair.other.instance]
  const [low, high] = own.priority < other.priority ? [own, other] : [other, own]
  if (low.priority === high.priority || low.preempt || !high.preempt) return
  const keyword = low === own ? 'nopreempt' : 'priority'
  const there = low === own ? 'priority' : 'nopreempt'
  const whose =
    low === own ? 'nopreempt has no effect, for the peer has' : 'nopreempt of the peer has no effect, for here is'
  const message = `${whose} the higher priority and preempts`
  pair.findings.note(findingOf(pair, { keyword, there, message, remedy: 'it is for the node of the higher priority' }))
}

function compareVersions(pair: Pair): void {
  const [here, there] = [pair.own.instance.version, pair.other.instance.version]
  if (here === there) return
  const message = `version ${here}, and the peer has ${there}: neither understands the other, ${BOTH}`
  warn(pair, { keyword: 'version', message })
}

/** Version 3 goes by the interval of the MASTER. */
function compareIntervals(pair: Pair): void {
  const [own, other] = [pair.own.instance, pair.other.instance]
  if (own.version !== 2 || other.version !== 2 || own.advertIntervalMs === other.advertIntervalMs) return
  const [here, there] = [own.advertIntervalMs / 1_000, other.advertIntervalMs / 1_000]
  const message = `advert_int ${here}, and the peer has ${there}: version 2 drops such adverts, ${BOTH}`
  warn(pair, { keyword: 'advert_int', message })
}

function compareSignatures(pair: Pair): void {
  const { own, other } = pair
  const [here, there] = [own.signature, other.signature]
  // That they do not understand each other has been said.
  if (own.instance.version !== other.instance.version) return
  const [keyword, elsewhere] = [here, there].map(blockOf)
  if (keyword === undefined || elsewhere === undefined) return
  const dropped = `each drops the adverts of the other, ${BOTH}`
  if (here.type !== there.type) {
    const message = `${WORDS[here.type]}, and the peer has ${WORDS[there.type]}: ${dropped}`
    warn(pair, { keyword: here.type === 'none' ? elsewhere : keyword, there: elsewhere, message })
  } else if (!there.accepts.includes(here.sends) || !here.accepts.includes(there.sends)) {
    const what = here.type === 'HMAC' ? 'the keys of auth_hmac are not those' : 'auth_pass is not that'
    warn(pair, { keyword, message: `${what} of the peer: ${dropped}` })
  }
}

const WORDS = { none: 'no authentication', PASS: 'auth_type PASS', AH: 'auth_type AH', HMAC: 'auth_hmac' } as const

function blockOf({ type }: Signature): string {
  return type === 'HMAC' ? 'auth_hmac' : 'authentication'
}

function compareDestinations(pair: Pair): void {
  const { own, other } = pair
  const [here, there] = [own, other].map(({ unicastPeers: { length } }) =>
    length > 0 ? 'unicast_peer' : 'mcast_dst_ip',
  )
  if (here === undefined || there === undefined || own.family !== other.family) return
  const [to, from] = [own, other].map(destinationOf)
  if (to === from) return
  const message = `its adverts go to ${to}, those of the peer to ${from}: neither hears the other, ${BOTH}`
  warn(pair, { keyword: here, there, message })
}

function destinationOf({ unicastPeers, instance }: Router): string {
  return unicastPeers.length > 0 ? 'unicast peers' : `the group ${instance.multicastGroup}`
}

/** Each names the other's source address; without unicast_src_ip that is one of the interface, which no file tells. */
function comparePeers(pair: Pair): void {
  const { own, other } = pair
  if (own.unicastPeers.length === 0 || other.unicastPeers.length === 0) return
  const [here, there] = [own.instance.sourceAddress, other.instance.sourceAddress]
  if (there !== null && !own.unicastPeers.includes(there)) {
    const message = `unicast_peer does not name ${there}, where the peer is: it hears nothing from here, ${BOTH}`
    warn(pair, { keyword: 'unicast_peer', there: 'unicast_src_ip', message })
  }
  if (here !== null && !other.unicastPeers.includes(here)) {
    const message = `unicast_peer of the peer does not name ${here}: this node hears nothing from there, ${BOTH}`
    warn(pair, { keyword: 'unicast_src_ip', there: 'unicast_peer', message })
  }
}

function compareTimers(pair: Pair): void {
  const [here, there] = [pair.own.instance.downTimerAdverts, pair.other.instance.downTimerAdverts]
  if (here === there) return
  const message = `down_timer_adverts ${here}, and the peer has ${there}: all nodes have to wait for as many adverts`
  warn(pair, { keyword: 'down_timer_adverts', message })
}

function compareChecksums(pair: Pair): void {
  const { own, other } = pair
  if (own.checksumAsV2 === other.checksumAsV2 || own.family === 6) return
  if (own.instance.version === 2 || other.instance.version === 2) return
  const side = own.checksumAsV2 ? 'here' : 'at the peer'
  const message = `v3_checksum_as_v2 is only set ${side}: each drops the adverts of the other, ${BOTH}`
  warn(pair, { keyword: 'v3_checksum_as_v2', message })
}

const LISTS: readonly ListName[] = ['virtual_ipaddress', 'virtual_ipaddress_excluded']

function compareAddresses(pair: Pair): void {
  const { own, other } = pair
  for (const keyword of LISTS) {
    const strict = keyword === 'virtual_ipaddress' && dropsOtherLists(pair)
    const known = ({ lists }: Router) => (strict ? [lists[keyword]] : Object.values(lists))
    const notThere = lacking(own.lists[keyword], known(other))
    const notHere = lacking(other.lists[keyword], known(own))
    const loss = (node: string): string =>
      strict ? `version 2 drops such adverts, ${BOTH}` : `nobody answers there while ${node} is MASTER`
    const at = own.lists[keyword].get(notThere[0] ?? '')
    if (at !== undefined)
      warn(pair, { keyword, at, message: `${listed(notThere)} not in ${keyword} of the peer: ${loss('the peer')}` })
    if (notHere.length > 0)
      warn(pair, { keyword, message: `${listed(notHere)} only in ${keyword} of the peer: ${loss('this node')}` })
  }
}

function lacking(list: AddressList, known: readonly AddressList[]): string[] {
  return [...list.keys()].filter((address) => !known.some((each) => each.has(address)))
}

/** Version 2 wants the same list on all nodes, unless the owner of the addresses speaks (RFC 3768 7.1). */
function dropsOtherLists({ own, other }: Pair): boolean {
  return [own, other].every(({ instance }) => instance.version === 2 && instance.priority !== 255)
}

/** Addresses in words before only their number is told. */
const MOST_ADDRESSES = 8

function listed(addresses: readonly string[]): string {
  const more = addresses.length - MOST_ADDRESSES
  const text = addresses.slice(0, MOST_ADDRESSES).join(', ')
  return `${text}${more > 0 ? ` and ${more} more` : ''} ${addresses.length === 1 ? 'is' : 'are'}`
}
