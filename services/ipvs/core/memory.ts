/** What outlives a restart: the kernel says the rest better than any memory. */
import type { IpvsSnapshot } from '#schemas/ipvs.ts'
import type { Instance, State, Table } from './state.ts'

/** Shape of the snapshot; another one than this is ignored. */
export const MEMORY_VERSION = 1

export function memoryOf({ instances, table }: State): IpvsSnapshot {
  const roles = Object.values(instances).map(({ config, role }) => [config.name, role] as const)
  return { roles: Object.fromEntries(roles), owned: [...table.owned], down: { ...table.down } }
}

/** The state with what an earlier run knew. What this run has seen of the kernel and the wire stays. */
export function withMemory(state: State, memory: IpvsSnapshot): State {
  const owned = [...new Set([...state.table.owned, ...memory.owned])]
  const instances = Object.entries(state.instances).map(([name, instance]): [string, Instance] => {
    const role = memory.roles[name]
    return [name, instance.role === 'unknown' && role !== undefined ? { ...instance, role } : instance]
  })
  const table: Table = { ...state.table, owned, down: { ...memory.down, ...state.table.down } }
  return { ...state, instances: Object.fromEntries(instances), table }
}
