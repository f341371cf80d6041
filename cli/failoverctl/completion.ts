import type { Command } from 'commander'
import { keywordPaths, keywordsOf } from '#platform/config/keywords/keywords.ts'

/** Completion of these programs for bash, out of their own command lines: a script to be sourced. */
export function bashCompletion(programs: readonly Command[]): string {
  return programs.map(programText).join('\n')
}

interface Place {
  /** The names of the commands up to here, with blanks between them. */
  path: string
  options: string[]
  words: string[]
}

function programText(program: Command): string {
  const name = program.name()
  const places = placesOf(program)
  const paths = places.map(({ path }) => path).filter((path) => path !== '')
  const descend = paths.map((path) => `'${path}'`).join(' | ')
  const steps = paths.length === 0 ? [] : [`            ${descend}) path="\${path:+$path }$word" ;;`]
  return `_${name}() {
    local cur=\${COMP_WORDS[COMP_CWORD]} path='' word options='' words=''
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "\${path:+$path }$word" in
${[...steps, '            *) ;;'].join('\n')}
        esac
    done
    case "$path" in
${places.map(placeText).join('\n')}
    esac
    [[ $cur == -* ]] && words=$options
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o default -F _${name} ${name}
`
}

function placeText({ path, options, words }: Place): string {
  return `        '${path}') options='${options.join(' ')}' words='${words.join(' ')}' ;;`
}

function placesOf(command: Command, path = ''): Place[] {
  const options = command.options.flatMap(({ short, long }) => [short, long]).filter((flag) => typeof flag === 'string')
  const names = command.commands.map((sub) => sub.name())
  const words = names.length === 0 && path === 'config reference' ? allKeywords() : names
  const inner = command.commands.flatMap((sub) => placesOf(sub, path === '' ? sub.name() : `${path} ${sub.name()}`))
  return [{ path, options: [...options, '--help'], words }, ...inner]
}

function allKeywords(): string[] {
  const names = keywordPaths().flatMap((path) => [...keywordsOf(path).keys()])
  return [...new Set(names)].filter((name) => !name.startsWith('(')).sort()
}
