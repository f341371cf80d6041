import { resolve } from 'node:path'
import { type Difference, difference } from '#platform/config/compare/difference.ts'
import type { Diagnostic } from '#platform/config/findings/diagnostic.ts'
import { HaError } from '#platform/errors.ts'
import type { Config } from '#schemas/config.ts'
import {
  type ConfigReading,
  isAcceptable,
  obstacleTo,
  readConfigFile,
} from '../../services/supervisor/adapters/config-file.ts'
import { restricted } from '../../services/supervisor/commands.ts'
import { shortHostName } from '../host-name.ts'
import { findNode, settingsInForce } from './node.ts'
import { type AddressChange, addressChanges } from './plan-addresses.ts'
import { type ChangeEffect, effectOf, needPeers } from './plan-effects.ts'
import { changesText } from './plan-text.ts'

export interface PlanOptions {
  file: string
  stateDir: string
  /** Compare with this file instead of what the node runs with; no node is needed then. */
  against?: string
  /** Decides about `@ID` lines; without it that of the node, or the short host name where there is none. */
  configId?: string
}

export type PlannedChange = Difference & ChangeEffect

/** What a reload with a file would change; its JSON is what `config plan --json` prints. */
export interface Plan {
  file: string
  /** What it is compared with, in words. */
  against: string
  result: 'unchanged' | 'changes' | 'refused'
  /** Why a reload would change nothing at all; null when it would not be refused. */
  refusal: string | null
  /** Of what the two mean; `after` is null when nothing can be made of the file. */
  digest: { before: string; after: string | null }
  addresses: AddressChange[]
  changes: PlannedChange[]
  /** Instances whose other routers must get the same at about the same time. */
  peers: string[]
  /** Errors and warnings of the file. */
  findings: Diagnostic[]
}

interface Base {
  words: string
  config: Config
  digest: string
  only: 'all' | 'vrrp' | 'checker'
  configId: string
  allConfig: boolean
  /** A running node, which cannot take over everything. */
  running: boolean
}

/** @throws HaError NODE_UNKNOWN, SETTINGS_INVALID, CONFIG_FILE */
export function planConfig({ file, stateDir, against, configId }: PlanOptions): Plan {
  const base = against === undefined ? baseInForce(stateDir) : baseOf(against, configId ?? shortHostName())
  const path = resolve(file)
  return planReading(path, readConfigFile(path, configId ?? base.configId, base.allConfig), base)
}

/** As `planConfig`, of a file that has been read already. */
export function planReading(file: string, reading: ConfigReading, base: Base): Plan {
  const findings = reading.diagnostics.filter(({ severity }) => severity !== 'note')
  const common = { file, against: base.words, findings }
  const refusal = refusalOf(reading, base)
  if (!isAcceptable(reading) || refusal !== null) {
    const after = reading.config === null ? null : reading.digest
    const nothing = { addresses: [], changes: [], peers: [] }
    return { ...common, result: 'refused', refusal, digest: { before: base.digest, after }, ...nothing }
  }
  const after = restricted(reading.config, base.only)
  const differences = difference(base.config, after)
  return {
    ...common,
    result: differences.length === 0 ? 'unchanged' : 'changes',
    refusal: null,
    digest: { before: base.digest, after: reading.digest },
    addresses: addressChanges(base.config, after),
    changes: differences.map((each) => ({ ...each, ...effectOf(each, differences) })),
    peers: needPeers(differences, after),
  }
}

function refusalOf(reading: ConfigReading, base: Base): string | null {
  if (!isAcceptable(reading)) return 'it has errors'
  return base.running ? obstacleTo(reading.config, base.config) : null
}

/** What the node runs with: what its services were told, not what its file says now. */
export function baseInForce(stateDir: string): Base {
  const { node, only, configId, allConfig } = findNode(stateDir)
  const { config, configDigest: digest } = settingsInForce(stateDir)
  const words = `the configuration in force on ${node}`
  return { words, config, digest, only, configId, allConfig, running: true }
}

function baseOf(file: string, configId: string): Base {
  const path = resolve(file)
  const { config, digest } = readConfigFile(path, configId)
  if (config === null)
    throw new HaError('CONFIG_FILE', `nothing can be made of ${path}; see failoverctl config check ${file}`)
  return { words: path, config, digest, only: 'all', configId, allConfig: false, running: false }
}

/** Exit status: 1 when the file would be refused; with `exitCode` 3 when it changes something; else 0. */
export function planStatus({ result }: Plan, exitCode: boolean): 0 | 1 | 3 {
  if (result === 'refused') return 1
  return exitCode && result === 'changes' ? 3 : 0
}

/** The plan for people: addresses first, then instances, services and the rest; `!` marks what interrupts traffic. */
export function planText(plan: Plan): string {
  switch (plan.result) {
    case 'unchanged':
      return `no change: ${plan.file} means the same as ${plan.against}`
    case 'refused':
      return `a reload with ${plan.file} would be refused, and nothing would change: ${plan.refusal}`
    case 'changes':
      return `${plan.file} against ${plan.against}\n\n${changesText(plan)}`
  }
}
