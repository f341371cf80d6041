/** How a vrrp_instance takes part in elections, and what strict_mode leaves of that (RFC 3768, RFC 9568). */
import type { VrrpInstance } from '#schemas/config.ts'
import { wordPosition } from '../language/text.ts'
import { boolOf, hasSetting, numberOf, settingOf, settingsOf } from '../statements/block.ts'
import { keywordOf, type Reading } from './vrrp-reading.ts'

export function isStrict({ block, defaults }: Reading): boolean {
  return boolOf(block, 'strict_mode') ?? defaults.strict
}

/** `state`, which decides nothing but the first role of an owner; strictly, only an owner may be MASTER, and has to. */
export function readState(reading: Reading, priority: number): 'MASTER' | 'BACKUP' {
  const { block, name, findings } = reading
  const settings = settingsOf(block, 'state')
  const master = settings.findIndex(({ values }) => values[0] === 'MASTER')
  const later = master === -1 ? undefined : settings.slice(master).find(({ values }) => values[0] === 'BACKUP')
  if (later !== undefined) {
    const at = wordPosition(later.statement.keyword)
    const message = `${name}: state BACKUP after state MASTER is not used`
    findings.error({ code: 'REPEATED', at, keyword: 'state', message })
  }
  const usual = priority === 255 ? 'MASTER' : 'BACKUP'
  if (settings.length === 0 && !block.damaged.has('state')) return usual
  const state = master === -1 ? 'BACKUP' : 'MASTER'
  if (state === usual || !isStrict(reading)) return state
  const which = priority === 255 ? 'is MASTER' : 'starts as BACKUP'
  refuse(reading, 'state', `priority ${priority} ${which}`)
  return usual
}

type Election = Pick<
  VrrpInstance,
  | 'preempt'
  | 'preemptDelayMs'
  | 'downTimerAdverts'
  | 'stallPriority'
  | 'lowerPriorityAdvert'
  | 'higherPriorityAdvert'
  | 'ownerIgnoresAdverts'
  | 'acceptsTraffic'
>

export function readElection(
  reading: Reading,
  role: Pick<VrrpInstance, 'initialState' | 'priority' | 'version'>,
): Election {
  const { block, defaults } = reading
  const preemption = readPreemption(reading, role)
  const usual = {
    ...preemption,
    downTimerAdverts: numberOf(block, 'down_timer_adverts') ?? defaults.downTimerAdverts,
    stallPriority: readStallPriority(reading, preemption.preempt),
    lowerPriorityAdvert: invert(boolOf(block, 'lower_prio_no_advert')) ?? defaults.lowerPriorityAdvert,
    higherPriorityAdvert: boolOf(block, 'higher_prio_send_advert') ?? defaults.higherPriorityAdvert,
    ownerIgnoresAdverts: boolOf(block, 'owner_ignore_adverts') ?? defaults.ownerIgnoresAdverts,
    acceptsTraffic: role.priority === 255 || !hasSetting(block, 'no_accept'),
  }
  return isStrict(reading) ? strictly(reading, role, usual) : usual
}

/** What no RFC knows goes back to what it has; whatever was written out against that is said. */
function strictly(
  reading: Reading,
  { priority, version }: { priority: number; version: 2 | 3 },
  usual: Election,
): Election {
  const { block } = reading
  const says = (keyword: string, value: boolean) => boolOf(block, keyword) === value
  const accepts = hasSetting(block, 'accept') && priority !== 255
  if (usual.preemptDelayMs > 0) refuse(reading, 'preempt_delay')
  if (usual.downTimerAdverts !== 3) refuse(reading, 'down_timer_adverts', 'a backup waits for 3')
  if (says('lower_prio_no_advert', false)) refuse(reading, 'lower_prio_no_advert', 'a master does not answer')
  if (says('higher_prio_send_advert', true)) refuse(reading, 'higher_prio_send_advert')
  if (says('owner_ignore_adverts', false)) refuse(reading, 'owner_ignore_adverts', 'an owner does not listen')
  if (accepts && version === 2) refuse(reading, 'accept', 'version 2 has no accept mode')
  return {
    ...usual,
    preemptDelayMs: 0,
    downTimerAdverts: 3,
    lowerPriorityAdvert: false,
    higherPriorityAdvert: false,
    ownerIgnoresAdverts: true,
    acceptsTraffic: priority === 255 || (accepts && version === 3),
  }
}

/** `because`: what counts instead. */
export function refuse(
  { block, name, findings }: Reading,
  keyword: string,
  because = 'the RFC does not have it',
): void {
  const at = wordPosition(settingOf(block, keyword)?.statement.keyword ?? keywordOf(block))
  findings.error({
    code: 'STRICT',
    at,
    keyword,
    message: `${name}: ${keyword} is not used with strict_mode: ${because}`,
  })
}

function noEffect({ block, name, findings }: Reading, keyword: string, because: string): void {
  const at = wordPosition(settingOf(block, keyword)?.statement.keyword ?? keywordOf(block))
  findings.warning({ code: 'NO_EFFECT', at, keyword, message: `${name}: ${keyword} has no effect ${because}` })
}

function readPreemption(
  reading: Reading,
  { initialState: state, priority }: Pick<VrrpInstance, 'initialState' | 'priority'>,
): Pick<VrrpInstance, 'preempt' | 'preemptDelayMs'> {
  const { block } = reading
  const first = state === 'MASTER' ? 'with state MASTER' : priority === 255 ? 'with priority 255' : null
  const asked = hasSetting(block, 'nopreempt')
  if (asked && first !== null) noEffect(reading, 'nopreempt', first)
  const preempt = !asked || first !== null
  const delayS = numberOf(block, 'preempt_delay') ?? 0
  const useless = state === 'MASTER' ? 'with state MASTER' : preempt ? null : 'with nopreempt'
  if (delayS > 0 && useless !== null) noEffect(reading, 'preempt_delay', useless)
  return { preempt, preemptDelayMs: useless === null ? Math.round(delayS * 1000) : 0 }
}

function readStallPriority(reading: Reading, preempt: boolean): number | null {
  const { block } = reading
  if (!hasSetting(block, 'timer_expired_backup')) return null
  if (preempt) noEffect(reading, 'timer_expired_backup', 'without nopreempt')
  return preempt ? null : (numberOf(block, 'timer_expired_backup') ?? 254)
}

function invert(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value
}
