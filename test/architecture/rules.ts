import { areaOf, isCore, serviceOf, targetOf } from './places.ts'
import type { Import, Source } from './source.ts'

export interface Finding {
  path: string
  line: number
  /** What is wrong, and what would be right. */
  message: string
}

/** Looks at one file. */
export type Rule = (source: Source) => Finding[]

/** Modules of platform/ that only compute or only name types: all that a core may use of it. */
const PURE_PLATFORM = new Set(['clock-port.ts', 'bus-port.ts', 'equality.ts', 'errors.ts', 'native/ip.ts'])

/** Who may know of whom, from the bottom up; an area may always import itself. */
const BELOW: Record<string, readonly string[]> = {
  schemas: [],
  platform: ['schemas'],
  services: ['schemas', 'platform'],
  cli: ['schemas', 'platform', 'services'],
  test: ['schemas', 'platform', 'services', 'cli'],
}

const MOST_LINES = 300

export const rules: Record<string, Rule> = {
  'services never import each other': (source) => {
    const own = serviceOf(source.path)
    if (own === undefined) return []
    return source.imports.flatMap((entry) => {
      const other = serviceOf(pathOf(source, entry))
      if (other === undefined || other === own) return []
      const right = `publish a fact in schemas/${other}.ts and listen for it, or move what both need to platform/`
      return [at(source, entry, `${own} imports ${entry.specifier} of ${other}: ${right}`)]
    })
  },

  'imports point downwards: cli, services, platform, schemas': (source) => {
    const [area = ''] = source.path.split('/')
    const allowed = BELOW[area]
    if (allowed === undefined) return []
    return source.imports.flatMap((entry) => {
      const [other = ''] = pathOf(source, entry).split('/')
      if (other === '' || other === area || allowed.includes(other)) return []
      const right = allowed.length === 0 ? 'it may import nothing of ours' : `it may import ${allowed.join(', ')}`
      return [at(source, entry, `${area}/ imports ${entry.specifier}: ${right}; take what it needs as an argument`)]
    })
  },

  'cores are pure: they import their own core, types of ports, schemas and pure modules': (source) => {
    if (!isCore(source.path)) return []
    return source.imports
      .filter((entry) => !isPure(source, entry))
      .map((entry) => {
        const right = 'let an adapter do it behind a port, and bring the result in as an input'
        return at(source, entry, `a core imports ${entry.specifier}: ${right}`)
      })
  },

  'cores read no clock, no randomness and no process, wait for nothing and log nothing': (source) => {
    if (!isCore(source.path)) return []
    const banned =
      /\b(await|async|setTimeout|setInterval|setImmediate|queueMicrotask|console|performance|globalThis|Date)\b|\b(Math\.random|new Promise|process\.(env|argv|hrtime|uptime|exit|kill|on|cwd|stdout|stderr|nextTick))\b/
    return grep(source, banned, (word) => `a core uses ${word}: time comes as input.at, all else as inputs and effects`)
  },

  'cores leave no switch open with default': (source) => {
    if (!isCore(source.path)) return []
    return grep(source, /\bdefault\s*:/, () => 'a switch with default: name every case, so that a new one fails tsc')
  },

  'schemas import zod and schemas only': (source) => {
    if (areaOf(source.path) !== 'schemas') return []
    return source.imports.flatMap((entry) => {
      const target = targetOf(source.path, entry)
      if (!('package' in target) || target.package === 'zod') return []
      return [at(source, entry, `schemas/ imports ${entry.specifier}: behaviour belongs in platform/ or a service`)]
    })
  },

  'only platform/bus*.ts talks to NATS': (source) => {
    if (/^(platform\/bus[^/]*\.ts|test\/)/.test(source.path)) return []
    return source.imports
      .filter(({ specifier }) => specifier === 'nats' || specifier.startsWith('@nats-io/'))
      .map((entry) => at(source, entry, `imports ${entry.specifier}: use the Bus of #platform/bus-port.ts`))
  },

  'only schemas/subjects.ts spells subjects': (source) => {
    if (source.path === 'schemas/subjects.ts' || areaOf(source.path) === 'test') return []
    return source.strings
      .filter(({ text }) => /^(live\.|stored\.)?ha\./.test(text))
      .map(({ text, line }) => {
        return {
          path: source.path,
          line,
          message: `spells '${text}': add a function or constant to schemas/subjects.ts`,
        }
      })
  },

  'files have at most 300 lines': (source) => {
    const lines = source.code.at(-1) === '' ? source.code.length - 1 : source.code.length
    if (lines <= MOST_LINES) return []
    const message = `${lines} lines, at most ${MOST_LINES}: find the part that has a name of its own and move it out`
    return [{ path: source.path, line: MOST_LINES + 1, message }]
  },

  'nothing is typed any': (source) => {
    // Where a type stands: after a colon, `as`, a bar and so on, between angle brackets, or before `[]`.
    const typed =
      /(?:[:|&=]|\b(?:as|extends|satisfies))\s*any\b(?!\s*[(.:])|<[^<>()]*\bany\b[^<>()]*>|\bany\[\]|\bz\.any\(/
    return grep(source, typed, () => {
      return 'any: use unknown and narrow it, or parse it with zod'
    })
  },

  'no unfinished work is left in comments': (source) => {
    return source.comments.flatMap(({ text, line }) => {
      const word = /\b(TODO|FIXME|XXX|HACK)\b/.exec(text)?.[0]
      return word === undefined ? [] : [{ path: source.path, line, message: `${word}: do it, or file an issue` }]
    })
  },

  'files are named in kebab case, after what they hold': (source) => {
    const name = source.path.split('/').at(-1) ?? ''
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/.test(name)) {
      return [{ path: source.path, line: 1, message: `${name}: use lower case words with hyphens` }]
    }
    if (!/^(utils?|helpers?|common|misc|index)\.ts$/.test(name)) return []
    return [{ path: source.path, line: 1, message: `${name} names nothing: name the file after what it holds` }]
  },
}

function isPure(source: Source, entry: Import): boolean {
  const target = targetOf(source.path, entry)
  if ('package' in target) return target.package === 'zod' && entry.isType
  const [own = ''] = source.path.split('/core/')
  if (target.path === `${own}/ports.ts`) return entry.isType
  if (target.path.startsWith('platform/')) return PURE_PLATFORM.has(target.path.slice('platform/'.length))
  return target.path.startsWith(`${own}/core/`) || target.path.startsWith('schemas/')
}

/** The file that an import means; empty for a package. */
function pathOf(source: Source, entry: Import): string {
  const target = targetOf(source.path, entry)
  return 'path' in target ? target.path : ''
}

function at({ path }: Source, { line }: Import, message: string): Finding {
  return { path, line, message }
}

function grep(source: Source, pattern: RegExp, say: (word: string) => string): Finding[] {
  return source.code.flatMap((text, index) => {
    const word = pattern.exec(text)?.[0]
    return word === undefined ? [] : [{ path: source.path, line: index + 1, message: say(word) }]
  })
}
