import { type Command, Option } from 'commander'
import { reportText } from '#platform/config/findings/report.ts'
import { HaError } from '#platform/errors.ts'
import { shortHostName } from '../host-name.ts'
import { lookOf } from '../look.ts'
import { applyConfig } from './config-apply.ts'
import { type CheckOptions, checkConfig } from './config-check.ts'
import { type FormatOptions, formatFile } from './config-format.ts'
import { planConfig, planStatus, planText } from './config-plan.ts'
import { type ReferenceOptions, referenceOf } from './config-reference.ts'
import { type ShowOptions, showConfig } from './config-show.ts'
import { done, type Outcome } from './outcome.ts'

type Tell = (outcome: Outcome) => void

/** `failoverctl config ...`: everything about configuration files. `onEnd` gets the exit status. */
export function addConfig(command: Command, stateDir: () => string, onEnd: (status: number) => void): void {
  const config = command.command('config').description('configuration files').exitOverride()
  const tell = ({ status, out, err }: Outcome) => {
    process.stdout.write(out)
    process.stderr.write(err)
    onEnd(status)
  }
  addCheck(config, tell)
  addPlan(config, stateDir, tell)
  addApply(config, stateDir, onEnd)
  addShow(config, tell)
  addFormat(config, tell)
  addReference(config, tell)
}

/** Which lines of the file count. */
function configId(): Option {
  return new Option('-i, --config-id <id>', 'identity for conditional lines (@id)').default(
    shortHostName(),
    'the short host name',
  )
}

function addCheck(config: Command, tell: Tell): void {
  config
    .command('check <file>')
    .description('everything that is wrong with a file; exit status 1 if a reload would refuse it')
    .option('--strict', 'warnings are errors', false)
    .option('--json', 'the findings as JSON', false)
    .option('--verbose', 'every finding with its line, more than fits a screen', false)
    .addOption(configId())
    .option('-e, --all-config', 'every include is strict, as with failoverd -e', false)
    .option('--peer <file>', 'what does not go with the file of another node; FILE@ID reads its @ID lines', collect, [])
    .exitOverride()
    .action((file: string, options: Omit<CheckOptions, 'look'>) =>
      tell(checkConfig(file, { ...options, look: lookOf(process.stdout) })),
    )
}

/** An option that may be given several times. */
function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

interface PlanFlags {
  against?: string
  configId?: string
  exitCode: boolean
  json: boolean
}

function addPlan(config: Command, stateDir: () => string, tell: Tell): void {
  config
    .command('plan <file>')
    .description(
      'what a reload with a file would change: addresses, instances, services; exit status 1 if it is refused',
    )
    .option('--against <file>', 'compare with this file instead of what the node runs with')
    .option('--exit-code', 'exit status 3 if something would change', false)
    .option('--json', 'as JSON', false)
    .option('-i, --config-id <id>', 'identity for conditional lines (@id); default: that of the node')
    .exitOverride()
    .action((file: string, { exitCode, json, ...options }: PlanFlags) => {
      const plan = planConfig({ file, stateDir: stateDir(), ...options })
      const out = `${json ? JSON.stringify(plan) : planText(plan)}\n`
      const err = json ? '' : reportText(plan.findings, lookOf(process.stderr))
      tell({ status: planStatus(plan, exitCode), out, err })
    })
}

interface ApplyFlags {
  replace: boolean
  timeout: string
}

/** It tells what it does while it waits. */
function addApply(config: Command, stateDir: () => string, onEnd: (status: number) => void): void {
  config
    .command('apply [file]')
    .description('has the node take a file over: checks, shows the plan, reloads, waits for its word')
    .option('--replace', "put the file in the place of the node's own, which is kept as .bak", false)
    .option('--timeout <seconds>', 'how long to wait for the node', '10')
    .exitOverride()
    .action(async (file: string | undefined, { replace, timeout }: ApplyFlags) => {
      const timeoutMs = Number(timeout) * 1_000
      if (!(timeoutMs > 0)) throw new HaError('USAGE', `--timeout takes seconds, not "${timeout}"`)
      const print = (line: string) => process.stdout.write(`${line}\n`)
      const where = { stateDir: stateDir(), replace, timeoutMs, print }
      onEnd(await applyConfig(file === undefined ? where : { ...where, file }))
    })
}

function addShow(config: Command, tell: Tell): void {
  config
    .command('show <file>')
    .description('what a file says: includes, definitions and conditional lines resolved, defaults filled in')
    .option('--json', 'as JSON (schema: editor/keepalived.schema.json)', false)
    .option('--show-secrets', 'passwords and keys as they are', false)
    .addOption(configId())
    .exitOverride()
    .action((file: string, options: ShowOptions) => tell(showConfig(file, options)))
}

function addFormat(config: Command, tell: Tell): void {
  config
    .command('fmt <file>')
    .description('the file in one style and with the same meaning, to standard output (- is standard input)')
    .addOption(
      new Option('--check', 'only say whether it would change; exit status 1 then').default(false).conflicts('write'),
    )
    .option('--write', 'write it back', false)
    .exitOverride()
    .action((file: string, options: Omit<FormatOptions, 'look'>) =>
      tell(formatFile(file, { ...options, look: lookOf(process.stderr) })),
    )
}

function addReference(config: Command, tell: Tell): void {
  config
    .command('reference [keyword]')
    .description('what a keyword does, where it stands, what it takes; without a keyword the outline of all')
    .option('--block <block>', 'only in this block: its name or path, such as virtual_server/real_server')
    .option('--json', 'as JSON', false)
    .exitOverride()
    .action((keyword: string | undefined, options: ReferenceOptions) =>
      tell(done(`${referenceOf(keyword, options)}\n`)),
    )
}
