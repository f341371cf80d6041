import { flushCompileCache } from 'node:module'
import type { Settings } from '#schemas/settings.ts'
import type { ServiceName } from '#schemas/subjects.ts'
import { connectBus } from './bus.ts'
import type { Bus } from './bus-port.ts'
import { describeError, HaError } from './errors.ts'
import { createLog, type Log } from './log.ts'
import { dropPrivileges } from './native/privileges.ts'
import { readSettings } from './settings-file.ts'

/** Heartbeat of every service, milliseconds: the supervisor calls a process hung after ten missed ones. */
const BEAT_MS = 500

export interface Service {
  settings: Settings
  bus: Bus
  log: Log
  /** SIGHUP: the settings file has been read again and is valid. */
  onReload(listener: (settings: Settings) => void): void
  /** SIGTERM: run the listener, then let the bus store what is left, then exit with status 0. */
  onStop(listener: () => Promise<void>): void
}

/**
 * The frame of a service process: settings from the path in argv, log, bus, heartbeat, signals. Sockets that need
 * root are opened by the caller before `dropRights`.
 */
export function startService(name: ServiceName): Service {
  const path = process.argv[2]
  if (path === undefined) throw new HaError('SETTINGS_INVALID', `usage: services/${name}/main.ts SETTINGS.json`)
  const settings = readSettings(path)
  const log = createLog(name, settings.logLevel)
  const bus = connectBus(settings, log)
  const beat = setInterval(() => bus.beat(), BEAT_MS)
  beat.unref()
  return {
    settings,
    bus,
    log,
    onReload: reloads(path, log),
    onStop(listener) {
      process.once('SIGTERM', () => {
        void listener()
          .then(() => bus.close(1_000))
          .then(() => process.exit(0))
      })
    },
  }
}

/**
 * Listens for SIGHUP from the start: a reload that comes before the service is ready waits for it instead of ending
 * the process, which is what the signal does otherwise. Settings that cannot be used change nothing.
 */
function reloads(path: string, log: Log): Service['onReload'] {
  let listener: ((settings: Settings) => void) | null = null
  let early = false
  function reload(): void {
    if (listener === null) {
      early = true
      return
    }
    try {
      listener(readSettings(path))
    } catch (cause) {
      if (!(cause instanceof HaError)) throw cause
      log.error({ err: describeError(cause) }, 'goes on with the settings it has')
    }
  }
  process.on('SIGHUP', reload)
  return (onSettings) => {
    listener = onSettings
    if (early) reload()
  }
}

/** Gives up root for the identity of the settings, keeping its capabilities only; call it when all is loaded. */
export function dropRights(settings: Settings): void {
  // Node writes its compile cache at exit, which a killed process never reaches: write it while the folder is ours.
  flushCompileCache()
  if (settings.identity !== null) dropPrivileges(settings.identity)
}

/** Whether a process that runs as `own` lacks a capability that `next` has. */
export function needsMoreRights(own: Settings['identity'], next: Settings['identity']): boolean {
  const kept = own?.capabilities
  return kept !== undefined && next?.capabilities.some((name) => !kept.includes(name)) === true
}
