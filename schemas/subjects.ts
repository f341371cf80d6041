/** The one place where subjects, sources and event types are spelled. */
import * as z from 'zod'

export const ServiceName = z.enum(['supervisor', 'vrrp', 'ipvs', 'checker', 'notifier'])
export type ServiceName = z.infer<typeof ServiceName>

/** The stream of all events of a node, and the bucket of its snapshots. */
export const EVENT_STREAM = 'HA_EVENTS'
export const SNAPSHOT_BUCKET = 'HA_SNAPSHOTS'

/** Every event of every node. */
export const ALL_EVENTS = 'ha.>'

export interface NodeName {
  site: string
  node: string
}

/**
 * One subject token from any text: letters, digits, `-` and `_` stay, every other byte of its UTF-8 becomes `=XX`.
 * `decodeToken` is its inverse. The empty text becomes a lone `=`.
 */
export function encodeToken(text: string): string {
  if (text === '') return '='
  return Array.from(new TextEncoder().encode(text), (byte) => {
    const char = String.fromCharCode(byte)
    return /[A-Za-z0-9_-]/.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

export function decodeToken(token: string): string {
  const bytes = (token.match(/=[0-9A-F]{2}|[^=]/g) ?? []).map((part) =>
    part.length === 3 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0),
  )
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

/** `BecameMaster` is `became-master` on the wire. */
export function factToken(type: string): string {
  return type.replace(/(?<=[a-z0-9])[A-Z]/g, (upper) => `-${upper}`).toLowerCase()
}

function nodePrefix({ site, node }: NodeName): string {
  return `ha.${encodeToken(site)}.${encodeToken(node)}`
}

/** `ha.<site>.<node>.<service>.<entity>.<fact>` */
export function eventSubject(name: NodeName, service: ServiceName, entity: string, type: string): string {
  return `${nodePrefix(name)}.${service}.${encodeToken(entity)}.${factToken(type)}`
}

/** All events of a node, or of one service of it. */
export function eventFilter(name: NodeName, service?: ServiceName): string {
  return service === undefined ? `${nodePrefix(name)}.>` : `${nodePrefix(name)}.${service}.>`
}

/** One kind of event of a service, of whatever entity. */
export function factFilter(name: NodeName, service: ServiceName, type: string): string {
  return `${nodePrefix(name)}.${service}.*.${factToken(type)}`
}

/** All events that a stream of a node takes. */
export function streamSubjects(name: NodeName): string[] {
  return [eventFilter(name)]
}

/** Where the live copy of an event goes while its record waits for its turn: not in any stream. */
export function liveSubject(subject: string): string {
  return `live.${subject}`
}

/** Where the server republishes an event once it is stored, with its place in the stream: not in any stream. */
export function storedSubject(subject: string): string {
  return `stored.${subject}`
}

/** Heartbeats of a service: plain messages, never stored. */
export function heartbeatSubject({ site, node }: NodeName, service: ServiceName | '*'): string {
  return `hb.${encodeToken(site)}.${encodeToken(node)}.${service}`
}

/** Requests of people's tools to a service: plain messages with an answer, never stored. */
export function controlSubject({ site, node }: NodeName, service: ServiceName): string {
  return `ctl.${encodeToken(site)}.${encodeToken(node)}.${service}`
}

export function eventSource({ site, node }: NodeName, service: ServiceName): string {
  return `/${encodeURIComponent(site)}/${encodeURIComponent(node)}/${service}`
}

/** `failoverd.vrrp.became-master.v1` */
export function eventType(service: ServiceName, type: string, version = 1): string {
  return `failoverd.${service}.${factToken(type)}.v${version}`
}

/** Fleet-wide unique id of an event, also its `Nats-Msg-Id`. */
export function eventId(name: NodeName, service: ServiceName, boot: string, sequence: number): string {
  return `${encodeToken(name.site)}.${encodeToken(name.node)}.${service}.${boot}.${sequence}`
}
