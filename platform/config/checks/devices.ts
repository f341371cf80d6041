/** Devices of their own that instances ask for, and settings that make sense only with them. */

import type { Findings } from '../findings/diagnostic.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting, settingOf, textOf } from '../statements/block.ts'
import { nameOf } from './instances.ts'

export function checkDevices(root: Block, findings: Findings): void {
  for (const block of blocksOf(root, 'vrrp_instance')) {
    reportMac(block, findings)
    if (hasSetting(block, 'interface')) {
      noEffect(block, 'vrf', 'together with interface', 'it is for unicast instances without an interface', findings)
    }
    reportPeers(block, findings)
    if (!hasSetting(block, 'use_vmac') && !block.damaged.has('use_vmac')) {
      noEffect(block, 'vmac_xmit_base', 'without use_vmac', 'it says how adverts of a macvlan travel', findings)
    }
  }
}

/** What goes to one router, and not to the group, has nothing to tell a switch. keepalived says so as well. */
function reportPeers(block: Block, findings: Findings): void {
  const vmac = settingOf(block, 'use_vmac')?.statement.keyword
  const peers = blocksOf(block, 'unicast_peer').some(({ entries }) => entries.length > 0)
  if (vmac === undefined || !peers || hasSetting(block, 'vmac_xmit_base')) return
  const device = textOf(block, 'interface') ?? 'the interface'
  const message = `${nameOf(block)}: adverts to peers leave by ${device} itself, as with vmac_xmit_base`
  const hint = 'vmac_xmit_base says that this is meant'
  findings.warning({ code: 'UNICAST', at: wordPosition(vmac), keyword: 'use_vmac', message, hint })
}

/** A hardware address with an odd first octet stands for many stations, and none can have it. */
function reportMac(block: Block, findings: Findings): void {
  const args = settingOf(block, 'use_vmac')?.statement.args ?? []
  const word = args.find(({ value }: Word) => /^[\da-f]?[13579bdf](:[\da-f]{1,2}){4,5}$/i.test(value))
  if (word === undefined) return
  const message = `${nameOf(block)}: use_vmac: ${word.value} is a multicast hardware address; it is not used`
  const hint = 'the first octet has to be even; 02 begins addresses that nobody else has'
  findings.error({ code: 'INVALID', at: wordPosition(word), keyword: 'use_vmac', message, hint })
}

function noEffect(block: Block, keyword: string, because: string, hint: string, findings: Findings): void {
  const word = settingOf(block, keyword)?.statement.keyword
  if (word === undefined) return
  const message = `${nameOf(block)}: ${keyword} has no effect ${because}`
  findings.warning({ code: 'NO_EFFECT', at: wordPosition(word), keyword, message, hint })
}
