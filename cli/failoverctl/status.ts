import { openReader } from '#platform/bus-reader.ts'
import { openInquiry } from '#platform/bus-request.ts'
import { HaError } from '#platform/errors.ts'
import { CountReply, type CountRequest } from '#schemas/control.ts'
import type { Envelope } from '#schemas/envelope.ts'
import type { NodeRecord } from '#schemas/node.ts'
import { NodeStatus } from '#schemas/status.ts'
import { eventFilter, eventSource, ServiceName } from '#schemas/subjects.ts'
import { fillForgotten } from './forgotten.ts'
import { configInForce, countSpooled, reachNode } from './node.ts'
import { observedStatus } from './observed.ts'
import { projectStatus } from './projection.ts'

/** What a node does now: by its log, or by its processes and the kernel when the log cannot be reached. */
export async function readStatus(stateDir: string): Promise<NodeStatus> {
  const node = await reachNode(stateDir)
  const { site, node: name, version } = node
  const config = configInForce(stateDir)
  const log = await readNewest(node)
  if (log === null) {
    const bus = { state: 'degraded' as const, sequence: null, spooled: null }
    return NodeStatus.parse({ site, node: name, version, bus, ...observedStatus(stateDir, config), unknownRouters: {} })
  }
  const { events, sequence, remembered } = log
  const stored = new Map<string, number>()
  for (const { source, sequence: last } of events) stored.set(source, Math.max(last, stored.get(source) ?? 0))
  // Nobody can tell what of the spool of a source whose events have all left was stored: everything, in all likelihood.
  const gone = remembered === null ? [] : ServiceName.options.map((service) => eventSource(node, service))
  for (const source of gone) if (!stored.has(source)) stored.set(source, Number.POSITIVE_INFINITY)
  const bus = { state: 'connected' as const, sequence, spooled: countSpooled(stateDir, stored) }
  const told = projectStatus(events, config)
  const state = remembered === null ? told : fillForgotten(told, observedStatus(stateDir, config), remembered.checker)
  return NodeStatus.parse({ site, node: name, version, bus, ...withCounts(state, await countAdverts(node)) })
}

interface Newest {
  /** The newest of every subject. */
  events: Envelope[]
  sequence: number
  /** What services remember besides; null while the log is whole and tells everything. */
  remembered: { checker: unknown } | null
}

/** null when the log cannot be reached, or has not been set up yet. */
async function readNewest(node: NodeRecord): Promise<Newest | null> {
  try {
    const reader = await openReader(node.bus)
    try {
      const events: Envelope[] = []
      for await (const { envelope } of reader.read({ filter: eventFilter(node), lastPerSubject: true }))
        events.push(envelope)
      const remembered = (await reader.isTrimmed()) ? { checker: await reader.snapshot('checker') } : null
      return { events, sequence: await reader.head(), remembered }
    } finally {
      // Or its connection would keep this process alive for ever.
      await reader.close()
    }
  } catch (cause) {
    if (cause instanceof HaError && cause.code === 'BUS_AWAY') return null
    throw cause
  }
}

/** null when services/vrrp does not answer: it may not run at all. */
async function countAdverts(node: NodeRecord): Promise<CountReply | null> {
  try {
    const vrrp = await openInquiry<CountRequest, CountReply>(node.bus, node, 'vrrp', CountReply)
    try {
      return await vrrp.ask({ type: 'CountAdverts' })
    } finally {
      await vrrp.close()
    }
  } catch (cause) {
    if (cause instanceof HaError && (cause.code === 'BUS_AWAY' || cause.code === 'SERVICE_SILENT')) return null
    throw cause
  }
}

type Told = Pick<NodeStatus, 'services' | 'instances' | 'virtualServers'>

function withCounts(told: Told, counted: CountReply | null): Told & Pick<NodeStatus, 'unknownRouters'> {
  return {
    ...told,
    unknownRouters: counted?.unknown ?? {},
    instances: told.instances.map((instance) => {
      const found = counted?.instances.find((each) => each.instance === instance.name)
      if (found === undefined) return instance
      const { instance: _name, ...adverts } = found
      return { ...instance, adverts, damping: dampingOf(instance.name, counted) }
    }),
  }
}

