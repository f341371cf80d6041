/** What an operator must expect of a change, besides that it is made. */
import { type Difference, instanceBlock } from '#platform/config/compare/difference.ts'
import type { Config } from '#schemas/config.ts'

export interface ChangeEffect {
  /** Traffic may stop, be cut off or go elsewhere, where this node has it. */
  interrupts: boolean
  /** What happens, in words; empty where it goes without saying. */
  note: string
}

const NOTHING: ChangeEffect = { interrupts: false, note: '' }

export function effectOf(difference: Difference, all: readonly Difference[]): ChangeEffect {
  const { block, kind, keyword, summary } = difference
  if (block === 'global_defs') {
    const named = keyword === 'router_id' || keyword === 'site'
    const waits = keyword === 'vrrp_startup_delay' || keyword === 'vrrp_delay_after_boot'
    if (waits) return { interrupts: false, note: 'it counts from the next start' }
    return named ? { interrupts: false, note: 'events carry it after the next start' } : NOTHING
  }
  if (block === 'event_bus') {
    const unlimited = summary.endsWith('-> none')
    return unlimited ? NOTHING : { interrupts: false, note: 'older events beyond it are deleted at once' }
  }
  if (TRACKERS.test(block)) return NOTHING
  if (block.startsWith('static_')) return { interrupts: kind === 'removed', note: '' }
  if (block.startsWith('vrrp_sync_group')) return onGroup(kind, keyword)
  return block.startsWith('vrrp_instance') ? onInstance(difference, all) : onService(difference, kind)
}

/** Which instances it matters to is said of them. */
const TRACKERS = /^(interface_up_down_delays|vrrp_script|track_file|vrrp_track_process|bfd_instance) /

function onInstance({ kind, block, part, keyword }: Difference, all: readonly Difference[]): ChangeEffect {
  if (kind === 'renamed') return { interrupts: false, note: 'the same virtual router, which goes on in its state' }
  if (part.startsWith('track_')) return { interrupts: true, note: TRACKED }
  if (part !== '') return { interrupts: kind === 'removed', note: '' }
  if (keyword === '') return onWholeInstance(kind, isReplaced(block, all))
  const note = INSTANCE_NOTES[keyword]
  return note === undefined ? NOTHING : { interrupts: true, note }
}

/** Its members begin to change together: if one of them follows a master now, the others resign. */
function onGroup(kind: Difference['kind'], keyword: string): ChangeEffect {
  if (kind === 'removed') return { interrupts: false, note: 'its instances change their role each for itself' }
  if (keyword !== '' && keyword !== 'group') return NOTHING
  return { interrupts: true, note: 'if one of its instances follows a MASTER, all the others leave their addresses' }
}

const PEERS = 'routers that have not got the same do not hear this one, and become MASTER too'

const TRACKED = 'with what it is now, the instance may go to FAULT, come back, or have another priority'

const INSTANCE_NOTES: Readonly<Record<string, string>> = {
  priority: 'the addresses may go to another router, or come from it',
  'dont_track_primary off': 'its interface counts, or not: it may go to FAULT, or come back',
  preempt: 'the addresses may come from a MASTER of lower priority',
  vrrp_version: PEERS,
  advert_int: PEERS,
  auth_type: PEERS,
  auth_pass: PEERS,
  'multicast group': PEERS,
  unicast_peer: PEERS,
  'checksum of version 3 over IPv4':
    'a keepalived that has not got the same does not hear this one, and becomes MASTER too',
  'auth_hmac active_key': PEERS,
  device: 'the addresses move to another interface, with another hardware address; neighbours are told',
}

/** Interface, id or family are others: by its name it looks like the same one. */
function isReplaced(block: string, all: readonly Difference[]): boolean {
  const kinds = all.filter((each) => each.block === block && each.part === '' && each.keyword === '')
  return ['added', 'removed'].every((kind) => kinds.some((each) => each.kind === kind))
}

function onWholeInstance(kind: Difference['kind'], replaced: boolean): ChangeEffect {
  if (kind !== 'removed') return { interrupts: false, note: replaced ? 'it is elected anew' : '' }
  const note = replaced
    ? 'interface, virtual_router_id or family differ, so that it is another virtual router; the old one resigns'
    : 'it resigns, and its addresses go away'
  return { interrupts: true, note }
}

function onService({ part, keyword, summary }: Difference, kind: Difference['kind']): ChangeEffect {
  if (kind === 'removed' && keyword === '') return { interrupts: true, note: 'its connections end' }
  if (keyword === 'lb_kind') return { interrupts: true, note: 'the real servers must be set up for it' }
  const drained = part !== '' && keyword === 'weight' && summary.endsWith('-> 0')
  return drained ? { interrupts: false, note: 'no new connections' } : NOTHING
}

/** Instances whose other routers must get the same: until then both sides may be MASTER. */
export function needPeers(differences: readonly Difference[], after: Config): string[] {
  return after.instances
    .filter((instance) => {
      const own = differences.filter(({ block }) => block === instanceBlock(instance))
      return own.some(({ part, keyword }) =>
        part === ''
          ? INSTANCE_NOTES[keyword] === PEERS && (keyword !== 'advert_int' || instance.version === 2)
          : // Only VRRPv2 drops adverts with other addresses, and only those that are in adverts.
            instance.version === 2 && keyword === '' && part.startsWith('virtual_ipaddress '),
      )
    })
    .map(({ name }) => name)
}
