/** The virtual routers of one node's file, in force or not, as another node meets them. */
import type { VrrpInstance } from '#schemas/config.ts'
import { collectFindings } from '../findings/diagnostic.ts'
import { type Position, wordPosition } from '../language/text.ts'
import { readGlobals } from '../readers/global-defs.ts'
import { readInstance } from '../readers/vrrp-instance.ts'
import type { Reading } from '../readers/vrrp-reading.ts'
import {
  type Block,
  blocksOf,
  boolOf,
  hasSetting,
  mergeBlocks,
  numberOf,
  settingOf,
  settingsOf,
  textOf,
} from '../statements/block.ts'

export interface Router {
  block: Block
  /** With all defaults filled in. */
  instance: VrrpInstance
  family: 4 | 6
  lists: Readonly<Record<ListName, AddressList>>
  signature: Signature
  /** Where adverts go instead of the group; empty: they go to the group. */
  unicastPeers: string[]
  checksumAsV2: boolean
}

export type ListName = 'virtual_ipaddress' | 'virtual_ipaddress_excluded'

/** Addresses without their prefix lengths, and where they are written. */
export type AddressList = ReadonlyMap<string, Position>

/** How adverts show that they may be believed. Secret. */
export interface Signature {
  type: 'none' | 'PASS' | 'AH' | 'HMAC'
  sends: string
  accepts: string[]
}

/** Keys in files are compared by their paths: the other node's are not here. */
const NO_FILES: Reading['files'] = { read: () => ({ ok: true, text: 'a key that is as good as any other' }) }

/** Those that an instance can be made of; what is wrong with the others has been said. */
export function routersOf(root: Block): Router[] {
  const said = collectFindings()
  const { defaults } = readGlobals(root, { hostName: '', userName: '' }, said)
  const globals = mergeBlocks(blocksOf(root, 'global_defs'))
  const routers = new Map<string, Router>()
  for (const block of blocksOf(root, 'vrrp_instance')) {
    const name = String(block.values[0] ?? '')
    const instance = readInstance({
      root,
      block,
      name,
      defaults,
      files: NO_FILES,
      findings: said,
      deviceNames: new Set(),
    })
    if (instance === null || routers.has(name)) continue
    routers.set(name, {
      block,
      instance,
      family: instance.addresses[0]?.family ?? (hasSetting(block, 'native_ipv6') ? 6 : 4),
      lists: {
        virtual_ipaddress: addressesIn(block, 'virtual_ipaddress'),
        virtual_ipaddress_excluded: addressesIn(block, 'virtual_ipaddress_excluded'),
      },
      signature: signatureOf(block, instance),
      unicastPeers: blocksOf(block, 'unicast_peer').flatMap(({ entries }) =>
        entries.map(({ values }) => `${values[0]}`),
      ),
      checksumAsV2: boolOf(block, 'v3_checksum_as_v2') ?? hasSetting(globals, 'v3_checksum_as_v2'),
    })
  }
  return [...routers.values()]
}

function addressesIn(block: Block, keyword: ListName): AddressList {
  const entries = blocksOf(block, keyword).flatMap((list) => list.entries)
  return new Map(
    entries.map(({ values, statement }) => [String(values[0]).split('/')[0] ?? '', wordPosition(statement.keyword)]),
  )
}

function signatureOf(block: Block, { authentication }: VrrpInstance): Signature {
  const hmac = blocksOf(block, 'auth_hmac').at(-1)
  if (hmac !== undefined) return hmacOf(hmac)
  if (authentication.type === 'none') return { type: 'none', sends: '', accepts: [''] }
  const written = blocksOf(block, 'authentication').at(-1)
  const ah = textOf(written, 'auth_type') === 'AH'
  // Only the password of version 2 is cut.
  const secret = ah ? (textOf(written, 'auth_pass') ?? '') : authentication.password
  return { type: ah ? 'AH' : 'PASS', sends: secret, accepts: [secret] }
}

/** Any of its keys will do for receiving, so that nodes can change theirs one after the other. */
function hmacOf(block: Block): Signature {
  const keys = settingsOf(block, 'key').map(({ values: [id, key] }) => ({ id, text: `${id} ${key}` }))
  const active = keys.find(({ id }) => id === numberOf(block, 'active_key'))
  return { type: 'HMAC', sends: active?.text ?? '', accepts: keys.map(({ text }) => text) }
}

/** Where the instance says this: the setting, or the block of this name; its head where it says nothing of the kind. */
export function placeOf({ block }: Router, keyword: string): Position {
  const statement = settingOf(block, keyword)?.statement ?? blocksOf(block, keyword)[0]?.statement ?? block.statement
  if (statement === null || statement === undefined) throw new Error('an instance has a head')
  return wordPosition(statement.keyword)
}
