import type { Bus, Published } from '#platform/bus-port.ts'
import type { Clock } from '#platform/clock-port.ts'
import { isEqual } from '#platform/equality.ts'
import type { Log } from '#platform/log.ts'
import { causeOf, createLoop, type Loop } from '#platform/loop.ts'
import type { SyncGroup } from '#schemas/config.ts'
import type { Cause } from '#schemas/envelope.ts'
import {
  decideGroup,
  evolveGroup,
  type GroupEffect,
  type GroupFact,
  type GroupInput,
  type GroupState,
  groupEvent,
  initialGroup,
  type Member,
  reactGroup,
} from './core/group.ts'
import { asMember } from './core/membership.ts'
import type { VirtualRouter } from './router.ts'

/** The sync groups of this node. */
export interface Groups {
  /** Whose members are these from now on; nobody is told anything before `look`. @param routers by instance name */
  apply(groups: readonly SyncGroup[], routers: ReadonlyMap<string, VirtualRouter>): void
  /**
   * A router has come to rest after an input: the others of its group follow before this returns. Most inputs, such as
   * an advert as expected, change nothing that concerns them. Without `moved`: looks at all members.
   */
  look(group: string | null, moved?: VirtualRouter): void
  /** An event of a router: what its group does next follows from it. */
  published(event: Published): void
}

interface Group {
  loop: Loop<GroupState, GroupInput, GroupFact>
  members: readonly VirtualRouter[]
  /** As the loop has seen them last. */
  seen: readonly Member[]
  busy: boolean
}

export interface GroupPorts {
  clock: Clock
  log: Log
  publish: Bus['publish']
}

export function createGroups({ clock, log, publish }: GroupPorts): Groups {
  const groups = new Map<string, Group>()
  // The first event since a router began to move: what all the others do follows from it.
  let origin: Cause | null = null
  let settling = 0

  function open(name: string): Group {
    const core = { decide: decideGroup, evolve: evolveGroup, react: reactGroup }
    const initial = initialGroup(name)
    const act = (effect: GroupEffect) => carryOut(effect, group)
    const options = { core, initial, order: 'act-first' as const, act, toEvent: groupEvent, publish, log }
    const group: Group = { loop: createLoop(options), members: [], seen: [], busy: false }
    return group
  }

  function carryOut(effect: GroupEffect, group: Group): void {
    switch (effect.type) {
      case 'TellMember': {
        const member = group.members.find((each) => each.state().config.name === effect.member)
        member?.dispatch({ type: 'GroupRuled', at: clock.now(), verdict: effect.verdict }, origin)
        return
      }
      case 'DrainMembers': {
        for (const member of group.members) member.drain()
        see(group, true)
      }
    }
  }

  function see(group: Group, drained: boolean): void {
    group.seen = group.members.map((member) => asMember(member.state()))
    group.loop.dispatch({ type: 'MembersSeen', at: clock.now(), members: group.seen, drained }, origin)
  }

  function hasMoved(router: VirtualRouter, { members, seen }: Group): boolean {
    return !isEqual(asMember(router.state()), seen[members.indexOf(router)])
  }

  /** Until nothing changes any more: each verdict is carried out only once a member is as it was seen. */
  function settle(group: Group): void {
    if (group.busy) return
    group.busy = true
    settling += 1
    try {
      while (group.members.some((member) => hasMoved(member, group))) see(group, false)
    } finally {
      group.busy = false
      settling -= 1
    }
  }

  return {
    apply(wanted, routers) {
      const homes = new Map(wanted.flatMap(({ name, members }) => members.map((member) => [member, name])))
      for (const [name, router] of routers)
        router.dispatch({ type: 'GroupChosen', at: clock.now(), group: homes.get(name) ?? null })
      for (const name of groups.keys()) if (!wanted.some((group) => group.name === name)) groups.delete(name)
      for (const { name, members } of wanted) {
        const group = groups.get(name) ?? open(name)
        group.members = members.flatMap((member) => routers.get(member) ?? [])
        group.seen = []
        groups.set(name, group)
      }
    },
    look(name, moved) {
      const group = name === null ? undefined : groups.get(name)
      if (group !== undefined && (moved === undefined || hasMoved(moved, group))) settle(group)
      if (settling === 0) origin = null
    },
    published(event) {
      origin ??= causeOf(event)
    },
  }
}
