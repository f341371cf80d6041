/** `npm start`: the lab; with `-f FILE`, the daemon on this machine. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describeError, HaError } from '#platform/errors.ts'
import { runLab } from './lab.ts'

const HELP = `npm start                    the lab: two directors, two web servers, a client, and a failover in six steps
npm start -- --stay          the lab, left up to play with
npm start -- --vos1 keepalived
npm start -- --vos2 keepalived
                             Debian's keepalived instead of failoverd on that director
npm start -- -f FILE ...     failoverd on this machine, for real, with these arguments (see -f FILE --help)
npm start -- --help          this text

Exit status of the lab: 0 every step showed what it must, 1 one did not, 2 wrong usage.
`

/** @returns exit status */
async function start(args: string[]): Promise<number> {
  if (args.some((arg) => /^-f|^--use-file/.test(arg))) return runDaemon(args)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP)
    return 0
  }
  return runLab(args)
}

/** In the foreground, with our terminal: signals that npm or the terminal send reach it as well. */
function runDaemon(args: string[]): Promise<number> {
  const daemon = fileURLToPath(new URL('./failoverd.ts', import.meta.url))
  const foreground = args.some((arg) => arg === '-n' || arg === '--dont-fork') ? args : ['-n', '-l', ...args]
  const child = spawn(process.execPath, [daemon, ...foreground], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)
    process.on(signal, () => child.kill(signal))
  // A terminal sends SIGINT to the daemon too: we only wait for it to stop in order.
  process.on('SIGINT', () => {})
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (status) => resolve(status ?? 1))
  })
}

const status = await start(process.argv.slice(2)).catch((cause: unknown) => {
  process.stderr.write(`failoverd: ${describeError(cause)}\n`)
  return cause instanceof HaError && cause.code === 'USAGE' ? 2 : 1
})
process.exit(status)
