/** The JSON form as keepalived.conf again: everything explicit, nothing to look up. Reading it gives the same form. */

import { type Argument, findKeyword, type Keyword, keywordsOf, type Option } from '../keywords/keywords.ts'
import { formKeywords, hasPlainEntries, isListed, isPlain, type Json, type JsonObject } from './json-form.ts'

/** The text of a form as jsonForm gives it. Values that the table does not know are left out. */
export function formText(form: JsonObject): string {
  const parts = formKeywords('').map((keyword) => ({ keyword, lines: linesOf(keyword, form[keyword.key]) }))
  const said = parts.filter(({ lines }) => lines.length > 0)
  return said.map(({ lines }) => `${lines.join('\n')}\n`).join('\n')
}

function blockLines(path: string, form: JsonObject): string[] {
  return formKeywords(path).flatMap((keyword) => linesOf(keyword, form[keyword.key]))
}

/** The statements of one keyword, blocks and all. */
function linesOf(keyword: Keyword, value: Json | undefined): string[] {
  if (value === undefined) return []
  const several = keyword.opens === null ? keyword.repeat === 'each' : isListed(keyword)
  const values = several && isList(value) ? value : [value]
  const blocks = values.map((each) => statementLines(keyword, each))
  // Blocks side by side are easier to tell apart with a blank line between them.
  const gap = keyword.opens === 'block' && blocks.length > 1 ? [''] : []
  return blocks.flatMap((lines, index) => (index === 0 ? lines : [...gap, ...lines]))
}

function statementLines(keyword: Keyword, value: Json): string[] {
  const head = (form: JsonObject) => line([keyword.name, ...argumentWords(keyword, form)])
  const own = keyword.path
  switch (keyword.opens) {
    case null:
      return [line([keyword.name, ...valueWords(keyword, value)])]
    case 'block':
      return isForm(value) ? braced(head(value), blockLines(own, value)) : []
    case 'values': {
      if (isList(value)) return braced(line([keyword.name]), entryLines(own, value))
      const entries = isForm(value) ? value.entries : undefined
      return isForm(value) && isList(entries) ? braced(head(value), entryLines(own, entries)) : []
    }
  }
}

function braced(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((each) => (each === '' ? '' : `    ${each}`)), '}']
}

function entryLines(path: string, entries: readonly Json[]): string[] {
  if (hasPlainEntries(path)) return entries.map((entry) => line(wordsOf(undefined, entry)))
  const own = findKeyword(path, '(entry)')
  return entries.filter(isForm).map((entry) => {
    const first = own === undefined ? [] : argumentWords(own, entry)
    return line([...first, ...usesWords(path, entry, first.length === 0)])
  })
}

/** The options of an entry; without a beginning of its own it begins with one that may. */
function usesWords(path: string, entry: JsonObject, begins = false): string[] {
  const uses = [...keywordsOf(path).values()].filter(({ name, key }) => name === key && !name.startsWith('('))
  const rank = (keyword: Keyword) => (begins && keyword.leading ? 0 : takesAll(keyword) ? 2 : 1)
  return uses.toSorted((a, b) => rank(a) - rank(b)).flatMap((keyword) => useWords(keyword, entry[keyword.key]))
}

/** Whatever follows such a keyword belongs to it. */
function takesAll({ args, parts }: Keyword): boolean {
  return parts || args.some(({ kind }) => kind === 'rest')
}

function useWords(keyword: Keyword, value: Json | undefined): string[] {
  if (value === undefined) return []
  const values = keyword.repeat === 'each' && isList(value) ? value : [value]
  return values.flatMap((each) => {
    const parts = keyword.parts && isForm(each) ? usesWords(keyword.path, each) : []
    return [keyword.name, ...valueWords(keyword, each), ...parts]
  })
}

/** The words behind a keyword, of the value it has in the form. */
function valueWords(keyword: Keyword, value: Json): string[] {
  if (keyword.args.length + keyword.options.length === 0) return []
  if (!isPlain(keyword)) return isForm(value) ? argumentWords(keyword, value) : []
  return wordsOf(keyword.args[0], value)
}

function argumentWords({ args, options }: Keyword, form: JsonObject): string[] {
  const values = args.flatMap((argument) => wordsOf(argument, form[argument.name]))
  const chosen = (inFront: boolean): string[] =>
    options.filter((option) => option.inFront === inFront).flatMap((option) => optionWords(option, form[option.name]))
  return [...chosen(true), ...values, ...chosen(false)]
}

function optionWords({ name, argument }: Option, value: Json | undefined): string[] {
  if (value === undefined) return []
  if (argument !== null) return [name, ...wordsOf(argument, value)]
  return [value === true ? name : String(value)]
}

function wordsOf(argument: Argument | undefined, value: Json | undefined): string[] {
  if (value === undefined) return []
  if (isList(value)) return value.flatMap((each) => wordsOf(argument, each))
  if (isForm(value)) return commandWords(value)
  if (typeof value === 'boolean') return argument?.kind === 'bool' ? [value ? 'on' : 'off'] : []
  return [quoted(String(value))]
}

/** A script with the account it runs as. */
function commandWords({ command, user, group }: JsonObject): string[] {
  const args = isList(command) ? command.map(String) : []
  const account = [user, group].flatMap((name) => (typeof name === 'string' ? [quoted(name)] : []))
  return [`"${args.map(commandArgument).join(' ')}"`, ...account]
}

/** Single quotes where they are enough, escapes for the rest: double quotes stand around the whole command. */
function commandArgument(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (/^[^'"\\\p{Cc}]*$/u.test(text)) return `'${text}'`
  const code = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  return text.replace(/[\p{Cc}\s'"\\]/gu, code)
}

/** Comment signs, braces and blanks need quotes, and so does what would be something else at the start of a line. */
function quoted(word: string): string {
  return word === '' || /[\s#!{}]|^[@~$]/.test(word) ? `"${word}"` : word
}

function line(words: readonly string[]): string {
  return words.join(' ')
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

function isForm(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && !Array.isArray(value)
}
