import { chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '#schemas/config.ts'
import type { Identity, Settings } from '#schemas/settings.ts'
import type { ServiceName } from '#schemas/subjects.ts'
import type { ProcessName } from '#schemas/supervisor.ts'
import type { BusServer } from './adapters/bus-server.ts'
import { identityOf } from './identities.ts'
import type { Command, LoadedConfig } from './ports.ts'

/** How a node is run: what the command line and the configuration have decided. */
export interface NodeOptions {
  configFile: string
  configId: string
  /** `-e`: every include is strict. */
  allConfig: boolean
  stateDir: string
  site: string
  node: string
  version: string
  boot: string
  logLevel: Settings['logLevel']
  /** The nats-server program. */
  busProgram: string
  only: 'all' | 'vrrp' | 'checker'
  /** Whether the processes give root up; not when they could then not reach their files. */
  dropRights: { services: boolean; busServer: boolean }
}

/** The processes that a configuration in force needs: as keepalived, none for what it does not configure. */
export function wantedProcesses(config: Config): ProcessName[] {
  const vrrp: ProcessName[] = config.instances.length > 0 ? ['vrrp'] : []
  const checker: ProcessName[] = config.virtualServers.length > 0 ? ['checker'] : []
  return ['nats-server', ...vrrp, 'ipvs', ...checker, 'notifier']
}

/** What a service is told, in its settings file. */
export function settingsFor(
  service: ServiceName,
  options: NodeOptions,
  bus: BusServer,
  { config, digest }: LoadedConfig,
): Settings {
  const identity = service === 'supervisor' ? null : identityOf(service, options.dropRights.services, config)
  const spoolDir = makeSpoolDir(join(options.stateDir, 'outbox'), service, identity)
  return {
    service,
    site: options.site,
    node: options.node,
    boot: options.boot,
    version: options.version,
    spoolDir,
    bus: bus.access(service),
    identity,
    logLevel: options.logLevel,
    configDigest: digest,
    config,
  }
}

/** A folder of the service's own, in one that all may pass through. */
function makeSpoolDir(outbox: string, service: ServiceName, identity: Identity | null): string {
  const spoolDir = join(outbox, service)
  mkdirSync(outbox, { recursive: true, mode: 0o755 })
  mkdirSync(spoolDir, { recursive: true, mode: 0o700 })
  if (identity !== null) chownSync(spoolDir, identity.uid, identity.gid)
  return spoolDir
}

/** `-P` and `-C` leave out half of the configuration for everybody, so that no service has to know of them. */
export function restricted(config: Config, only: NodeOptions['only']): Config {
  if (only === 'vrrp') return { ...config, virtualServers: [] }
  if (only === 'checker') return { ...config, instances: [] }
  return config
}

/** A small young generation keeps garbage collection under 1.5 ms (measured), and the process small. */
const NODE_OPTIONS = ['--max-semi-space-size=1', '--disable-warning=ExperimentalWarning']

/** A late advert is a failover: on a busy machine these two go before the programs they serve. */
const URGENT = -15

/** How a service is started: it opens what needs root and then gives root up by itself. */
export function serviceCommand(service: ServiceName, settingsPath: string, stateDir: string): Command {
  const program = fileURLToPath(new URL(`../${service}/main.ts`, import.meta.url))
  return {
    argv: [process.execPath, ...NODE_OPTIONS, program, settingsPath],
    environment: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(stateDir, 'cache') },
    identity: null,
    niceness: service === 'vrrp' || service === 'ipvs' ? URGENT : 0,
  }
}
