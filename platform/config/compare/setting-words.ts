/** Settings of a configuration in the words of the file: keywords, and values as one would write them. */
import { bytesText, secondsText } from '../statements/quantity.ts'
import { isSecretName } from './secrets.ts'

export interface SettingWords {
  keyword: string
  /** `none` where nothing is set. */
  value: string
  /** The value may be compared, and not be shown. */
  secret: boolean
}

/** Keywords that cannot be guessed from the name of the field. */
const KEYWORDS: Readonly<Record<string, string>> = {
  initialState: 'state',
  version: 'vrrp_version',
  advertIntervalMs: 'advert_int',
  'authentication.password': 'auth_pass',
  'authentication.type': 'auth_type',
  multicastGroup: 'multicast group',
  device: 'device',
  advertsFromInterface: 'vmac_xmit_base',
  addressDevices: 'devices of addresses',
  sourceAddress: 'source address',
  'unicast.peers': 'unicast_peer',
  hmac: 'auth_hmac',
  'hmac.keys': 'auth_hmac key',
  'hmac.activeKeyId': 'auth_hmac active_key',
  'hmac.mode': 'auth_hmac mode',
  'hmac.antiReplay': 'auth_hmac anti_replay',
  'hmac.windowMs': 'auth_hmac time_window',
  checksum: 'checksum of version 3 over IPv4',
  skipKnownAddresses: 'skip_check_adv_addr',
  'unicast.ttl': 'unicast_ttl',
  'unicast.peersOnly': 'check_unicast_src',
  lowerPriorityAdvert: 'vrrp_lower_prio_no_advert off',
  higherPriorityAdvert: 'vrrp_higher_prio_send_advert',
  stallPriority: 'timer_expired_backup',
  ownerIgnoresAdverts: 'owner_ignore_adverts',
  acceptsTraffic: 'accept',
  startupDelayMs: 'vrrp_startup_delay',
  delayAfterBootMs: 'vrrp_delay_after_boot',
  leaseMs: 'vip_lease',
  preferredLifetimeS: 'preferred_lft',
  duplicateDetection: '-nodad',
  homeAddress: 'home',
  temporaryAddresses: 'mngtmpaddr',
  noPrefixRoute: 'noprefixroute',
  trackPrimary: 'dont_track_primary off',
  opensFile: 'script <',
  argv: 'script',
  forkDelayMs: 'fork_delay',
  fastDetection: 'fast_detection',
  flapDamping: 'flap_damping',
  'announcement.repeat': 'garp_master_repeat',
  'announcement.delayMs': 'garp_master_delay',
  'announcement.refreshMs': 'garp_master_refresh',
  'announcement.refreshRepeat': 'garp_master_refresh_repeat',
  'announcement.lowerPriorityRepeat': 'garp_lower_prio_repeat',
  'announcement.lowerPriorityDelayMs': 'garp_lower_prio_delay',
  'announcement.extra': 'garp_extra_if',
  vipProbeMs: 'vip_probe_interval',
  'announcementPacing.arpGapMs': 'vrrp_garp_interval',
  'announcementPacing.neighbourGapMs': 'vrrp_gna_interval',
  'announcementPacing.groups': 'garp_group',
  'notify.any': 'notify',
  members: 'group',
  scheduler: 'lb_algo',
  forwarding: 'lb_kind',
  'mail.recipients': 'notification_email',
  'mail.from': 'notification_email_from',
  'mail.server': 'smtp_server',
  'mail.connectTimeoutMs': 'smtp_connect_timeout',
  'mail.heloName': 'smtp_helo_name',
  'mail.silentFaults': 'no_email_faults',
  scriptSecurity: 'enable_script_security',
  scriptUmask: 'umask',
  maxBytes: 'max_size',
}

/** Groups of fields that one statement sets. */
const STATEMENTS = ['mail.server', 'scriptUser', 'announcement.extra', 'fastDetection', 'flapDamping', 'device']

/** Every setting in an object, nested ones too; lists of objects are left to who compares them. */
export function settingsOf(value: object): SettingWords[] {
  return settingsIn(value, '')
}

function settingsIn(value: object, path: string): SettingWords[] {
  return Object.entries(value).flatMap(([field, part]: [string, unknown]): SettingWords[] => {
    const inner = path === '' ? field : `${path}.${field}`
    const leaf = !isObject(part) || Array.isArray(part) || 'argv' in part || STATEMENTS.includes(inner)
    if (!leaf) return settingsIn(part, inner)
    return [{ keyword: keywordOf(inner), value: textOf(inner, part), secret: isSecretName(field) }]
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** `connectTimeoutMs` is `connect_timeout`, `notify.master` is `notify_master`. */
function keywordOf(path: string): string {
  const known = KEYWORDS[path]
  if (known !== undefined) return known
  const name = path.replace(/Ms$|(?<=[a-z])S$/, '').replaceAll('.', '_')
  return name.replace(/[A-Z]/g, (upper) => `_${upper.toLowerCase()}`)
}

/** Times are in seconds, as in the file. */
function textOf(path: string, value: unknown): string {
  if (path === 'fastDetection') return fastDetectionText(value)
  if (path === 'flapDamping') return flapDampingText(value)
  if (value === null || value === '') return 'none'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'number' && path === 'maxAgeS') return secondsText(value)
  if (typeof value === 'number' && path === 'maxBytes') return bytesText(value)
  if (typeof value === 'number' && path === 'scriptUmask') return `0${value.toString(8)}`
  if (typeof value === 'number') return String(path.endsWith('Ms') ? value / 1_000 : value)
  if (Array.isArray(value)) return value.map((part: unknown) => textOf(path, part)).join(' ') || 'none'
  if (isObject(value)) return wordsOf(value)
  return String(value)
}

function fastDetectionText(value: unknown): string {
  if (!isObject(value)) return 'off'
  const [interval, multiplier] = Object.values(value)
  return `on interval ${interval} multiplier ${multiplier}`
}

function flapDampingText(value: unknown): string {
  if (!isObject(value)) return 'off'
  const [times, windowMs] = Object.values(value)
  return `on times ${times} within ${Number(windowMs) / 1_000}`
}

/** An object that one statement sets, such as a script and its account. */
function wordsOf(value: object): string {
  return Object.values(value)
    .flat()
    .filter((part: unknown) => part !== null)
    .map((part: unknown) => (isObject(part) ? wordsOf(part) : String(part)))
    .join(' ')
}
