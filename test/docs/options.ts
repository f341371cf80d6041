/** The command lines, as the programs themselves define them. */
import type { Command } from 'commander'
import { controlCommand } from '../../cli/failoverctl/run.ts'
import { daemonCommand } from '../../cli/failoverd/options.ts'
import { readPage, table } from './page.ts'

export function daemonOptions(): string {
  return optionTable(daemonCommand(''))
}

export function controlOptions(): string {
  const command = controlCommand(() => {})
  const rows = leaves(command).flatMap(({ name, sub }) => {
    const args = sub.registeredArguments.map((argument) => {
      const upper = argument.name().toUpperCase()
      return argument.required ? ` ${upper}` : ` [${upper}]`
    })
    const head = [`\`failoverctl ${name}${args.join('')}\``, sub.description()]
    return [head, ...sub.options.map(({ flags, description }) => [`\`${flags}\``, description])]
  })
  return [optionTable(command), table(['command, and its options', 'what it is for'], rows)].join('\n\n')
}

/** The commands that do something, each with all of its name. */
function leaves(command: Command, prefix = ''): { name: string; sub: Command }[] {
  return command.commands.flatMap((sub) => {
    const name = `${prefix}${sub.name()}`
    return sub.commands.length === 0 ? [{ name, sub }] : leaves(sub, `${name} `)
  })
}

function optionTable(command: Command): string {
  const rows = command.options.map(({ flags, description, defaultValue, defaultValueDescription }) => {
    const fallback = defaultValueDescription ?? (typeof defaultValue === 'string' ? `\`${defaultValue}\`` : '')
    return [`\`${flags}\``, description, fallback]
  })
  return table(['option', 'meaning', 'default'], rows)
}

/** Every spelling of every option that one of our programs takes. */
export function knownOptions(): Set<string> {
  const control = controlCommand(() => {})
  const commands = [daemonCommand(''), control, ...leaves(control).map(({ sub }) => sub)]
  const flags = commands.flatMap(({ options }) => options.flatMap(({ short, long }) => [short, long]))
  const lab = [...readPage('cli/start.ts').matchAll(/ (--[a-z]\w*)/g)].map(([, flag]) => flag)
  return new Set([...flags, ...lab, '-h', '--help'].filter((flag) => typeof flag === 'string'))
}

/** Options in the code of a page that people have written, where the command is one of ours. */
export function mentionedOptions(text: string): string[] {
  const page = text.replace(/^<!-- ([\w-]+) -->$[\s\S]*?^<!-- \/\1 -->$/gm, '')
  const inline = [...page.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  const blocks = [...page.matchAll(/^```[\s\S]*?^```/gm)].flatMap(([block]) => block.split('\n'))
  const indented = page.split('\n').filter((line) => /^ {4}/.test(line))
  const alone = inline.filter((code) => /^--?[a-z]/i.test(code))
  const commands = [...inline, ...blocks, ...indented].filter((code) => /\b(failover(d|ctl)|npm start)\b/.test(code))
  const ours = commands.map((code) => code.replace(/^.*?\b(failoverd|failoverctl|npm start)\b(\.js)?( -- )?/, ''))
  return [...alone, ...ours].flatMap((code) =>
    [...code.matchAll(/(?<![\w-])(--?[a-zA-Z][\w-]*)/g)].map(([flag]) => flag),
  )
}
