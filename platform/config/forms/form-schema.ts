/** The zod schema of the JSON form, made from the keyword table. */
import * as z from 'zod'
import { type Argument, findKeyword, type Keyword, keywordsOf } from '../keywords/keywords.ts'
import { UNLIMITED } from '../statements/values.ts'
import { formKeywords, hasPlainEntries, isListed, isPlain } from './json-form.ts'

/** The schema of a whole configuration in its JSON form. Built anew at each call. */
export function formSchema(): z.ZodType {
  return blockSchema('', {}).meta({
    title: 'keepalived.conf as JSON',
    description: 'A configuration of failoverd: the blocks and keywords of keepalived.conf under their own names.',
  })
}

type Fields = Record<string, z.ZodType>

function blockSchema(path: string, head: Fields): z.ZodType {
  const fields = formKeywords(path).map((keyword) => [keyword.key, keywordSchema(keyword).optional()] as const)
  return z.strictObject({ ...head, ...Object.fromEntries(fields) })
}

function keywordSchema(keyword: Keyword): z.ZodType {
  const schema = keyword.opens === null ? settingSchema(keyword) : innerSchema(keyword.path, keyword)
  return keyword.meaning === '' ? schema : schema.meta({ description: keyword.meaning })
}

function innerSchema(path: string, keyword: Keyword): z.ZodType {
  if (keyword.opens === 'values') {
    const entries = z.array(entrySchema(path))
    return isListed(keyword) ? z.array(z.strictObject({ ...argumentFields(keyword), entries })) : entries
  }
  return isListed(keyword) ? z.array(blockSchema(path, argumentFields(keyword))) : blockSchema(path, {})
}

function entrySchema(path: string): z.ZodType {
  const own = findKeyword(path, '(entry)')
  if (hasPlainEntries(path)) {
    const [argument] = own?.args ?? []
    return argument === undefined ? z.string() : argumentSchema(argument)
  }
  const head = z.strictObject(own === undefined ? {} : argumentFields(own))
  const replaceable = [...keywordsOf(path).values()].some(({ leading }) => leading)
  return (replaceable ? head.partial() : head).extend(optionFields(path))
}

/** The options of an entry, or of a part of one. */
function optionFields(path: string): Fields {
  const options = [...keywordsOf(path).values()].filter(({ name, key }) => name === key && !name.startsWith('('))
  return Object.fromEntries(options.map((keyword) => [keyword.key, optionSchema(keyword).optional()]))
}

function optionSchema(keyword: Keyword): z.ZodType {
  if (!keyword.parts) return settingSchema(keyword)
  const parts = z.strictObject({ ...argumentFields(keyword), ...optionFields(keyword.path) })
  return keyword.repeat === 'each' ? z.array(parts) : parts
}

function settingSchema(keyword: Keyword): z.ZodType {
  const schema = valueSchema(keyword)
  return keyword.repeat === 'each' ? z.array(schema) : schema
}

function valueSchema(keyword: Keyword): z.ZodType {
  const { args, options, secret } = keyword
  const [argument] = args
  if (argument === undefined && options.length === 0) return z.literal(true)
  if (argument === undefined || !isPlain(keyword)) return z.strictObject(argumentFields(keyword))
  const value = argument.many ? z.array(argumentSchema(argument)) : argumentSchema(argument)
  const choices = [value]
  if (secret) choices.push(z.literal('****'))
  if (argument.optional && !argument.many && argument.kind !== 'bool') choices.push(z.literal(true))
  return choices.length === 1 ? value : z.union(choices)
}

function argumentFields({ args, options, secret }: Keyword): Fields {
  const fields: Fields = {}
  const masked = (schema: z.ZodType): z.ZodType => (secret ? z.union([schema, z.literal('****')]) : schema)
  for (const argument of args) {
    const value = masked(argument.many ? z.array(argumentSchema(argument)) : argumentSchema(argument))
    fields[argument.name] = argument.optional ? value.optional() : value
  }
  for (const { name, words, argument } of options) {
    const value = argument === null ? (words.length > 1 ? z.enum(words) : z.literal(true)) : argumentSchema(argument)
    fields[name] = masked(value).optional()
  }
  return fields
}

const Command = z.strictObject({
  command: z.array(z.string()).min(1),
  user: z.string().optional(),
  group: z.string().optional(),
})

function argumentSchema({ kind, min, max, longest, choices }: Argument): z.ZodType {
  switch (kind) {
    case 'int':
    case 'num':
    case 'size':
    case 'duration':
      return limited(z.int(), min, max)
    case 'named':
      return z.union([limited(z.int(), min, max), z.string()])
    case 'sec':
    case 'msec':
      return limited(z.number(), min, max)
    case 'enum':
      return z.enum(choices)
    case 'bool':
      return z.boolean()
    case 'script':
      return Command
    case 'word':
    case 'rest':
      return Number.isFinite(longest) ? z.string().max(longest) : z.string()
    case 'ip':
    case 'ip4':
    case 'ip6':
    case 'net':
    case 'net4':
    case 'net6':
    case 'prefix':
    case 'span':
    case 'mac':
    case 'hex':
    case 'hexmask':
    case 'ranges':
    case 'time':
    case 'mark':
    case 'realms':
      return z.string()
  }
}

function limited(schema: z.ZodNumber, min: number, max: number): z.ZodType {
  return max === UNLIMITED ? schema.min(min) : schema.min(min).max(max)
}
