import { Writable } from 'node:stream'

/** Field order of a line: what people look for first. */
const LEADING = ['service', 'entity']
/** Ids and envelopes are for machines; failoverctl shows them. */
const HIDDEN = new Set(['level', 'time', 'msg', 'event', 'causedBy', 'data', ...LEADING])
const LEVELS: Record<number, string> = { 40: 'warning: ', 50: 'error: ', 60: 'fatal: ' }

/** A log line of pino as people read it: time, service, entity, what happened, and its details. */
export function textLine(json: string): string {
  const fields = new Map<string, unknown>(Object.entries(JSON.parse(json)))
  const time = String(fields.get('time')).replace('T', ' ').replace('Z', '')
  const leading = LEADING.flatMap((name) => (fields.has(name) ? [String(fields.get(name))] : []))
  const level = LEVELS[Number(fields.get('level'))] ?? ''
  const rest = [...fields].filter(([name]) => !HIDDEN.has(name))
  const details = [...Object.entries(Object(fields.get('data'))).filter(([name]) => name !== 'type'), ...rest]
  return [time, ...leading, `${level}${String(fields.get('msg'))}`, ...details.map(detail)].join(' ')
}

function detail([name, value]: [string, unknown]): string {
  const plain = typeof value === 'string' && !/[\s"]/.test(value)
  return `${name}=${plain ? value : JSON.stringify(value)}`
}

/** Where a log for people goes: standard output, a line at a time. */
export function textDestination(): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      process.stdout.write(`${textLine(chunk)}\n`, () => done())
    },
  })
}
