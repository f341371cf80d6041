/**
 * Where failoverd differs from keepalived on purpose, one entry each; docs/configuration.md lists them. An entry is
 * about a message of keepalived, a finding of ours, or what makes only one of the two start. None is about a file.
 */
import type { Diagnostic } from '#platform/config/findings/diagnostic.ts'
import type { Verdict } from './keepalived.ts'
import type { Reading } from './ours.ts'

/** Both without what is about the machine; `complaints` are what counts against the file. */
export interface Pair {
  theirs: Verdict & { complaints: string[] }
  ours: Reading
}

export interface Difference {
  /** As in the manual. */
  name: string
  /** Why it is so, as in the manual. */
  reason: string
  /** The most files of a thousand that it may account for. */
  perMille: number
  /** A message that only keepalived has. */
  message?: RegExp
  /** A finding that only failoverd has. */
  finding?: (finding: Diagnostic) => boolean
  /** What makes failoverd not start, with nothing else wrong that would. */
  holdsBack?: (pair: Pair) => boolean
  /** What makes the whole verdict of keepalived no verdict. */
  voids?: (pair: Pair) => boolean
  /** Why only one of the two starts. */
  start?: (pair: Pair) => boolean
}

/** What keepalived says of the machine, not of the file: another machine would get another answer. */
export const MACHINE: readonly { name: string; says: RegExp }[] = [
  { name: 'an interface', says: /interface .* doesn't exist|^Non-existent interface/ },
  { name: 'a script', says: /not found\/accessible|^SECURITY VIOLATION|^WARNING - script|not executable|^Unsafe perm/ },
  { name: 'an account', says: /^(Error setting global script uid|Unable to set (default user|uid))/ },
  { name: 'a name to be looked up', says: /^Invalid smtp server/ },
  { name: 'a file to be included', says: /^Config files missing|^No config files matched/ },
  { name: 'how it was built', says: /^iptables not supported, using nftables|^Unknown keyword 'vrrp_ipsets'/ },
]

/** What failoverd says of features it does not have yet, and of the machine. */
export const OWN_FINDINGS = /^(NOT_IN_FORCE|NOTHING_TO_DO|SCRIPT_.*)$/

function found({ ours }: Pair, code: RegExp): boolean {
  return ours.diagnostics.some((diagnostic) => code.test(diagnostic.code))
}

/** Findings after which failoverd does not start. */
export const OUR_FATAL = /^(NO_CONFIGURATION|MISSING_PARAMETER|INCLUDE_FAILED)$/

function says({ theirs }: Pair, text: RegExp): boolean {
  return theirs.messages.some((message) => text.test(message))
}

function isSkippedBlock({ code, message }: Diagnostic): boolean {
  return code === 'UNKNOWN_KEYWORD' && message.endsWith('its whole block is skipped')
}

function isNamespace({ code, keyword }: Diagnostic): boolean {
  return code === 'NOT_IN_FORCE' && keyword === 'net_namespace_ipvs'
}

/** Only one of the two lacks a parameter. */
function isAboutParameters(pair: Pair): boolean {
  return pair.theirs.status === 2 ? pair.ours.runs : !pair.ours.runs && found(pair, /^MISSING_PARAMETER$/)
}

const TIMED_OUT = 124
const SIGNALS = 128

export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'net_namespace_ipvs is not in force yet',
    reason: 'nothing starts, because the virtual servers would be set up in the wrong network namespace',
    perMille: 8,
    holdsBack: (pair) => pair.ours.diagnostics.some(isNamespace) && !found(pair, OUR_FATAL),
  },
  {
    name: 'a network namespace that is not there',
    reason: 'the test of keepalived 2.2 then looks at nothing, and finds nothing wrong',
    perMille: 6,
    voids: ({ theirs }) => theirs.unchecked && theirs.status === 0,
  },
  {
    name: 'a quote that is not closed',
    reason:
      'the statement is dropped and the rest is used, as in keepalived 2.4; 2.2 ends for want of a parameter, or crashes',
    perMille: 40,
    start: (pair) => pair.ours.runs && found(pair, /^UNTERMINATED_QUOTE$/) && [2, 139].includes(pair.theirs.status),
  },
  {
    name: 'keepalived crashes',
    reason: 'its test ends by a signal; failoverd goes on with what is right',
    perMille: 10,
    start: ({ theirs, ours }) => ours.runs && theirs.status > SIGNALS,
  },
  {
    name: 'keepalived never ends',
    reason:
      'a definition that contains itself makes it loop, and some weights of files that nobody defines; failoverd says what is wrong',
    perMille: 10,
    start: ({ theirs, ours }) => theirs.status === TIMED_OUT && ours.runs && ours.complaints.length > 0,
  },
  {
    name: 'blocks whose braces do not match',
    reason:
      'keepalived reads what follows in the wrong block, where other parameters are required; failoverd looks for the lost brace',
    perMille: 5,
    start: (pair) =>
      found(pair, /^(MISSING_BRACE|EXTRA_BRACE|STRAY_BRACE|MISSING_BLOCK|UNEXPECTED_BLOCK)$/) &&
      isAboutParameters(pair),
  },
  {
    name: 'what is inside a block that nobody knows, or a second group',
    reason:
      'failoverd skips it with its block; keepalived reads it as part of the block around it, and misses a parameter there',
    perMille: 3,
    start: (pair) =>
      pair.theirs.status === 2 &&
      (pair.ours.complaints.some(isSkippedBlock) || says(pair, /^Group list already specified/)),
  },
  {
    name: 'an interface that is not there',
    reason: 'failoverd does not look: it may come later',
    perMille: 3,
    start: (pair) =>
      pair.theirs.status === 4 && says(pair, /[Nn]on-existent interface|unknown interface \S+ specified/),
  },
  {
    name: 'a parameter that is missing in a block that is not used anyhow',
    reason:
      'keepalived skips a second definition and a block without its name, with all that is in it; failoverd reads them',
    perMille: 3,
    start: (pair) =>
      !pair.ours.runs && found(pair, /^(REPEATED|EMPTY)$/) && says(pair, /already defined|must have a name/),
  },
  {
    name: 'a definition below its use',
    reason:
      'order is free, as in keepalived 2.4; in 2.2 scripts, files and processes had to come before the instances that track them',
    perMille: 4,
    message: /^\(.*\) track (script|file|process|bfd) \S+ not found, ignoring/,
  },
  {
    name: 'fractions of a second, and hours, in vrrp_script',
    reason: 'they are taken, as in keepalived 2.4; 2.2 counted in whole seconds up to 4294',
    perMille: 4,
    message:
      /^invalid number '\d+\.\d+'$|outside range \[0, 4294\]$|vrrp script (interval|timeout) '\S+' (must be|invalid)/,
  },
  {
    name: 'routes without an interface',
    reason: 'keepalived 2.2 could not watch them, and said so; 2.4 can',
    perMille: 10,
    message: /^Warning - cannot track route .* with no interface specified/,
  },
  {
    name: 'an address that is listed twice',
    reason: 'keepalived 2.4 says so, 2.2 did not',
    perMille: 12,
    finding: ({ code, message }) => code === 'REPEATED' && message.endsWith('is listed twice'),
  },
  {
    name: 'a virtual_server, vrrp_script or track_file that is defined twice',
    reason: 'one of the two is not used: failoverd says which',
    perMille: 3,
    finding: ({ code, keyword }) =>
      code === 'REPEATED' && /^(virtual_server|vrrp_script|track_file)$/.test(keyword ?? ''),
  },
  {
    name: 'members of a track_group that nobody defines',
    reason: 'keepalived passes over them in silence; failoverd says which',
    perMille: 2,
    finding: ({ code, keyword }) => code === 'UNKNOWN_NAME' && keyword === 'group',
  },
  {
    name: 'a statement that is given twice, or has no block',
    reason: 'keepalived takes one of the two, or does without, and says nothing of some; failoverd says it of all',
    perMille: 4,
    finding: ({ code, message }) =>
      code === 'MISSING_BLOCK' || (code === 'REPEATED' && /is given twice$|is tracked already/.test(message)),
  },
  {
    name: 'a sync group of which only some members have priority 255',
    reason: 'those never give way, so that the group cannot keep in step: failoverd warns, keepalived seldom does',
    perMille: 3,
    finding: ({ code }) => code === 'OWNER',
  },
  {
    name: 'a prefix length as persistence_granularity of IPv4',
    reason: 'keepalived takes 24 for the netmask 0.0.0.24, and nearly all clients for one; failoverd warns',
    perMille: 3,
    finding: ({ code, keyword, severity }) =>
      code === 'NETMASK' && keyword === 'persistence_granularity' && severity === 'warning',
  },
  {
    name: 'authentication without auth_type',
    reason: 'there is no authentication then: failoverd says so',
    perMille: 3,
    finding: ({ code, message }) => code === 'AUTHENTICATION' && message.endsWith('without auth_type is left out'),
  },
  {
    name: 'an instance that tracks its own interface, while that is not there',
    reason: 'keepalived says so only of interfaces that it finds',
    perMille: 4,
    finding: ({ code, keyword }) => code === 'NO_EFFECT' && keyword === 'track_interface',
  },
  {
    name: 'spellings that are out of use',
    reason: 'failoverd names the new word for each; keepalived takes some of them without one',
    perMille: 6,
    finding: ({ code, keyword }) => code === 'DEPRECATED' && OLD_SPELLINGS.test(keyword ?? ''),
  },
  {
    name: 'an include whose name is quoted, or has one quote',
    reason: 'the quotes count as part of the name, so that no file matches; failoverd notes the file that is not there',
    perMille: 4,
    message: /^Unterminated quote 'include/,
  },
  {
    name: 'a quote that is not closed in a line that is not used',
    reason: 'failoverd does not read what is behind the @ID of another node, or in a definition that nobody uses',
    perMille: 5,
    message: /^Unterminated quote '/,
  },
  {
    name: 'a backslash behind a comment sign',
    reason: 'it is part of the comment, as in keepalived 2.4',
    perMille: 4,
    message: /^Unknown keyword '\\'$/,
  },
  {
    name: 'a prefix length behind the gateway or the source of a route',
    reason: 'it is not used, and failoverd notes that; keepalived leaves out the route',
    perMille: 4,
    message: /^VRRP parsed invalid IP [\d.]+\/\d+\. skipping|^invalid route (src|via) address [\d.]+\/\d+$/,
  },
  {
    name: 'an instance with unicast peers and no interface',
    reason: 'it needs none, as in keepalived 2.4',
    perMille: 3,
    message: /^\(.*\) Unknown interface!/,
  },
  {
    name: 'more words on the line of an entry than it takes',
    reason: 'keepalived passes over them in silence; failoverd says which',
    perMille: 5,
    finding: ({ code, message }) =>
      code === 'UNKNOWN_OPTION' && /interface_up_down_delays|(virtual|static)_routes/.test(message),
  },
]

const OLD_SPELLINGS = /^(host|lvs_flush_onstop|enable_snmp_keepalived|vrrp_track_file)$/
