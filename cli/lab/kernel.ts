/** Where the lab runs: on this kernel, or inside User-Mode Linux. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { HaError } from '#platform/errors.ts'
import { hasIpvs } from '../setup/kernel.mjs'
import { type CommandFolder, writeCommands } from './command-folder.ts'
import { COMPILE_CACHE } from './compile-cache.ts'

export interface KernelChoice {
  here: boolean
  /** One line for people. */
  why: string
}

/** This kernel where it can do all that the lab needs, else User-Mode Linux. */
export function chooseKernel(): KernelChoice {
  const why = obstacle()
  return why === null
    ? { here: true, why: 'The lab runs on this kernel: it has IP_VS, and you may make network namespaces.' }
    : { here: false, why: `The lab runs inside User-Mode Linux 6.1, because ${why}.` }
}

function obstacle(): string | null {
  if (process.getuid?.() !== 0) return 'only root may make network namespaces here'
  if (!hasIpvs()) return 'this kernel has no IP_VS'
  const { status } = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { stdio: 'ignore' })
  return status === 0 ? null : 'this machine does not let you make network namespaces'
}

const UML_RUN = fileURLToPath(new URL('./uml-run.sh', import.meta.url))
const INSIDE = fileURLToPath(new URL('./inside.ts', import.meta.url))
const PLAY_SECONDS = 900
const STAY_SECONDS = 7 * 86_400

/**
 * Runs the lab inside User-Mode Linux; what it prints comes out here. The guest has no terminal: for a lab that stays,
 * lines typed here reach it as files in a folder.
 *
 * @returns exit status of the lab; 124 when it took too long, 125 when the guest died
 * @throws HaError LAB_KERNEL when User-Mode Linux is not installed
 */
export async function runInUml(args: readonly string[], stay: boolean): Promise<number> {
  if (!isOnPath('linux.uml'))
    throw new HaError('LAB_KERNEL', 'linux.uml is not installed: run `npm start`, which installs user-mode-linux')
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-lab-commands-'))
  mkdirSync(COMPILE_CACHE, { recursive: true })
  try {
    const bound = ['-t', String(stay ? STAY_SECONDS : PLAY_SECONDS), '-o', folder, '-o', COMPILE_CACHE]
    const environment = ['-e', 'FAILOVERD_NATS_SERVER', '-e', 'NODE_COMPILE_CACHE']
    const command = [process.execPath, INSIDE, ...args, ...(stay ? ['--commands', folder] : [])]
    const child = spawn('bash', [UML_RUN, ...bound, ...environment, '--', ...command], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
    })
    if (stay) forwardTyped(writeCommands(folder))
    return await endOf(child)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function forwardTyped(commands: CommandFolder): void {
  const typed = createInterface({ input: process.stdin, terminal: false })
  typed.on('line', commands.write)
  typed.on('close', () => commands.write('quit'))
}

/** A signal that ends us ends the guest first: it must not go on unseen. */
function endOf(child: ReturnType<typeof spawn>): Promise<number> {
  const pass = () => child.kill('SIGTERM')
  process.once('SIGTERM', pass).once('SIGINT', pass).once('SIGHUP', pass)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      process.stdin.destroy()
      resolve(status ?? 1)
    })
  })
}

export function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
}
