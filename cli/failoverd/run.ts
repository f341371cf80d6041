import { spawn } from 'node:child_process'
import { appendFileSync, closeSync, constants, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { CommanderError } from 'commander'
import { exitStatus, type Look, PLAIN } from '#platform/config/findings/diagnostic.ts'
import { asErrors, reportText, summaryOf, summaryText } from '#platform/config/findings/report.ts'
import { loadForTest } from '#platform/config/load.ts'
import { describeError, HaError } from '#platform/errors.ts'
import { type ConfigReading, readConfigFile } from '../../services/supervisor/adapters/config-file.ts'
import type { NodeOptions } from '../../services/supervisor/commands.ts'
import { lookOf } from '../look.ts'
import { VERSION } from '../version.ts'
import { findBusServer } from './bus-program.ts'
import { type DaemonOptions, daemonCommand } from './options.ts'
import { rightsToDrop } from './rights.ts'

/** Runs `failoverd` with these arguments and returns its exit status; a running node keeps the process alive. */
export async function runDaemon(argv: string[]): Promise<number> {
  const command = daemonCommand(VERSION)
  try {
    command.parse(argv)
    const options = command.opts<DaemonOptions>()
    if (options.configTest !== undefined && options.configTest !== false) return test(options)
    return await start(readConfigFile(resolve(options.useFile), options.configId, options.allConfig), options, argv)
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2
    process.stderr.write(`failoverd: ${describeError(cause)}\n`)
    return 1
  }
}

function test({ configTest, strict, useFile, ...options }: DaemonOptions): number {
  const { config, diagnostics } = loadForTest(resolve(useFile), options)
  const said = strict ? asErrors(diagnostics) : diagnostics
  const summary = said.length === 0 ? '' : `${useFile}: ${summaryText(summaryOf(said))}\n`
  const text = (look: Look) => reportText(said, look) + summary
  if (typeof configTest === 'string') append(configTest, text(PLAIN))
  else process.stderr.write(text(lookOf(process.stderr)))
  const status = exitStatus(diagnostics, config)
  return strict && status === 5 ? 4 : status
}

/** Not through a link: root may be testing, and others may write to the folder. */
function append(path: string, text: string): void {
  const file = openSync(path, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW, 0o644)
  appendFileSync(file, text)
  closeSync(file)
}

/** As keepalived: what is wrong is said, and the node runs with what is right. */
async function start(reading: ConfigReading, options: DaemonOptions, argv: string[]): Promise<number> {
  const { config, diagnostics, digest } = reading
  process.stderr.write(reportText(diagnostics, lookOf(process.stderr)))
  if (config === null) return exitStatus(diagnostics, config)
  // A test of the configuration is over before the kernel, the bus and the log would be needed: only here they are loaded.
  const { enterNamespace } = await import('../net-namespace.ts')
  // In front of everything that opens a socket or starts a process.
  if (config.netNamespace !== null) enterNamespace(config.netNamespace)
  mkdirSync(options.stateDir, { recursive: true, mode: 0o755 })
  if (!options.dontFork) return fork(options, argv)
  if (options.pid !== undefined) writePidFile(options.pid)
  const { LOG_FORMAT } = await import('#platform/log.ts')
  const { runNode } = await import('../../services/supervisor/main.ts')
  if (options.logConsole) process.env[LOG_FORMAT] = 'text'
  await runNode(nodeOptions(options, config), { config, digest })
  return 0
}

/** As keepalived's: there while the node runs. */
function writePidFile(path: string): void {
  writeFileSync(path, `${process.pid}\n`)
  process.once('exit', () => rmSync(path, { force: true }))
}

function nodeOptions(options: DaemonOptions, config: { routerId: string; site: string | null }): NodeOptions {
  const busProgram = options.busServer ?? findBusServer()
  return {
    configFile: resolve(options.useFile),
    configId: options.configId,
    allConfig: options.allConfig,
    stateDir: resolve(options.stateDir),
    site: options.site ?? config.site ?? 'local',
    node: options.node ?? (config.routerId === '' ? hostname() : config.routerId),
    version: VERSION,
    boot: Date.now().toString(36),
    logLevel: options.logDetail ? 'debug' : 'info',
    busProgram,
    only: options.vrrp ? 'vrrp' : options.check ? 'checker' : 'all',
    dropRights: rightsToDrop(resolve(options.stateDir), busProgram),
  }
}

/** Starts ourselves again in the background, as a session of its own, logging to a file unless -l asks otherwise. */
function fork(options: DaemonOptions, argv: string[]): number {
  const log = options.logConsole ? 'inherit' : openSync(join(options.stateDir, 'failoverd.log'), 'a', 0o640)
  const [program = '', ...rest] = argv
  // Scripts run where the daemon does: in the root folder, as keepalived's, so paths must not depend on it.
  const paths = [`--use-file=${resolve(options.useFile)}`, `--state-dir=${resolve(options.stateDir)}`]
  if (options.pid !== undefined) paths.push(`--pid=${resolve(options.pid)}`)
  if (options.busServer !== undefined) paths.push(`--bus-server=${resolve(options.busServer)}`)
  const child = spawn(program, [...process.execArgv, ...rest, ...paths, '--dont-fork'], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  })
  if (child.pid === undefined) throw new HaError('PROCESS_START', `cannot start ${program}`)
  child.unref()
  return 0
}
