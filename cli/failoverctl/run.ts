import { Command, CommanderError } from 'commander'
import { describeError, HaError } from '#platform/errors.ts'
import { daemonCommand } from '../failoverd/options.ts'
import { VERSION } from '../version.ts'
import { bashCompletion } from './completion.ts'
import { addConfig } from './config.ts'
import { parseSince, printEvents } from './events.ts'
import { handOver } from './handover.ts'
import { readStatus, statusText } from './status.ts'
import { explain, whyText } from './why.ts'

const DONE = 0
const FAILED = 1
const WRONG_USAGE = 2

const print = (line: string) => process.stdout.write(`${line}\n`)

/** Runs `failoverctl` with these arguments and returns its exit status: 0 done, 1 failed, 2 wrong usage. */
export async function runControl(argv: string[]): Promise<number> {
  try {
    let status = DONE
    const command = controlCommand((ended) => {
      status = ended
    })
    await command.parseAsync(argv)
    return status
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? DONE : WRONG_USAGE
    process.stderr.write(`failoverctl: ${describeError(cause)}\n`)
    return cause instanceof HaError && cause.code === 'USAGE' ? WRONG_USAGE : FAILED
  }
}

/** The command line of `failoverctl`; `onEnd` gets the exit status of commands that have one of their own. */
export function controlCommand(onEnd: (status: number) => void): Command {
  const command = new Command('failoverctl')
    .description('Looks into a failoverd node: what it does, what happened, and why.')
    .version(VERSION, '-v, --version')
    .option('--state-dir <dir>', 'the state folder of the node', '/var/lib/failoverd')
    .exitOverride()
  const stateDir = () => command.opts<{ stateDir: string }>().stateDir
  addStatus(command, stateDir)
  addEvents(command, stateDir)
  addWhy(command, stateDir)
  addHandover(command, stateDir, onEnd)
  addConfig(command, stateDir, onEnd)
  addLab(command, onEnd)
  addCompletion(command)
  return command
}

function addStatus(command: Command, stateDir: () => string): void {
  command
    .command('status')
    .description('instances, addresses, virtual servers, processes and the event log, now')
    .option('--json', 'the form that scripts rely on', false)
    .exitOverride()
    .action(async ({ json }: { json: boolean }) => {
      const status = await readStatus(stateDir())
      print(json ? JSON.stringify(status) : statusText(status))
    })
}

function addEvents(command: Command, stateDir: () => string): void {
  command
    .command('events')
    .description('the event log')
    .option('--json', 'one CloudEvent a line', false)
    .option('--since <when>', 'begin at this sequence or time (RFC 3339)')
    .option('--follow', 'go on with new events', false)
    .option('--subject <filter>', 'only subjects that match, e.g. "ha.*.*.vrrp.>"')
    .exitOverride()
    .action((options: { json: boolean; since?: string; follow: boolean; subject?: string }) =>
      printEvents({ stateDir: stateDir(), ...options }, print),
    )
}

function addWhy(command: Command, stateDir: () => string): void {
  command
    .command('why <instance>')
    .description('the causal chain of the last transition of an instance')
    .option('--at <time>', 'of the last transition before this time (RFC 3339)')
    .option('--json', 'as JSON: transition, causes, consequences', false)
    .exitOverride()
    .action(async (instance: string, { at, json }: { at?: string; json: boolean }) => {
      const moment = at === undefined ? null : parseSince(at)
      if (typeof moment === 'number') throw new HaError('USAGE', '--at takes a time such as 2026-01-31T12:00:00Z')
      const why = await explain(stateDir(), instance, moment)
      const plain = ({ envelope }: { envelope: unknown }) => envelope
      const { transition, causes, consequences } = why
      const document = {
        transition: transition.envelope,
        causes: causes.map(plain),
        consequences: consequences.map(plain),
      }
      print(json ? JSON.stringify(document) : whyText(why))
    })
}

interface HandoverFlags {
  to?: string
  for?: string
  reason?: string
  force: boolean
  end: boolean
}

function addHandover(command: Command, stateDir: () => string, onEnd: (status: number) => void): void {
  command
    .command('handover <name>')
    .description('moves an instance, or a sync group, to another node: it takes over before this one lets go')
    .option('--to <node>', 'the node that takes over; without it, the backup of the highest priority')
    .option(
      '--for <time>',
      'so long this node stays backup, e.g. 90m; without it, until --end or until no master is heard',
    )
    .option('--reason <text>', 'why, for those who read the log')
    .option('--force', 'also when no other router was ever heard', false)
    .option('--end', 'this node takes part in elections again', false)
    .exitOverride()
    .action(async (target: string, flags: HandoverFlags) => {
      onEnd(await handOver({ target, stateDir: stateDir(), ...flags, print }))
    })
}

function addLab(command: Command, onEnd: (status: number) => void): void {
  command
    .command('lab')
    .description('two directors, two web servers and a client on this machine, playing a failover (npm start)')
    .option('--stay', 'leave the lab running to play with', false)
    .exitOverride()
    .action(async ({ stay }: { stay: boolean }) => {
      const { runLab } = await import('../lab.ts')
      onEnd(await runLab(stay ? ['--stay'] : []))
    })
}

function addCompletion(command: Command): void {
  command
    .command('completion')
    .description('completion for bash, of both programs: source <(failoverctl completion)')
    .exitOverride()
    .action(() => {
      print(bashCompletion([command, daemonCommand(VERSION)]))
    })
}
