/** global_defs: the node's name, mail, and defaults for instances and servers. */
import type { Config, VrrpInstance } from '#schemas/config.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { parseAccount } from '../statements/arguments.ts'
import {
  type Block,
  blocksOf,
  boolOf,
  hasSetting,
  mergeBlocks,
  numberOf,
  settingOf,
  textOf,
} from '../statements/block.ts'
import { isAdvertGroup } from '../statements/ip-address.ts'
import { readExtra } from './announcements.ts'
import { readFastDetection } from './fast-detection.ts'
import { readFlapDamping } from './flap-damping.ts'
import { parseUmask } from './umask.ts'

/** Who runs this: what the file leaves open. */
export interface Host {
  hostName: string
  userName: string
}

/** What instances and servers inherit. */
export interface Defaults {
  version: 2 | 3
  multicastGroup4: string
  multicastGroup6: string
  garpRepeat: number
  garpDelayS: number
  garpRefreshS: number
  garpRefreshRepeat: number
  garpLowerPriorityDelayS: number
  garpLowerPriorityRepeat: number
  /** Unicast instances drop adverts of others than their peers. */
  peersOnly: boolean
  garpExtra: VrrpInstance['announcement']['extra']
  checksumAsV2: boolean
  skipKnownAddresses: boolean
  lowerPriorityAdvert: boolean
  higherPriorityAdvert: boolean
  ownerIgnoresAdverts: boolean
  downTimerAdverts: number
  strict: boolean
  instanceMail: boolean
  serverMail: boolean
  groupMail: boolean
  vipLeaseS: number | null
  /** undefined: nothing is said; null: off. */
  fastDetection: VrrpInstance['fastDetection'] | undefined
  /** undefined: nothing is said; null: off. */
  flapDamping: VrrpInstance['flapDamping'] | undefined
  /** First parts of the names of macvlans: of instances, and of addresses. */
  devicePrefix: string
  addressDevicePrefix: string
  /** Something in global_defs makes it unsafe to run any instance. */
  noInstances: boolean
}

export interface Globals {
  head: Omit<
    Config,
    | 'announcementPacing'
    | 'vipProbeMs'
    | 'eventBus'
    | 'instances'
    | 'statics'
    | 'syncGroups'
    | 'trackers'
    | 'virtualServers'
  >
  defaults: Defaults
}

/** Several global_defs count as one. */
export function readGlobals(root: Block, host: Host, findings: Findings): Globals {
  const block = mergeBlocks(blocksOf(root, 'global_defs'))
  return { head: readHead(root, block, host, findings), defaults: readDefaults(block, findings) }
}

function readHead(root: Block, block: Block, host: Host, findings: Findings): Globals['head'] {
  const router = settingOf(block, 'router_id')
  if (router !== undefined && router.values.length === 0) {
    const at = wordPosition(router.statement.keyword)
    const message = `router_id names nothing; the host name ${host.hostName} is used`
    findings.warning({ code: 'EMPTY', at, keyword: 'router_id', message })
  }
  const scriptUser = settingOf(block, 'script_user')?.values.map(String) ?? []
  const { user, group } = parseAccount(scriptUser)
  return {
    routerId: textOf(block, 'router_id') ?? host.hostName,
    site: textOf(root, 'site') ?? textOf(block, 'site') ?? null,
    mail: readMail(block, host, findings),
    scriptUser: user === null ? null : { user, group },
    scriptSecurity: hasSetting(block, 'enable_script_security'),
    scriptUmask: readUmask(block, findings) ?? 0o177,
    netNamespace: textOf(root, 'net_namespace') ?? null,
    startupDelayMs: Math.round((numberOf(block, 'vrrp_startup_delay') ?? 0) * 1000),
    delayAfterBootMs: Math.round((numberOf(block, 'vrrp_delay_after_boot') ?? 0) * 1000),
  }
}

function readUmask(block: Block, findings: Findings): number | null {
  const text = textOf(block, 'umask')
  const word = settingOf(block, 'umask')?.statement.args[0]
  if (text === undefined || word === undefined) return null
  const mask = parseUmask(text)
  if (mask !== null) return mask
  const message = `umask: ${text} is no umask; the default (0177) stands`
  const hint = 'allowed: 0 to 0777, or names with | between them, such as IWGRP | IWOTH'
  findings.error({ code: 'UMASK', at: wordPosition(word), keyword: 'umask', message, hint })
  return null
}

function readMail(block: Block, { userName, hostName }: Host, findings: Findings): Config['mail'] {
  const server = settingOf(block, 'smtp_server')?.values
  const entries = blocksOf(block, 'notification_email').flatMap((email) => email.entries)
  const port = server?.[1]
  reportMail(block, findings)
  reportNoTime(block, findings)
  return {
    recipients: entries.flatMap(({ values }) => values.map(String)),
    from: textOf(block, 'notification_email_from') ?? `${userName}@${hostName}`,
    server: server === undefined ? null : { host: String(server[0]), port: typeof port === 'number' ? port : 25 },
    // A timeout of 0 would be none at all; keepalived makes it a second as well.
    connectTimeoutMs: Math.max(1, numberOf(block, 'smtp_connect_timeout') ?? 30) * 1000,
    heloName: textOf(block, 'smtp_helo_name') ?? null,
    silentFaults: hasSetting(block, 'no_email_faults'),
  }
}

