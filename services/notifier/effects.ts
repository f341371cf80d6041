import type { WorkResult } from '#platform/bus-port.ts'
import type { Cancel, Clock } from '#platform/clock-port.ts'
import type { Cause } from '#schemas/envelope.ts'
import type { Channel, Effect, Input } from './core/state.ts'
import type { Mailer, Scripts } from './ports.ts'

export interface EffectPorts {
  mailer: Mailer
  scripts: Scripts
  clock: Clock
  again(channel: Channel, about: string): void
  leave(channel: Channel, about: string, result: WorkResult): void
  /** What came of an effect goes back with the cause of the effect. */
  dispatch(input: Input, cause: Cause | null): void
}

/** Carries out what the core calls for. */
export function createEffects({ mailer, scripts, clock, again, leave, dispatch }: EffectPorts) {
  const waits = new Map<string, Cancel>()

  function offerAgain({ channel, about, when }: Extract<Effect, { type: 'OfferAgain' }>): void {
    const key = `${channel} ${about}`
    waits.get(key)?.()
    const fire = () => {
      waits.delete(key)
      again(channel, about)
    }
    waits.set(key, clock.at(when, fire))
  }

  return (effect: Effect, cause: Cause | null): void => {
    const { about } = effect
    switch (effect.type) {
      case 'SendMail':
        void mailer.send(effect.mail).then((result) => {
          const ageMs = Math.max(0, clock.wall() - Date.parse(effect.since))
          dispatch({ type: 'MailEnded', about, ageMs, result }, cause)
        })
        return
      case 'RetryMail':
        clock.at(clock.now() + effect.inMs, () => dispatch({ type: 'MailRetryCame', about }, cause))
        return
      case 'RunScript': {
        const { argv } = effect.run
        scripts.run(effect.run, (result) => dispatch({ type: 'ScriptFinished', about, argv, result }, cause))
        return
      }
      case 'OfferAgain':
        offerAgain(effect)
        return
      case 'Acknowledge':
        leave(effect.channel, about, { done: true })
        return
      case 'PutBack':
        leave(effect.channel, about, { done: false, retryInMs: effect.retryInMs })
    }
  }
}
