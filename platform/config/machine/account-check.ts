/** Accounts that a configuration names on lines of their own, against those of the machine. */
import { resolveAccount } from '#platform/accounts.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { parseAccount } from '../statements/arguments.ts'
import { type Block, type Setting, settingOf } from '../statements/block.ts'

/** Where an account stands, by the path of the block, and what becomes of scripts when it does not exist. */
const PLACES: Readonly<Record<string, { keyword: string; loss: string }>> = {
  global_defs: { keyword: 'script_user', loss: 'scripts that name no user are not run' },
  vrrp_script: { keyword: 'user', loss: 'the script is not run' },
  'virtual_server/real_server/MISC_CHECK': { keyword: 'user', loss: 'the check is left out' },
}

/** Reports users and groups that do not exist, as errors: keepalived does without such scripts and checks as well. */
export function checkAccounts(block: Block, findings: Findings): void {
  const place = PLACES[block.path]
  const setting = place === undefined ? undefined : settingOf(block, place.keyword)
  if (place !== undefined && setting !== undefined) reportUnknown(setting, place.loss, findings)
  for (const child of block.blocks) checkAccounts(child, findings)
}

function reportUnknown({ keyword, statement, values }: Setting, loss: string, findings: Findings): void {
  const account = parseAccount(values.map(String))
  if (account.user === null) return
  // Whether we may become somebody else is another question.
  const resolved = resolveAccount({ user: account.user, group: account.group }, true)
  if (resolved.ok) return
  const at = wordPosition(statement.args[0] ?? statement.keyword)
  const message = `${keyword.name}: ${resolved.detail}; ${loss}`
  findings.error({ code: 'SCRIPT_ACCOUNT', at, keyword: keyword.name, message })
}
