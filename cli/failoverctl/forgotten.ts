/** What the log does not tell any more, because its oldest events have left it. */
import { CheckerSnapshot } from '#schemas/checker.ts'
import { endpointName, virtualServerName } from '#schemas/names.ts'
import type { NodeStatus } from '#schemas/status.ts'

type Told = Pick<NodeStatus, 'services' | 'instances' | 'virtualServers'>

/**
 * Fills in what no event is left of: processes and instances as they are seen here, real servers as the checker
 * remembers them. Since when all of that is so, nobody knows any more.
 *
 * @param remembered the state in the checker's snapshot
 */
export function fillForgotten(told: Told, here: Told, remembered: unknown): Told {
  const known = new Set(told.services.map(({ name }) => name))
  return {
    services: [...told.services, ...here.services.filter(({ name }) => !known.has(name))],
    instances: told.instances.map((instance) => {
      const seen = here.instances.find(({ name }) => name === instance.name)
      return instance.since === null && seen !== undefined ? seen : instance
    }),
    virtualServers: told.virtualServers.map((server) => withDead(server, deadServers(remembered))),
  }
}

/** `<virtual server> <real server>` of those that the checker has found dead. */
function deadServers(remembered: unknown): Set<string> {
  const memory = CheckerSnapshot.safeParse(remembered)
  const servers = memory.success ? memory.data.servers : []
  const dead = servers.filter(({ verdict }) => verdict?.alive === false)
  return new Set(dead.map(({ virtualServer, realServer }) => `${virtualServer} ${realServer}`))
}

type VirtualServer = NodeStatus['virtualServers'][number]

function withDead(server: VirtualServer, dead: Set<string>): VirtualServer {
  const realServers = server.realServers.map((real) => {
    const forgotten = real.since === null && dead.has(`${virtualServerName(server)} ${endpointName(real)}`)
    return forgotten ? { ...real, state: 'down' as const } : real
  })
  return { ...server, realServers, quorumMet: realServers.some(({ state }) => state === 'up') }
}
