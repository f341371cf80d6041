import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findCycles } from './architecture/cycles.ts'
import { type Finding, rules } from './architecture/rules.ts'
import { readSource } from './architecture/source.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const sources = globSync('{cli,platform,schemas,services,test}/**/*.ts', { cwd: ROOT }).map((path) =>
  readSource(path, readFileSync(`${ROOT}/${path}`, 'utf8')),
)

describe('the architecture', () => {
  test('there are files to look at, and their imports are seen', () => {
    assert.ok(sources.length > 50, `${sources.length} files`)
    const imports = sources.flatMap((source) => source.imports)
    assert.ok(imports.length > 3 * sources.length, `${imports.length} imports`)
  })

  for (const [name, rule] of Object.entries(rules)) {
    test(name, () => nothingFound(sources.flatMap(rule)))
  }

  test('no files import each other in a circle', () => nothingFound(findCycles(sources)))
})

/** A file that must break the rule, where, and one like it that must not. */
interface Sample {
  path: string
  bad: string
  line?: number
  good: string
}

const core = 'services/vrrp/core/decide.ts'

const samples: Record<keyof typeof rules, Sample[]> = {
  'services never import each other': [
    {
      path: 'services/ipvs/main.ts',
      bad: "\nimport { decide } from '../vrrp/core/decide.ts'",
      line: 2,
      good: "import { decide } from './core/decide.ts'",
    },
    {
      path: 'services/ipvs/adapters/addresses.ts',
      bad: "const vrrp = await import(\n  '../../vrrp/main.ts'\n)",
      line: 2,
      good: "// import { decide } from '../../vrrp/core/decide.ts'",
    },
  ],
  'imports point downwards: cli, services, platform, schemas': [
    { path: 'platform/loop.ts', bad: "export * from '../services/vrrp/main.ts'", good: "import '#schemas/vrrp.ts'" },
    { path: 'schemas/vrrp.ts', bad: "import type { Log } from '#platform/log.ts'", good: "import './names.ts'" },
    { path: 'services/ipvs/main.ts', bad: "import '../../cli/version.ts'", good: "import '#platform/log.ts'" },
    { path: 'cli/failoverd.ts', bad: "import '../test/run.ts'", good: "import '../services/supervisor/main.ts'" },
  ],
  'cores are pure: they import their own core, types of ports, schemas and pure modules': [
    { path: core, bad: "import { readFile } from 'node:fs'", good: "import { skew } from './timing.ts'" },
    { path: core, bad: "import pino from 'pino'", good: "import type { z } from 'zod'" },
    { path: core, bad: "import type { Log } from '#platform/log.ts'", good: "import '#schemas/vrrp.ts'" },
    { path: core, bad: "import '../adapters/advert-codec.ts'", good: "import type { Link } from '../ports.ts'" },
    {
      path: core,
      bad: "import { Link } from '../ports.ts'",
      good: "import type { Millis } from '#platform/clock-port.ts'",
    },
  ],
  'cores read no clock, no randomness and no process, wait for nothing and log nothing': [
    {
      path: core,
      bad: 'const a = 1\nconst now = Date.now()',
      line: 2,
      good: '// Date.now() is banned\nconst at = input.at',
    },
    { path: core, bad: 'export async function decide() {}', good: "const word = 'async await process'" },
    { path: core, bad: 'const key = Math.random()', good: 'const most = Math.max(1, 2)' },
    { path: core, bad: "if (process.env.DEBUG) console.log('x')", good: 'const processes = state.processes' },
  ],
  'cores leave no switch open with default': [
    { path: core, bad: 'switch (x) {\n  default:\n}', line: 2, good: "switch (x) {\n  case 'default':\n}" },
  ],
  'schemas import zod and schemas only': [
    { path: 'schemas/vrrp.ts', bad: "import { isIP } from 'node:net'", good: "import { z } from 'zod'" },
  ],
  'only platform/bus*.ts talks to NATS': [
    { path: 'services/ipvs/main.ts', bad: "import { connect } from 'nats'", good: "import '#platform/bus.ts'" },
    { path: 'platform/outbox.ts', bad: "import '@nats-io/jetstream'", good: "import { chain } from './chain.ts'" },
  ],
  'only schemas/subjects.ts spells subjects': [
    { path: 'cli/failoverctl.ts', bad: "bus.follow('ha.>')", good: 'console.log(\'for example "ha.>"\')' },
    { path: 'platform/bus.ts', bad: 'const s = `ha.paris.>`', good: 'const s = `aha.paris`' },
  ],
  'files have at most 300 lines': [
    { path: 'platform/bus.ts', bad: '\n'.repeat(301), line: 301, good: '\n'.repeat(300) },
  ],
  'nothing is typed any': [
    { path: 'platform/bus.ts', bad: 'const x: any = 1', good: 'const x = [1].some(any)' },
    { path: 'platform/bus.ts', bad: 'const x = y as any', good: "// any\nconst any = /any/.test('any')" },
    { path: 'platform/bus.ts', bad: 'const x: Map<string, any>', good: 'type Any = unknown' },
    { path: 'schemas/vrrp.ts', bad: 'data: z.any()', good: 'data: z.unknown()' },
  ],
  'no unfinished work is left in comments': [
    { path: 'platform/bus.ts', bad: '/**\n * TODO later */', line: 1, good: "const text = 'TODO'" },
  ],
  'files are named in kebab case, after what they hold': [
    { path: 'platform/busLink.ts', bad: '', good: '' },
    { path: 'platform/utils.ts', bad: '', good: '' },
  ],
}

describe('each rule of the architecture test', () => {
  for (const [name, rule] of Object.entries(rules)) {
    test(`finds what breaks it, and where: ${name}`, () => {
      const cases = samples[name] ?? assert.fail('a rule without a sample proves nothing')
      for (const { path, bad, line = 1, good } of cases) {
        const [finding] = rule(readSource(path, bad))
        assert.equal(finding?.line, line, `not found in ${path}: ${bad}`)
        assert.match(finding.message, /: /, 'it says what would be right')
        const goodPath = good === '' ? 'platform/bus-link.ts' : path
        assert.deepEqual(rule(readSource(goodPath, good)), [], `found in ${goodPath}: ${good}`)
      }
    })
  }

  test('finds a circle of imports', () => {
    const first = readSource('platform/a.ts', "import './b.ts'")
    const second = readSource('platform/b.ts', "import { a } from './a.ts'")
    const harmless = readSource('platform/b.ts', "import type { a } from './a.ts'")
    assert.match(findCycles([first, second])[0]?.message ?? '', /a\.ts -> platform\/b\.ts -> platform\/a\.ts/)
    assert.deepEqual(findCycles([first, harmless]), [])
  })
})

function nothingFound(findings: readonly Finding[]): void {
  const lines = findings.map(({ path, line, message }) => `${path}:${line}: ${message}`)
  assert.equal(lines.length, 0, `\n${lines.join('\n')}\n`)
}
