/** What a director says of itself, in one form for both programs: failoverd's events and keepalived's log. Pure. */

import { CheckerEvent } from '#schemas/checker.ts'
import { Envelope } from '#schemas/envelope.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'
import { sentence } from '../failoverctl/sentence.ts'
import type { HostName } from './hosts.ts'

export type Fact =
  | 'became-master'
  | 'became-backup'
  | 'real-server-down'
  | 'real-server-up'
  | 'mail'
  | 'complaint'
  | 'other'

export interface Happening {
  host: HostName
  /** Wall milliseconds. */
  at: number
  fact: Fact
  /** `192.168.105.203:80` for the facts about a real server. */
  realServer: string | null
  words: string
  id: string | null
  /** Id of the happening that led to it. */
  causedBy: string | null
  /** Worth a line in the story. */
  told: boolean
}

/** In the log, but no part of the story: chores of the processes, and mails, which the relay tells of. */
const UNTOLD = new Set(['ProcessStarted', 'NodeStarted', 'ConfigApplied', 'MailDue', 'MailSent', 'BusStoreChanged'])

/** A line of `failoverctl events --json`; null when it is no event. */
export function fromEvent(host: HostName, line: string): Happening | null {
  const parsed = Envelope.safeParse(parseJson(line))
  if (!parsed.success) return null
  const { id, time, causationid, data } = parsed.data
  return {
    host,
    at: Date.parse(time),
    ...factOf(data),
    words: sentence(parsed.data),
    id,
    causedBy: causationid ?? null,
    told: !UNTOLD.has(String(data.type)),
  }
}

function factOf(data: unknown): Pick<Happening, 'fact' | 'realServer'> {
  const checked = CheckerEvent.safeParse(data)
  if (checked.success) {
    const fact = checked.data.type === 'RealServerUp' ? 'real-server-up' : 'real-server-down'
    return { fact, realServer: checked.data.realServer }
  }
  const elected = VrrpEvent.safeParse(data)
  return { fact: (elected.success ? ELECTED[elected.data.type] : undefined) ?? 'other', realServer: null }
}

/** The turns of an election that a step may ask for. */
const ELECTED: Partial<Record<VrrpEvent['type'], Fact>> = {
  BecameMaster: 'became-master',
  BecameBackup: 'became-backup',
  AdvertRejected: 'complaint',
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** Lines of keepalived's log that the story tells, by what they say. */
const KEEPALIVED: readonly { pattern: RegExp; fact: Fact }[] = [
  { pattern: /Entering MASTER STATE/, fact: 'became-master' },
  { pattern: /Entering BACKUP STATE/, fact: 'became-backup' },
  { pattern: /Entering FAULT STATE/, fact: 'other' },
  { pattern: /Removing service (.*) (?:from|of) VS/, fact: 'real-server-down' },
  { pattern: /Adding service (.*) to VS/, fact: 'real-server-up' },
  { pattern: /lower prio|higher prio|preempt|priority 0|quorum/i, fact: 'other' },
  { pattern: /invalid|bogus|mismatch|wrong|incorrect|not present|unexpected|malformed|drop/i, fact: 'complaint' },
]

/** A line of keepalived's log; `complaint` when it objects to a packet. */
export function fromKeepalived(host: HostName, line: string, at: number): Happening {
  const words = line.replace(/^\w{3} \w{3}\s+\d+ \d+:\d+:\d+ \d+: /, '')
  const known = KEEPALIVED.find(({ pattern }) => pattern.test(words))
  const server = /\[([0-9.]+)\]:\w+:(\d+)/.exec(words)
  return {
    host,
    at,
    fact: known?.fact ?? 'other',
    realServer: server === null ? null : `${server[1]}:${server[2]}`,
    words,
    id: null,
    causedBy: null,
    told: known !== undefined,
  }
}
