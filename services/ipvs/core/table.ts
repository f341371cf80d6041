/** The IPVS table: what dumps, health and time mean for it. Only differences are ever written. */
import type { Millis } from '#platform/clock-port.ts'
import { endpointName } from '#schemas/names.ts'
import type { KernelChange, KernelService } from '../ports.ts'
import { applyChanges, describeChange, type NamedServices, tableChanges } from './compare.ts'
import { desiredTable, serviceName } from './desired.ts'
import { isDown, withHealth } from './health.ts'
import { refusals } from './refusals.ts'
import type { Fact, Input, ProgramReason, State, Table } from './state.ts'

type Of<T extends Input['type']> = Extract<Input, { type: T }>

/** How long a start waits for the log before it adds missing services without knowing who is dead. */
export const START_PATIENCE_MS = 1_000
/** IPVS reports no changes: foreign ones are found by looking. */
export const REPAIR_MS = 60_000

/** The log has been read: compare all. */
export function settle(at: Millis, state: State): Fact[] {
  return state.table.knowledge === 'settled' ? [] : [needed(at, 'settled', 'start')]
}

function needed(at: Millis, knowledge: 'provisional' | 'settled', reason: ProgramReason): Fact {
  return { type: 'TableNeeded', knowledge, reason, repairDue: at + REPAIR_MS }
}

export function decideTableTime(at: Millis, state: State): Fact[] {
  const { knowledge } = state.table
  if (knowledge === 'none') {
    return at >= state.startedAt + START_PATIENCE_MS ? [needed(at, 'provisional', 'start')] : []
  }
  return at >= state.repairDue ? [needed(at, knowledge, 'repair')] : []
}

/** The whole table of the kernel, foreign services too: those are not looked at any further. */
export function decideDump({ services, version, reason, at }: Of<'TableDumped'>, state: State): Fact[] {
  const { table, stopping, config } = state
  if (stopping || table.knowledge === 'none') return []
  // We wrote while it was being read.
  if (version !== table.version) return [needed(at, table.knowledge, reason)]
  const wanted = desiredTable(config.virtualServers, table.down)
  const ours = services.filter(
    (service) => serviceName(service) in wanted || table.owned.includes(serviceName(service)),
  )
  const kernel = byName(ours)
  const all = tableChanges(kernel, wanted)
  const changes = table.knowledge === 'settled' ? all : all.filter((change) => isMissing(change, kernel, wanted))
  const over: Fact[] = 'ipvs' in state.refused ? [{ type: 'RefusalOver', entity: 'ipvs' }] : []
  return [...over, { type: 'TableKnown', services: ours }, ...due(changes, reason)]
}

function byName(services: readonly KernelService[]): NamedServices {
  return Object.fromEntries(services.map((service) => [serviceName(service), service]))
}

/** Without the log, a destination that is not there may have been taken out for good reason: leave services as found. */
function isMissing({ service }: KernelChange, kernel: NamedServices, wanted: NamedServices): boolean {
  const name = serviceName(service)
  return !(name in kernel) || !(name in wanted)
}

function due(changes: KernelChange[], reason: ProgramReason): Fact[] {
  return changes.length === 0 ? [] : [{ type: 'ChangesDue', changes, reason }]
}

/** A real server died or came back. */
export function decideHealth({ event, phase }: Of<'CheckerHeard'>, state: State): Fact[] {
  const { virtualServer, realServer } = event
  const { table, config } = state
  const failed = event.type === 'RealServerDown' ? event.check : null
  if (isDown(table.down, event) === (failed !== null)) return []
  const fact: Fact =
    failed === null
      ? { type: 'ServerReturned', virtualServer, realServer }
      : { type: 'ServerFailed', virtualServer, realServer, check: failed }
  if (phase === 'replay' || table.kernel === null) return [fact]
  const wanted = desiredTable(config.virtualServers, withHealth(table.down, event, failed))
  const changes = tableChanges(only(table.kernel, virtualServer), only(wanted, virtualServer))
  return [fact, ...due(table.knowledge === 'settled' ? changes : about(changes, realServer), 'health')]
}

function only(services: NamedServices, name: string): NamedServices {
  const service = services[name]
  return service === undefined ? {} : { [name]: service }
}

function about(changes: KernelChange[], realServer: string): KernelChange[] {
  return changes.filter((change) => 'destination' in change && endpointName(change.destination) === realServer)
}

/** Health stands: checker says of a server whose checks have changed when that is over. */
export function decideTableReload({ at }: Of<'ConfigurationReloaded'>, { table }: State): Fact[] {
  return table.knowledge === 'none' ? [] : [needed(at, table.knowledge, 'reload')]
}

export function decideTableStop({ table }: State): Fact[] {
  return due(tableChanges(table.kernel ?? {}, {}), 'stop')
}

/** What the kernel took and what it refused. */
export function decideWritten({ changes, failures, reason }: Of<'TableWritten'>, state: State): Fact[] {
  const refused = new Set(failures.map(({ change }) => entityOf(change)))
  const done = changes.filter((change) => !refused.has(entityOf(change)))
  const names = [...new Set(done.map(({ service }) => serviceName(service)))]
  const programmed = names.map((virtualServer): Fact => {
    const own = done.filter(({ service }) => serviceName(service) === virtualServer).map(describeChange)
    return { type: 'VirtualServerProgrammed', virtualServer, changes: own, reason }
  })
  const over = done.map(entityOf).filter((entity) => entity in state.refused)
  const failed = failures.map(({ change, error }) => ({
    entity: entityOf(change),
    code: error.code,
    message: error.message,
  }))
  return [...programmed, ...over.map((entity): Fact => ({ type: 'RefusalOver', entity })), ...refusals(failed, state)]
}

function entityOf(change: KernelChange): string {
  const name = serviceName(change.service)
  return 'destination' in change ? `${name} ${endpointName(change.destination)}` : name
}

/** Table after facts; here because it is the other half of the decisions above. */
export function tableAfterChanges(table: Table, changes: readonly KernelChange[]): Table {
  return { ...table, kernel: applyChanges(table.kernel ?? {}, changes), version: table.version + 1 }
}

export function tableAsDumped(table: Table, services: readonly KernelService[]): Table {
  const owned = [...new Set([...table.owned, ...services.map(serviceName)])]
  return { ...table, kernel: byName(services), owned }
}
