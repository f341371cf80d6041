/** The tables of docs/events.md, out of the schemas and their docstrings. */
import { z } from 'zod'
import { BfdEvent } from '#schemas/bfd.ts'
import { CheckerEvent } from '#schemas/checker.ts'
import { GroupEvent } from '#schemas/groups.ts'
import { IpvsEvent } from '#schemas/ipvs.ts'
import { NotifierEvent } from '#schemas/notifier.ts'
import { SecurityEvent } from '#schemas/security.ts'
import { eventType, factToken, ServiceName } from '#schemas/subjects.ts'
import { SupervisorEvent } from '#schemas/supervisor.ts'
import { TrackerChanged, VrrpEvent } from '#schemas/vrrp.ts'
import { type Described, readDocstrings } from './docstrings.ts'
import { readPage, table } from './page.ts'

type EventSchema = z.ZodObject<{ type: z.ZodLiteral<string> }>

/** Nobody can add a service to the log without a place here. */
const EVENTS: Record<ServiceName, readonly EventSchema[]> = {
  vrrp: [...VrrpEvent.options, TrackerChanged, ...BfdEvent.options, ...GroupEvent.options, ...SecurityEvent.options],
  ipvs: IpvsEvent.options,
  checker: CheckerEvent.options,
  notifier: NotifierEvent.options,
  supervisor: SupervisorEvent.options,
}

/** Where their schemas are. */
const FILES: Record<ServiceName, readonly string[]> = {
  vrrp: ['vrrp', 'bfd', 'groups', 'security'],
  ipvs: ['ipvs'],
  checker: ['checker'],
  notifier: ['notifier'],
  supervisor: ['supervisor'],
}

const Json = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  get items() {
    return Json.optional()
  },
  get anyOf() {
    return z.array(Json).optional()
  },
  get properties() {
    return z.record(z.string(), Json).optional()
  },
  required: z.array(z.string()).optional(),
})
type Json = z.infer<typeof Json>

export interface EventText {
  service: ServiceName
  name: string
  doc: string
  markdown: string
}

export function describeEvents(): EventText[] {
  return ServiceName.options.flatMap((service) => {
    const described = readDocstrings(FILES[service].map((name) => readPage(`schemas/${name}.ts`)).join('\n'))
    return EVENTS[service].map((schema) => describeEvent(service, schema, described))
  })
}

function describeEvent(service: ServiceName, schema: EventSchema, described: Map<string, Described>): EventText {
  const name = schema.shape.type.value
  const { properties = {}, required = [] } = Json.parse(z.toJSONSchema(schema))
  const fields = Object.entries(properties).filter(([field]) => field !== 'type')
  const rows = fields.map(([field, json]) => {
    const optional = required.includes(field) ? '' : ', may be absent'
    return [`\`${field}\``, `${kindOf(json)}${unitOf(field)}${optional}`, docOfField(name, field, described)]
  })
  const doc = described.get(name)?.doc ?? ''
  const names = fields.map(([field]) => field)
  const where = `\`ha.<site>.<node>.${service}.${entityOf(service, name, names)}.${factToken(name)}\``
  const head = [`### ${name}`, doc, `\`${eventType(service, name)}\` on ${where}`]
  const markdown = [...head, ...(rows.length === 0 ? [] : [table(['field', 'type', 'meaning'], rows)])].join('\n\n')
  return { service, name, doc, markdown }
}

/** What the service's own code makes the entity of; see events.ts, main.ts or core/react.ts of the service. */
function entityOf(service: ServiceName, name: string, fields: readonly string[]): string {
  if (service === 'checker') return '<virtualServer realServer>'
  if (service === 'notifier') return name.startsWith('Script') ? 'scripts' : 'mail'
  if (name === 'TrackerChanged') return '<kind name>'
  const field = ['entity', 'instance', 'group', 'process', 'virtualServer'].find((key) => fields.includes(key))
  return field === undefined ? 'node' : `<${field}>`
}

function unitOf(field: string): string {
  return field.endsWith('Ms') ? ', milliseconds' : ''
}

function kindOf(json: Json): string {
  if (json.const !== undefined) return `\`${json.const}\``
  if (json.enum !== undefined) return json.enum.map((value) => `\`${value}\``).join(', ')
  if (json.anyOf !== undefined) return json.anyOf.map(kindOf).join(' or ')
  if (Array.isArray(json.type)) return json.type.map((type) => kindOf({ ...json, type })).join(' or ')
  if (json.type === 'array') return `list of ${kindOf(json.items ?? Json.parse({}))}`
  if (json.type === 'object')
    return `{ ${Object.entries(json.properties ?? {})
      .map(member)
      .join('; ')} }`
  if (json.type === 'string') return 'text'
  if (json.type === 'boolean') return '`true`, `false`'
  if (json.type === 'integer') return `whole number${rangeOf(json)}`
  if (json.type === 'number') return `number${rangeOf(json)}`
  return json.type ?? 'anything'
}

function member([name, json]: [string, Json]): string {
  return `${name}: ${kindOf(json)}`
}

function rangeOf({ minimum, maximum }: Json): string {
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? null : minimum
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? null : maximum
  if (low === null) return ''
  return high === null ? ` from ${low}` : ` from ${low} to ${high}`
}

function docOfField(event: string, field: string, described: Map<string, Described>): string {
  const known = described.get(event)?.fields.get(field)
  const own = known?.doc ?? ''
  return own === '' ? (described.get(known?.refersTo ?? '')?.doc ?? '') : own
}
