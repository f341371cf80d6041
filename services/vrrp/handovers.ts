/** What people ask of the routers: planned hand-overs, of an instance or of a sync group as a whole. */
import type { Clock } from '#platform/clock-port.ts'
import { type HandoverState, type VrrpReply, VrrpRequest } from '#schemas/control.ts'
import { handoverRefusal } from './core/handover.ts'
import type { VirtualRouter } from './router.ts'

/** Answers a request at once; what follows from it takes its time. Nothing happens unless all routers can. */
export function answerRequest(asked: unknown, routers: readonly VirtualRouter[], clock: Clock): VrrpReply {
  const parsed = VrrpRequest.safeParse(asked)
  if (!parsed.success)
    return { ok: false, problem: 'this node does not understand the request: is it of another version?' }
  const request = parsed.data
  const chosen = chosenBy(request.target, routers)
  if (chosen.length === 0) return { ok: false, problem: unknown(request.target, routers) }
  const at = clock.now()
  switch (request.type) {
    case 'Handover': {
      const refusals = chosen.map((router) => handoverRefusal(request.force, router.state()))
      const problem = refusals.find((refusal) => refusal !== null)
      if (problem != null) return { ok: false, problem }
      for (const router of chosen) router.dispatch({ type: 'HandoverAsked', at, request: contentOf(request) })
      break
    }
    case 'EndHandover':
      if (chosen.every((router) => router.state().handover === null))
        return { ok: false, problem: `no hand-over of ${request.target} goes on` }
      for (const router of chosen) router.dispatch({ type: 'HandoverEndAsked', at, actor: request.actor })
      break
    case 'ShowHandover':
      break
  }
  return { ok: true, instances: chosen.map(stateOf) }
}

function contentOf({ actor, reason, forMs }: Extract<VrrpRequest, { type: 'Handover' }>) {
  return { actor, reason, forMs }
}

/** A group moves as a whole, whichever of its names was given. */
function chosenBy(target: string, routers: readonly VirtualRouter[]): VirtualRouter[] {
  const named = routers.find((router) => router.state().config.name === target)
  const group = named === undefined ? target : named.state().group
  if (named !== undefined && group === null) return [named]
  return routers.filter((router) => router.state().group === group)
}

function unknown(target: string, routers: readonly VirtualRouter[]): string {
  const names = routers.map((router) => router.state().config.name)
  return `there is no vrrp_instance or vrrp_sync_group ${target} here, only ${names.join(', ') || 'none at all'}`
}

function stateOf(router: VirtualRouter): HandoverState {
  const { config, role, handover, master } = router.state()
  return { instance: config.name, role, phase: handover?.phase ?? null, master: master?.peer ?? null }
}
