/** What single statements cannot show: every check that looks at more than one of them. */

import type { Findings } from '../findings/diagnostic.ts'
import type { Statement } from '../language/statement.ts'
import type { Block } from '../statements/block.ts'
import { checkAuthentication } from './authentication.ts'
import { checkBfd } from './bfd.ts'
import { checkRepeated, checkRepeatedSettings, checkSyncGroups } from './definitions.ts'
import { checkDevices } from './devices.ts'
import { checkGarpGroups } from './garp-groups.ts'
import { checkGroups } from './groups.ts'
import { checkInstances } from './instances.ts'
import { checkMail } from './mail.ts'
import { checkPeers } from './peers.ts'
import { checkPersistence } from './persistence.ts'
import { checkProbes } from './probes.ts'
import { checkNames } from './probes-names.ts'
import { checkReferences } from './references.ts'
import { checkRepeats } from './repeats.ts'
import { checkRequired } from './required.ts'
import { checkRouting } from './routing.ts'
import { checkRules } from './rules.ts'
import { checkServerSettings } from './server-settings.ts'
import { checkServers } from './servers.ts'
import { checkTracking } from './tracking.ts'

const CHECKS: readonly ((root: Block, findings: Findings) => void)[] = [
  checkRequired,
  checkMail,
  checkRepeated,
  checkRepeatedSettings,
  checkSyncGroups,
  checkGroups,
  checkInstances,
  checkTracking,
  checkBfd,
  checkPeers,
  checkDevices,
  checkAuthentication,
  checkGarpGroups,
  checkRepeats,
  checkServers,
  checkServerSettings,
  checkPersistence,
  checkProbes,
  checkNames,
  checkRules,
  checkRouting,
]

/** Reports what is wrong with a configuration as a whole; `statements` are those of its top level, usable or not. */
export function checkMeaning(root: Block, statements: readonly Statement[], findings: Findings): void {
  checkReferences(root, statements, findings)
  for (const check of CHECKS) check(root, findings)
}