function reportNoTime(block: Block, findings: Findings): void {
  const written = settingOf(block, 'smtp_connect_timeout')
  if (written === undefined || written.values[0] !== 0) return
  const [word = written.statement.keyword] = written.statement.args
  const message = 'smtp_connect_timeout 0 would be no time at all; 1 second is used'
  findings.warning({ code: 'ROUNDED', at: wordPosition(word), keyword: 'smtp_connect_timeout', message })
}

/** Recipients and server are no use without each other. keepalived only minds a list without recipients. */
function reportMail(block: Block, findings: Findings): void {
  const lists = blocksOf(block, 'notification_email')
  const list = lists[0]?.statement?.keyword
  const server = settingOf(block, 'smtp_server')?.statement.keyword
  if (list !== undefined && lists.every(({ entries }) => entries.length === 0)) {
    const message = 'notification_email names nobody; no mail is sent'
    findings.warning({ code: 'MAIL', at: wordPosition(list), keyword: list.value, message })
  } else if (list !== undefined && server === undefined && !block.damaged.has('smtp_server')) {
    const message = 'no mail is sent: notification_email has no smtp_server to send it by'
    findings.note({ code: 'MAIL', at: wordPosition(list), keyword: list.value, message })
  } else if (list === undefined && server !== undefined) {
    const message = 'no mail is sent: smtp_server has no notification_email that names recipients'
    findings.note({ code: 'MAIL', at: wordPosition(server), keyword: server.value, message })
  }
}

function readDefaults(block: Block, findings: Findings): Defaults {
  // vrrp_min_garp: a single message where nothing else was asked for.
  const minimal = boolOf(block, 'vrrp_min_garp') ?? false
  const garpRepeat = Math.max(1, numberOf(block, 'vrrp_garp_master_repeat') ?? (minimal ? 1 : 5))
  const garpDelayS = numberOf(block, 'vrrp_garp_master_delay') ?? (minimal ? 0 : 5)
  const alert = boolOf(block, 'smtp_alert')
  return {
    version: textOf(block, 'vrrp_version') === '3' ? 3 : 2,
    multicastGroup4: readGroup(block, 'vrrp_mcast_group4', findings) ?? '224.0.0.18',
    multicastGroup6: readGroup(block, 'vrrp_mcast_group6', findings) ?? 'ff02::12',
    garpRepeat,
    garpDelayS,
    garpRefreshS: numberOf(block, 'vrrp_garp_master_refresh') ?? 0,
    garpRefreshRepeat: Math.max(1, numberOf(block, 'vrrp_garp_master_refresh_repeat') ?? 1),
    garpLowerPriorityDelayS: numberOf(block, 'vrrp_garp_lower_prio_delay') ?? garpDelayS,
    garpLowerPriorityRepeat: numberOf(block, 'vrrp_garp_lower_prio_repeat') ?? garpRepeat,
    peersOnly: hasSetting(block, 'vrrp_check_unicast_src'),
    garpExtra: readExtra(block, 'vrrp_garp_extra_if') ?? readExtra(block, 'vrrp_vmac_garp_intvl') ?? null,
    checksumAsV2: hasSetting(block, 'v3_checksum_as_v2'),
    skipKnownAddresses: boolOf(block, 'vrrp_skip_check_adv_addr') ?? false,
    lowerPriorityAdvert: !(boolOf(block, 'vrrp_lower_prio_no_advert') ?? false),
    higherPriorityAdvert: boolOf(block, 'vrrp_higher_prio_send_advert') ?? false,
    ownerIgnoresAdverts: boolOf(block, 'vrrp_owner_ignore_adverts') ?? false,
    downTimerAdverts: numberOf(block, 'vrrp_down_timer_adverts') ?? 3,
    strict: boolOf(block, 'vrrp_strict') ?? false,
    // On purpose unlike keepalived, where an instance without smtp_alert is silent: whoever names recipients and a
    // server wants to hear of every change of state. `smtp_alert off` silences it.
    instanceMail: boolOf(block, 'smtp_alert_vrrp') ?? alert ?? true,
    serverMail: boolOf(block, 'smtp_alert_checker') ?? alert ?? true,
    // Its members have told everything already, unless somebody asks for it.
    groupMail: boolOf(block, 'smtp_alert_vrrp') ?? alert ?? false,
    vipLeaseS: hasSetting(block, 'vip_lease') ? (numberOf(block, 'vip_lease') ?? null) : null,
    fastDetection: readFastDetection(block),
    flapDamping: readFlapDamping(block),
    devicePrefix: textOf(block, 'vmac_prefix') ?? 'vrrp',
    addressDevicePrefix: textOf(block, 'vmac_addr_prefix') ?? textOf(block, 'vmac_prefix') ?? 'vrrp',
    noInstances: block.refused,
  }
}

/** The multicast group behind the keyword; null where there is none. keepalived uses IPv6 groups of a wider scope, too. */
function readGroup(block: Block, keyword: string, findings: Findings): string | null {
  const address = textOf(block, keyword)
  const word = settingOf(block, keyword)?.statement.args[0]
  if (address === undefined || word === undefined) return null
  if (isAdvertGroup(address)) return address
  const about = { code: 'MULTICAST', at: wordPosition(word), keyword }
  const range = address.includes(':') ? 'ff02::/16: link-local multicast' : '224.0.0.0 to 239.255.255.255'
  if (/^ff/.test(address)) {
    const message = `${keyword} ${address} is not link-local: adverts might leave the network`
    findings.warning({ ...about, message, hint: `better: ${range}` })
    return address
  }
  const message = `${keyword} ${address} is no multicast group; the default is used`
  findings.error({ ...about, message, hint: `allowed: ${range}` })
  return null
}
