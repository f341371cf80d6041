/** The embedded server's configuration and who may do what on it: deny by default, each service its own subjects. */
import {
  ALL_EVENTS,
  controlSubject,
  EVENT_STREAM,
  eventFilter,
  heartbeatSubject,
  liveSubject,
  type NodeName,
  ServiceName,
  SNAPSHOT_BUCKET,
  storedSubject,
} from '#schemas/subjects.ts'
import { inboxPrefix } from './bus-link.ts'

const API = '$JS.API'
const SNAPSHOT_STREAM = `KV_${SNAPSHOT_BUCKET}`
/**
 * Bytes that streams may reserve. Left alone, the server takes 75 % of what is free at its start for the limit, without
 * what it has stored itself: a log that fills the limit it was given would be too large after the next start.
 */
const RESERVABLE = 64 * 1024 ** 4
/** failoverctl: it reads, and asks services for what people want done. */
export const CONTROL_USER = 'cli'
/** A service may follow this many sets of filters at a time. */
const FOLLOWS = 4

export interface ServerConfig {
  name: NodeName
  port: number
  storeDir: string
  storage: 'file' | 'memory'
  /** A service's name, or any other name for somebody who only reads. */
  users: { user: string; password: string }[]
}

export interface Permissions {
  publish: { allow: string[]; deny: string[] }
  subscribe: { allow: string[] }
  /** Whether it may answer what it is asked. */
  answers: boolean
}

/** The text of a nats-server configuration file (2.10.23 or newer): loopback only, one domain for the node. */
export function serverConfig({ name, port, storeDir, storage, users }: ServerConfig): string {
  // An acknowledged event must survive a power cut; memory has nothing to sync.
  const sync = storage === 'file' ? '  sync_interval: always\n' : ''
  const accounts = users.map(({ user, password }) => userBlock(user, password, permissionsOf(name, user)))
  return `host: "127.0.0.1"
port: ${port}
server_name: ${JSON.stringify(name.node)}
max_payload: 4MB
write_deadline: "2s"
jetstream {
  store_dir: ${JSON.stringify(storeDir)}
  domain: ${JSON.stringify(domainOf(name))}
  max_file_store: ${RESERVABLE}
${sync}}
authorization {
  users: [
${accounts.join('\n')}
  ]
}
`
}

/** What a user may do; every user reads its own replies only. */
export function permissionsOf(name: NodeName, user: string): Permissions {
  const service = ServiceName.safeParse(user)
  const own = service.success ? service.data : null
  const inbox = `${inboxPrefix(user)}.>`
  const subscribe = {
    allow: [ALL_EVENTS, liveSubject(ALL_EVENTS), storedSubject(ALL_EVENTS), heartbeatSubject(name, '*'), inbox],
  }
  if (own === null) {
    const asking = user === CONTROL_USER ? ServiceName.options.map((each) => controlSubject(name, each)) : []
    return { publish: { allow: [...READING, ...asking], deny: othersConsumers(null) }, subscribe, answers: false }
  }
  subscribe.allow.push(controlSubject(name, own))
  const events = eventFilter(name, own)
  const publish = [events, liveSubject(events), heartbeatSubject(name, own), `$KV.${SNAPSHOT_BUCKET}.${own}`]
  if (own === 'supervisor')
    return { publish: { allow: [...publish, `${API}.>`], deny: DESTROYING }, subscribe, answers: true }
  return { publish: { allow: [...publish, ...requestsOf(own)], deny: othersConsumers(own) }, subscribe, answers: true }
}

const STATE = [`${API}.STREAM.INFO.${EVENT_STREAM}`, `${API}.STREAM.MSG.GET.${EVENT_STREAM}`]

/** For people's tools: looking, and consumers of their own to look with. */
const READING = [
  ...STATE,
  `${API}.INFO`,
  `${API}.STREAM.NAMES`,
  `${API}.STREAM.INFO.${SNAPSHOT_STREAM}`,
  `${API}.STREAM.MSG.GET.${SNAPSHOT_STREAM}`,
  `${API}.DIRECT.GET.${SNAPSHOT_STREAM}.>`,
  `${API}.CONSUMER.*.${EVENT_STREAM}.>`,
  `${API}.CONSUMER.MSG.NEXT.${EVENT_STREAM}.*`,
]

/** What nobody may do to the log at run time; stopping the server and removing its files is left to root. */
const DESTROYING = ['DELETE', 'PURGE', 'MSG.DELETE', 'SNAPSHOT', 'RESTORE'].flatMap((verb) => [
  `${API}.STREAM.${verb}.${EVENT_STREAM}`,
  `${API}.STREAM.${verb}.${SNAPSHOT_STREAM}`,
])

function requestsOf(service: ServiceName): string[] {
  return [
    ...STATE,
    `${API}.STREAM.INFO.${SNAPSHOT_STREAM}`,
    `${API}.DIRECT.GET.${SNAPSHOT_STREAM}.$KV.${SNAPSHOT_BUCKET}.${service}`,
    ...consumersOf(service).flatMap(consumerRequests),
    ...durablesOf(service).map((durable) => `$JS.ACK.${EVENT_STREAM}.${durable}.>`),
  ]
}

/** Names of the consumers a service creates. */
function consumersOf(service: ServiceName): string[] {
  return [...Array.from({ length: FOLLOWS }, (_, index) => `${service}-follow-${index}`), ...durablesOf(service)]
}

/** Names a service may give its durable consumers. */
export function durablesOf(service: ServiceName): string[] {
  return [service, `${service}-mail`, `${service}-scripts`, `${service}-work`]
}

function consumerRequests(consumer: string): string[] {
  const requests = ['CREATE', 'INFO', 'DELETE', 'MSG.NEXT'].map(
    (verb) => `${API}.CONSUMER.${verb}.${EVENT_STREAM}.${consumer}`,
  )
  // A consumer with a single filter may name it in the subject.
  return [...requests, `${API}.CONSUMER.CREATE.${EVENT_STREAM}.${consumer}.>`]
}

/** Consumer names are single tokens, which no wildcard takes apart, so others' are denied one by one. */
function othersConsumers(own: ServiceName | null): string[] {
  return ServiceName.options
    .filter((other) => other !== own)
    .flatMap((other) => consumersOf(other).flatMap(consumerRequests))
}

function domainOf({ node }: NodeName): string {
  return node.replace(/[^A-Za-z0-9_-]/g, '_')
}

function userBlock(user: string, password: string, { publish, subscribe, answers }: Permissions): string {
  const list = (subjects: string[]) => JSON.stringify(subjects)
  return `    { user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)}, permissions: {
      publish: { allow: ${list(publish.allow)}, deny: ${list(publish.deny)} }
      subscribe: { allow: ${list(subscribe.allow)} }${answers ? '\n      allow_responses: { max: 1, expires: "5s" }' : ''} } }`
}
