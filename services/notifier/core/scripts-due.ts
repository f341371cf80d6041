/** Which scripts an event calls for, in their order of starting: specific, then generic. */
import type { Config, Script, VrrpInstance } from '#schemas/config.ts'
import type { ScriptRun } from '../ports.ts'
import { type GroupNews, type InstanceNews, newsOf } from './notice.ts'
import type { Notice, State } from './state.ts'

/** What keepalived grants the scripts that run at its stop, milliseconds. */
const STOP_LIMIT_MS = 1_000

export function scriptsDue(notice: Notice, state: State): ScriptRun[] {
  const news = newsOf(notice, state)
  if (news === null) return []
  if (news.kind === 'instance') return instanceScripts(news, state.config)
  if (news.kind === 'group') return groupScripts(news, state.config)
  const script = news.state === 'UP' ? news.realServer.notifyUp : news.realServer.notifyDown
  return script === null ? [] : [runOf(script, [], null, state.config)]
}

function instanceScripts({ instance, state, priority }: InstanceNews, config: Config): ScriptRun[] {
  const { notify, name } = instance
  // Scripts see the end of an instance that was taken out of the configuration as a fault.
  const shown = state === 'DELETED' ? 'FAULT' : state
  const limitMs = state === 'STOP' ? STOP_LIMIT_MS : null
  return bothScripts(notify, shown, ['INSTANCE', name, shown, String(priority)], limitMs, config)
}

/** A group has no priority: 0 is said in its place. */
function groupScripts({ group: { notify, name }, state }: GroupNews, config: Config): ScriptRun[] {
  const limitMs = state === 'STOP' ? STOP_LIMIT_MS : null
  return bothScripts(notify, state, ['GROUP', name, state, '0'], limitMs, config)
}

function bothScripts(
  notify: VrrpInstance['notify'],
  state: GroupNews['state'],
  generic: string[],
  limitMs: number | null,
  config: Config,
): ScriptRun[] {
  const specific = specificScript(notify, state)
  return [
    ...(specific === null ? [] : [runOf(specific, [], limitMs, config)]),
    ...(notify.any === null ? [] : [runOf(notify.any, generic, limitMs, config)]),
  ]
}

function specificScript(notify: VrrpInstance['notify'], state: 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP'): Script | null {
  switch (state) {
    case 'MASTER':
      return notify.master
    case 'BACKUP':
      return notify.backup
    case 'FAULT':
      return notify.fault
    case 'STOP':
      return notify.stop
  }
}

function runOf(script: Script, more: string[], limitMs: number | null, config: Config): ScriptRun {
  const { scriptUser, scriptSecurity, scriptUmask } = config
  // The script's own user, else script_user, else the default account.
  const account = script.user === null ? scriptUser : { user: script.user, group: script.group }
  return { argv: [...script.argv, ...more], account, limitMs, mustBeSecure: scriptSecurity, umask: scriptUmask }
}
