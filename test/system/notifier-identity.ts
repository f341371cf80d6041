/** Gives up root as services/notifier does and starts scripts under other accounts: `notifier-identity.ts FOLDER CLOSED`. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from '#platform/accounts.ts'
import { dropPrivileges } from '#platform/native/privileges.ts'
import type { ScriptResult } from '#platform/script-process.ts'
import { processScripts } from '../../services/notifier/adapters/script.ts'

const path = join(process.argv[2] ?? '', 'identity')
writeFileSync(path, '#!/bin/sh\necho "$(id -u) $(id -g) $(id -G) $(umask)"; grep CapEff /proc/self/status\n')
chmodSync(path, 0o755)

dropPrivileges({ uid: 65_705, gid: 65_705, capabilities: ['CAP_SETUID', 'CAP_SETGID', 'CAP_KILL'] })
const scripts = processScripts({ canSwitch: true, warn: () => undefined })
const run = (argv: string[], account: Account, limitMs: number | null = null) =>
  new Promise<ScriptResult>((resolve) =>
    scripts.run({ argv, account, limitMs, mustBeSecure: false, umask: 0o177 }, resolve),
  )

/** Who a script says it is, and whether it has any capability. */
async function whoIs(account: Account): Promise<string> {
  const out = join(process.argv[2] ?? '', 'who')
  writeFileSync(out, '')
  chmodSync(out, 0o666)
  await run(['/bin/sh', '-c', `${path} > ${out}`], account)
  const [ids, capabilities = ''] = readFileSync(out, 'utf8').trim().split('\n')
  return `${ids} ${/[1-9a-f]/.test(capabilities.split(/\s+/)[1] ?? '') ? 'mighty' : 'powerless'}`
}

const root = await whoIs({ user: 'root', group: null })
const nobody = await whoIs({ user: 'nobody', group: null })
/** Below folders that we may not enter any more. */
const behind = async (name: string) => {
  const argv = [join(process.argv[3] ?? '', name, 'x')]
  const account = { user: 'root', group: null }
  const security = { limitMs: null, mustBeSecure: true, umask: 0o177 }
  const { status, detail } = await new Promise<ScriptResult>((resolve) =>
    scripts.run({ argv, account, ...security }, resolve),
  )
  return detail ?? String(status)
}
const { detail } = await run(['/bin/sleep', '60'], { user: 'root', group: null }, 200)
const closed = { ofRoot: await behind('root'), ofGroup: await behind('group') }
console.log(JSON.stringify({ ownUid: process.getuid?.(), root, nobody, killed: detail, ...closed }))
