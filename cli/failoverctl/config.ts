import { type Command, Option } from 'commander'
import { shortHostName } from '../host-name.ts'
import { checkConfig } from './config-check.ts'
import { formatFile } from './config-format.ts'
import { type ReferenceOptions, referenceOf } from './config-reference.ts'

/** `failoverctl config ...`: everything about a configuration file that needs no running node. */
export function addConfig(command: Command, onEnd: (passes: boolean) => void): void {
  const config = command.command('config').description('configuration files').exitOverride()
  addCheck(config, onEnd)
  addFormat(config, onEnd)
  addReference(config)
}

/** Which lines of the file count. */
function configId(): Option {
  return new Option('-i, --config-id <id>', 'identity for conditional lines (@id)').default(
    shortHostName(),
    'the short host name',
  )
}

function addCheck(config: Command, onEnd: (passes: boolean) => void): void {
  config
    .command('check <file>')
    .description('everything that is wrong with a file; exit status 1 if a reload would refuse it')
    .option('--strict', 'warnings are errors', false)
    .option('--json', 'the findings as JSON', false)
    .addOption(configId())
    .exitOverride()
    .action((file: string, options: { strict: boolean; json: boolean; configId: string }) =>
      onEnd(checkConfig(file, options)),
    )
}

function addFormat(config: Command, onEnd: (passes: boolean) => void): void {
  config
    .command('fmt <file>')
    .description('the file in one style and with the same meaning, to standard output (- is standard input)')
    .addOption(
      new Option('--check', 'print nothing; exit status 1 if it would change').default(false).conflicts('write'),
    )
    .option('--write', 'write it back', false)
    .exitOverride()
    .action((file: string, options: { check: boolean; write: boolean }) => onEnd(formatFile(file, options)))
}

function addReference(config: Command): void {
  config
    .command('reference [keyword]')
    .description('what a keyword does, where it stands, what it takes; without a keyword the outline of all')
    .option('--block <block>', 'only in this block: its name or path, such as virtual_server/real_server')
    .option('--json', 'as JSON', false)
    .exitOverride()
    .action((keyword: string | undefined, options: ReferenceOptions) => {
      process.stdout.write(`${referenceOf(keyword, options)}\n`)
    })
}
