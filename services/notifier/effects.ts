import type { WorkResult } from '#platform/bus-port.ts'
import type { Cause } from '#schemas/envelope.ts'
import type { Channel, Effect, Input } from './core/state.ts'
import type { Mailer, Scripts } from './ports.ts'

export interface EffectPorts {
  mailer: Mailer
  scripts: Scripts
  leave(channel: Channel, about: string, result: WorkResult): void
  /** What came of an effect goes back with the cause of the effect. */
  dispatch(input: Input, cause: Cause | null): void
}

/** Carries out what the core calls for. */
export function createEffects({ mailer, scripts, leave, dispatch }: EffectPorts) {
  return (effect: Effect, cause: Cause | null): void => {
    const { about } = effect
    switch (effect.type) {
      case 'SendMail':
        void mailer.send(effect.mail).then((result) => dispatch({ type: 'MailEnded', about, result }, cause))
        return
      case 'RunScript': {
        const { argv } = effect.run
        scripts.run(effect.run, (result) => dispatch({ type: 'ScriptFinished', about, argv, result }, cause))
        return
      }
      case 'Acknowledge':
        leave(effect.channel, about, { done: true })
        return
      case 'PutBack':
        leave(effect.channel, about, { done: false, retryInMs: effect.retryInMs })
    }
  }
}
