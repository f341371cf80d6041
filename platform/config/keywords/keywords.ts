/**
 * Every keyword of the language, declared once (rows/*.ts): parsing, ranges, defaults, diagnostics, the JSON form,
 * the reference and the editors' files all follow from these rows.
 */
import { type Keyword, parseRows } from './keyword-row.ts'
import * as addresses from './rows/addresses.ts'
import { BFD_INSTANCE } from './rows/bfd.ts'
import * as checks from './rows/checks.ts'
import { GLOBAL_DEFS } from './rows/global-defs.ts'
import { NOTIFICATION_EMAIL } from './rows/global-general.ts'
import * as pages from './rows/http-checks.ts'
import { ALERT_SINK, EVENT_BUS } from './rows/own.ts'
import { LINKBEAT_INTERFACES, ROOT, UP_DOWN_DELAYS } from './rows/root.ts'
import * as routes from './rows/routes.ts'
import * as rules from './rows/rules.ts'
import { TLS_MATERIAL } from './rows/tls.ts'
import * as tracking from './rows/tracking.ts'
import * as servers from './rows/virtual-server.ts'
import * as adverts from './rows/vrrp-adverts.ts'
import { VRRP_INSTANCE } from './rows/vrrp-instance.ts'

export type { Argument, ArgumentKind, Consequence, Keyword, Option } from './keyword-row.ts'

const RS = 'virtual_server/real_server'

/** Rows by the path of their block; the root's is empty. */
const ROWS: Readonly<Record<string, string>> = {
  '': ROOT,
  global_defs: GLOBAL_DEFS,
  'global_defs/notification_email': NOTIFICATION_EMAIL,
  event_bus: EVENT_BUS,
  alert_sink: ALERT_SINK,
  vrrp_instance: VRRP_INSTANCE,
  'vrrp_instance/authentication': adverts.AUTHENTICATION,
  'vrrp_instance/auth_hmac': adverts.AUTH_HMAC,
  'vrrp_instance/unicast_peer': adverts.UNICAST_PEER,
  'vrrp_instance/virtual_ipaddress': addresses.VIRTUAL_ADDRESS,
  'vrrp_instance/virtual_ipaddress_excluded': addresses.VIRTUAL_ADDRESS,
  'vrrp_instance/virtual_routes': routes.ROUTE,
  'vrrp_instance/virtual_routes/nexthop': routes.NEXTHOP,
  'vrrp_instance/virtual_rules': rules.RULE,
  static_ipaddress: addresses.STATIC_ADDRESS,
  static_routes: routes.STATIC_ROUTE,
  'static_routes/nexthop': routes.NEXTHOP,
  static_rules: rules.STATIC_RULE,
  linkbeat_interfaces: LINKBEAT_INTERFACES,
  interface_up_down_delays: UP_DOWN_DELAYS,
  vrrp_sync_group: tracking.SYNC_GROUP,
  vrrp_script: tracking.VRRP_SCRIPT,
  vrrp_track_process: tracking.TRACK_PROCESS,
  track_file: tracking.TRACK_FILE,
  vrrp_track_file: tracking.TRACK_FILE,
  track_group: tracking.TRACK_GROUP,
  bfd_instance: BFD_INSTANCE,
  garp_group: adverts.GARP_GROUP,
  SSL: TLS_MATERIAL,
  virtual_server: servers.VIRTUAL_SERVER,
  virtual_server_group: servers.VIRTUAL_SERVER_GROUP,
  [RS]: servers.REAL_SERVER,
  [`${RS}/TCP_CHECK`]: checks.TCP_CHECK,
  [`${RS}/HTTP_GET`]: pages.HTTP_GET,
  [`${RS}/HTTP_GET/url`]: pages.URL,
  [`${RS}/SSL_GET`]: pages.SSL_GET,
  [`${RS}/SSL_GET/url`]: pages.SSL_URL,
  [`${RS}/SMTP_CHECK`]: checks.SMTP_CHECK,
  [`${RS}/SMTP_CHECK/host`]: checks.CONNECTION_HOST,
  [`${RS}/DNS_CHECK`]: checks.DNS_CHECK,
  [`${RS}/MISC_CHECK`]: checks.MISC_CHECK,
  [`${RS}/PING_CHECK`]: checks.PING_CHECK,
  [`${RS}/UDP_CHECK`]: checks.UDP_CHECK,
  [`${RS}/BFD_CHECK`]: checks.BFD_CHECK,
  [`${RS}/FILE_CHECK`]: checks.FILE_CHECK,
  ...Object.fromEntries(
    ['vrrp_instance', 'vrrp_sync_group'].flatMap((block) =>
      Object.entries(tracking.TRACKED).map(([name, rows]) => [`${block}/${name}`, rows]),
    ),
  ),
}

/** What a block knows. */
interface BlockKeywords {
  byName: ReadonlyMap<string, Keyword>
  /** Rows of single values, by `name=value`. */
  values: ReadonlyMap<string, Keyword>
}

/** Each block's rows are read when somebody asks for them: most files use a few blocks of forty. */
const TABLE: ReadonlyMap<string, () => BlockKeywords> = new Map(
  Object.entries(ROWS).map(([path, rows]) => [path, once(() => readBlock(rows, path))]),
)

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

function readBlock(rows: string, path: string): BlockKeywords {
  const keywords = parseRows(rows, path).map((keyword) => [keyword.name, keyword] as const)
  const isValue = ([name]: readonly [string, Keyword]): boolean => name.includes('=')
  return { byName: new Map(keywords.filter((each) => !isValue(each))), values: new Map(keywords.filter(isValue)) }
}

const NO_KEYWORDS: ReadonlyMap<string, Keyword> = new Map()

/** The keywords a block knows, by name; empty for a block that nobody knows. Those of its entries are among them. */
export function keywordsOf(path: string): ReadonlyMap<string, Keyword> {
  return TABLE.get(path)?.().byName ?? NO_KEYWORDS
}

/** The row of a name in the block at `path`. */
export function findKeyword(path: string, name: string): Keyword | undefined {
  return TABLE.get(path)?.().byName.get(name)
}

/** The row of a value that a keyword in force takes and failoverd does not honour. */
export function findValue(path: string, name: string, value: string): Keyword | undefined {
  const rows = TABLE.get(path)?.().values
  return rows === undefined || rows.size === 0 ? undefined : rows.get(`${name}=${value}`)
}

/** Every row of single values with its block: what is in force but for these. */
export function valuesNotInForce(): { path: string; row: Keyword }[] {
  return [...TABLE].flatMap(([path, block]) => [...block().values.values()].map((row) => ({ path, row })))
}

/** Paths of every block that has rows, those of entries among them. */
export function keywordPaths(): string[] {
  return [...TABLE.keys()]
}

/** Paths of every block whose content is statements, nearest to the root first. */
export function blockPaths(): string[] {
  return [...TABLE.keys()].filter((path) => {
    const at = path.lastIndexOf('/')
    const opener = findKeyword(path.slice(0, Math.max(0, at)), path.slice(at + 1))
    return path === '' || opener?.opens === 'block'
  })
}

/** The path of a block inside another. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`
}
