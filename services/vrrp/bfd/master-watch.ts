import type { Cause } from '#schemas/envelope.ts'
import { ownAddress } from '../core/standing.ts'
import type { State } from '../core/state.ts'
import type { FastDetection, Post } from './fast-detection.ts'

/** What one virtual router has to do with fast detection: where it stands, whom it follows, what it is told. */
export interface MasterWatch {
  /** To be told after every input: costs nothing while neither its place nor its master is another. */
  look(state: State): void
  leave(): void
  /** The event that the loss of the master came from; null when it is not lost. */
  because(): Cause | null
}

export function createMasterWatch(
  detection: Pick<FastDetection, 'attend'>,
  router: string,
  tell: Post['tell'],
): MasterWatch {
  let seen: State | null = null
  let because: Cause | null = null

  const take: Post['tell'] = (news, address, cause) => {
    because = news === 'lost' ? cause : null
    tell(news, address, cause)
  }

  return {
    look(state) {
      if (seen !== null && isSame(seen, state)) return
      seen = state
      detection.attend(router, postOf(state, take))
    },
    leave() {
      seen = null
      detection.attend(router, null)
    },
    because: () => (seen?.masterLost === true ? because : null),
  }
}

function isSame(before: State, after: State): boolean {
  const place = before.link === after.link && before.config === after.config && before.role === after.role
  return place && before.master?.peer.address === after.master?.peer.address && before.masterLost === after.masterLost
}

function postOf({ role, link, config, master }: State, tell: Post['tell']): Post | null {
  const { fastDetection: settings } = config
  const source = link === null ? null : ownAddress(link, config)
  if (link === null || source === null || settings === null) return null
  if (role !== 'backup' && role !== 'master') return null
  const followed = role === 'backup' ? (master?.peer.address ?? null) : null
  return { interface: link.interface, index: link.index, source, master: followed, settings, tell }
}