function dampingOf(name: string, counted: CountReply | null): NodeStatus['instances'][number]['damping'] {
  const found = counted?.damping.find(({ instance }) => instance === name)
  if (found === undefined) return null
  const { instance: _name, preemptsInMs, returnsInMs, ...budget } = found
  const moment = (inMs: number | null) => (inMs === null ? null : new Date(Date.now() + inMs).toISOString())
  return { ...budget, preemptsAgain: moment(preemptsInMs), returns: moment(returnsInMs) }
}

const AWAY =
  ': it cannot be reached. What follows is read off the processes and the kernel; health of servers is not known'

/** The status for people. */
export function statusText(status: NodeStatus): string {
  const { bus } = status
  const log = bus.sequence === null ? AWAY : `, at ${bus.sequence}`
  const waiting = bus.spooled === null || bus.spooled === 0 ? '' : `, ${bus.spooled} events waiting on disk`
  return [
    `${status.node} at ${status.site}, failoverd ${status.version}; event log ${bus.state}${log}${waiting}`,
    ...status.services.map(
      ({ name, pid, state, restarts }) =>
        `  ${name.padEnd(12)} ${state.padEnd(8)} ${pid === null ? '' : `pid ${pid}`}${restarts === 0 ? '' : `, ${restarts} restarts`}`,
    ),
    ...status.instances.flatMap(instanceLines),
    ...Object.entries(status.unknownRouters).map(
      ([router, count]) => `${count} adverts came for a virtual router that is not configured here: ${router}`,
    ),
    ...status.virtualServers.flatMap(virtualServerLines),
  ].join('\n')
}

function instanceLines(instance: NodeStatus['instances'][number]): string[] {
  const { name, state, since, virtualRouterId, effectivePriority } = instance
  const when = since === null ? '' : ` since ${since}`
  return [
    `${name} ${state}${when} on ${instance.interface}, virtual router ${virtualRouterId}, priority ${effectivePriority}`,
    ...(instance.handover === null ? [] : [`  ${handoverText(instance.handover)}`]),
    ...dampingLines(instance.damping),
    ...instance.addresses.map(({ address, present }) => `  ${address} ${present ? 'here' : 'not here'}`),
    ...droppedLines(instance.adverts?.dropped ?? {}),
  ]
}

function handoverText({ actor, reason, since, until }: NonNullable<NodeStatus['instances'][number]['handover']>) {
  return `handed over by ${actor} at ${since}, ${until === null ? 'until that is ended' : `until ${until}`}: ${reason}`
}

/** What is left is said from the first mastership on. */
function dampingLines(damping: NodeStatus['instances'][number]['damping']): string[] {
  if (damping === null) return []
  const { budget, left, windowMs, preemptsAgain, returns } = damping
  const kept = `  flap damping: ${left} of ${budget} masterships in ${windowMs / 1000} s left`
  const waits = preemptsAgain === null ? kept : `${kept}; preempts nobody until ${preemptsAgain}`
  return [
    ...(left === budget && preemptsAgain === null ? [] : [waits]),
    ...(returns === null ? [] : [`  the fault is over, FAULT lasts until ${returns}: it came back too often`]),
  ]
}

/** Only what calls for a look. */
function droppedLines(dropped: Readonly<Record<string, number>>): string[] {
  const parts = Object.entries(dropped).map(([reason, count]) => `${count} ${reason.replaceAll('-', ' ')}`)
  return parts.length === 0 ? [] : [`  adverts dropped: ${parts.join(', ')}`]
}

function virtualServerLines(server: NodeStatus['virtualServers'][number]): string[] {
  const { address, port, protocol, scheduler, forwarding, quorumMet } = server
  return [
    `${protocol} ${address}:${port} ${scheduler} ${forwarding}${quorumMet ? '' : ', NO SERVER LEFT'}`,
    ...server.realServers.map(
      (real) =>
        `  ${real.address}:${real.port} ${real.state}, weight ${real.weight}${real.reason === null ? '' : `: ${real.reason.replaceAll('-', ' ')}`}`,
    ),
  ]
}
