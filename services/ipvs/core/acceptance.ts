/** Which packets a master lets in: with no_accept it forwards for others, and does not answer for the addresses itself. */
import type { VipAddress } from '#schemas/config.ts'
import type { Effect } from './effect.ts'
import { refusals } from './refusals.ts'
import { allAddresses, type Fact, type Input, type Instance, type State } from './state.ts'

const ENTITY = 'no_accept'

/** At the start and after a reload: what cannot be done is said before it is needed. */
export function refusingFromNow(state: State): Effect[] {
  const check = Object.values(state.instances).some(({ config }) => !config.accept)
  return [{ type: 'RefusePackets', addresses: refusedAddresses(state), check }]
}

/** When the addresses of an instance come or go; packets to those of others are no concern of it. */
export function refusingFor({ config }: Instance, state: State): Effect[] {
  return config.accept ? [] : [{ type: 'RefusePackets', addresses: refusedAddresses(state), check: false }]
}

function refusedAddresses({ instances }: State): VipAddress[] {
  return Object.values(instances)
    .filter(({ config, hold }) => !config.accept && (hold.phase === 'held' || hold.phase === 'lost'))
    .flatMap(({ config }) => allAddresses(config))
}

export function decidePacketsRefused({ error }: Extract<Input, { type: 'PacketsRefused' }>, state: State): Fact[] {
  if (error === null) return ENTITY in state.refused ? [{ type: 'RefusalOver', entity: ENTITY }] : []
  const names = Object.values(state.instances).flatMap(({ config }) => (config.accept ? [] : [config.name]))
  const message = `packets to the addresses of ${names.join(', ')} are let in: ${error.message}`
  return refusals([{ entity: ENTITY, code: error.code, message }], state)
}
