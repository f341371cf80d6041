import { Command, Option } from 'commander'
import { shortHostName } from '../host-name.ts'

/** The command line of the daemon: keepalived's options under keepalived's names, and failoverd's own. */
export interface DaemonOptions {
  useFile: string
  /** true, or the file that gets the messages. */
  configTest: boolean | string
  strict: boolean
  dontFork: boolean
  logConsole: boolean
  logDetail: boolean
  vrrp: boolean
  check: boolean
  pid?: string
  configId: string
  allConfig: boolean
  stateDir: string
  node?: string
  site?: string
  busServer?: string
}

export function daemonCommand(version: string): Command {
  return new Command('failoverd')
    .description('Event-sourced high-availability controller: runs any keepalived.conf.')
    .version(version, '-v, --version')
    .option('-f, --use-file <file>', 'configuration file', '/etc/keepalived/keepalived.conf')
    .option('-t, --config-test [file]', 'check the configuration, messages to standard error or appended to a file')
    .option('--strict', 'with -t: warnings are errors, and with an error the exit status is 4', false)
    .option('-n, --dont-fork', 'stay in the foreground', false)
    .option(
      '-l, --log-console',
      'log for people to the console; else JSON to <state-dir>/failoverd.log, or to the console with -n',
      false,
    )
    .option('-D, --log-detail', 'log what is done, not only what changes', false)
    .option('-P, --vrrp', 'run VRRP only, with its addresses', false)
    .option('-C, --check', 'run health checks and IPVS only', false)
    .option('-p, --pid <file>', 'write the process id to this file')
    .addOption(
      new Option('-i, --config-id <id>', 'identity for conditional lines (@id)').default(
        shortHostName(),
        'the short host name',
      ),
    )
    .option('-e, --all-config', 'every include is strict, as includea: the start fails when a file is missing', false)
    .option('--state-dir <dir>', 'where the event log, outboxes and run files live', '/var/lib/failoverd')
    .option('--node <name>', "this node's name in every event (default: router_id, else the host name)")
    .option('--site <name>', "this node's site in every event (default: site in the configuration, else local)")
    .option('--bus-server <program>', 'the nats-server to run (default: the one that set-up found)')
    .addHelpText('after', HELP)
    .exitOverride()
}

const HELP = `
Signals: SIGHUP reloads the difference, SIGTERM and SIGINT stop in order (resign, remove addresses and services,
end checks, deliver what is due, close the log).
Exit status of -t: 0 clean, 2 a parameter is missing, 4 cannot run, 5 problems but would run, 6 a script is insecure,
or the file or a strict include cannot be read. With --strict there is no 5, but 4.

  failoverd -t -f keepalived.conf          check a configuration
  failoverd -t --strict -f keepalived.conf as a gate: nothing but notes passes
  failoverd -n -l -f keepalived.conf       run in the foreground
  failoverctl status                       see what it does`
