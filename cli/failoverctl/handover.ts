import { userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Inquiry, openInquiry } from '#platform/bus-request.ts'
import { secondsOf } from '#platform/config/statements/quantity.ts'
import { HaError } from '#platform/errors.ts'
import { type HandoverState, VrrpReply, type VrrpRequest } from '#schemas/control.ts'
import { reachNode } from './node.ts'

export interface HandoverOptions {
  /** An instance or a sync group. */
  target: string
  stateDir: string
  to?: string
  /** `1h`, `30m`, or seconds. */
  for?: string
  reason?: string
  force: boolean
  end: boolean
  print(line: string): void
}

const DONE = 0
const FAILED = 1
/** The time of the announcement, the longest skew of VRRPv2, an interval of 40 s at most, and some patience. */
const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 50

type Vrrp = Inquiry<VrrpRequest, VrrpReply>

/**
 * Hands a mastership to whichever backup is the best, or ends that, and waits for what comes of it. Returns the exit
 * status.
 *
 * @throws HaError USAGE, NODE_UNKNOWN, NET_NAMESPACE, BUS_AWAY, SERVICE_SILENT
 */
export async function handOver(options: HandoverOptions): Promise<number> {
  const request = requestOf(options)
  const node = await reachNode(options.stateDir)
  const vrrp: Vrrp = await openInquiry(node.bus, node, 'vrrp', VrrpReply)
  try {
    const reply = await vrrp.ask(request)
    if (!reply.ok) {
      options.print(`nothing was changed: ${reply.problem}`)
      return FAILED
    }
    if (request.type !== 'Handover') {
      options.print(`ended: ${namesOf(reply.instances)} takes part in elections again`)
      return DONE
    }
    return await outcome(vrrp, options)
  } finally {
    await vrrp.close()
  }
}

function requestOf({ target, to, for: time, reason, force, end }: HandoverOptions): VrrpRequest {
  const actor = process.env.SUDO_USER ?? userInfo().username
  if (end) return { type: 'EndHandover', target, actor }
  // No message reaches another node: the backups settle among themselves who comes.
  if (to !== undefined)
    throw new HaError('USAGE', `--to ${to}: nodes cannot be chosen yet; the backup of the highest priority takes over`)
  if (reason === undefined || reason.trim() === '')
    throw new HaError('USAGE', 'say why, for those who read the log later: --reason "new memory in vos1"')
  const seconds = time === undefined ? null : secondsOf(time)
  if (time !== undefined && (seconds === null || seconds <= 0))
    throw new HaError('USAGE', `--for ${time} is no time: a number with s, m, h or d behind it, such as 90m`)
  return { type: 'Handover', target, actor, reason, forMs: seconds === null ? null : seconds * 1_000, force }
}

async function outcome(vrrp: Vrrp, { target, for: time, print }: HandoverOptions): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    await sleep(LOOK_EVERY_MS)
    const reply = await vrrp.ask({ type: 'ShowHandover', target })
    if (!reply.ok) throw new HaError('SERVICE_SILENT', reply.problem)
    const { instances } = reply
    if (instances.every(({ role, phase }) => role === 'master' && phase === null)) {
      print(`nobody came: this node goes on as MASTER of ${namesOf(instances)}`)
      return FAILED
    }
    if (instances.every(({ role }) => role !== 'master')) {
      for (const { instance, master } of instances)
        print(`${instance} is handed over to ${master?.address ?? 'nobody'}`)
      const until = time === undefined ? '' : `for ${time}, or `
      print(`this node stays backup ${until}until: failoverctl handover ${target} --end`)
      return DONE
    }
  }
  print(`it has not been settled in time; see failoverctl status and failoverctl why ${target}`)
  return FAILED
}

function namesOf(instances: readonly HandoverState[]): string {
  return instances.map(({ instance }) => instance).join(', ')
}
