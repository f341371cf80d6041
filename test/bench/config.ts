/** How long a large configuration takes to be read, failoverd and keepalived in turn on the same machine in one run. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { diskFiles } from '#platform/config/language/files.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { median } from './measure.ts'
import type { Program } from './stage.ts'

/** Milliseconds of every round. */
export interface ConfigFigures {
  size: Size
  /** Parsing and validating, in a process that has done so before. */
  warm: number[]
  /** The whole of `-t`, from the start of the process to its end. */
  test: Record<Program, number[]>
}

interface Size {
  name: string
  services: number
  /** Of each service. */
  servers: number
}

const SIZES: readonly Size[] = [
  { name: 'one service with one real server', services: 1, servers: 1 },
  { name: '100 services with 100 real servers each', services: 100, servers: 100 },
  { name: 'one service with 10 000 real servers', services: 1, servers: 10_000 },
  { name: '1 000 services with 100 real servers each', services: 1_000, servers: 100 },
]
/** Before the compiler has seen enough of it, a process is not warm. */
const WARM_UP = 5

const FAILOVERD = fileURLToPath(new URL('../../dist/cli/failoverd.js', import.meta.url))
const COMMAND: Record<Program, readonly string[]> = {
  // What a user runs: the compiled program.
  failoverd: [process.execPath, FAILOVERD, '-t', '-f'],
  keepalived: ['keepalived', '-t', '-f'],
}

/** @throws Error when one of the programs does not accept the file */
export function measureConfig(rounds: number, tell: (line: string) => void): ConfigFigures[] {
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-bench-'))
  try {
    return SIZES.map((size) => {
      const file = join(folder, 'bench.conf')
      writeFileSync(file, configOf(size))
      const figures = measureFile(file, size, rounds)
      tell(
        `${size.name}: warm ${median(figures.warm).toFixed(0)} ms, -t ${median(figures.test.failoverd).toFixed(0)} ms`,
      )
      return figures
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measureFile(file: string, size: Size, rounds: number): ConfigFigures {
  const figures: ConfigFigures = { size, warm: [], test: { failoverd: [], keepalived: [] } }
  for (let round = 0; round < WARM_UP; round++) parse(file, size)
  for (let round = 0; round < rounds; round++) {
    figures.warm.push(timed(() => parse(file, size)))
    // In turn, so that whatever else the machine does hits both alike.
    figures.test.failoverd.push(timed(() => test('failoverd', file)))
    figures.test.keepalived.push(timed(() => test('keepalived', file)))
  }
  return figures
}

function timed(action: () => void): number {
  const began = performance.now()
  action()
  return performance.now() - began
}

function parse(file: string, { services, servers }: Size): void {
  const host = { configId: 'bench', environment: {}, random: Math.random, hostName: 'bench', userName: 'root' }
  const { config } = parseConfig(diskFiles, file, host)
  const found = config?.virtualServers.reduce((sum, { realServers }) => sum + realServers.length, 0)
  if (found !== services * servers) throw new Error(`${found} of ${services * servers} real servers were read`)
}

function test(program: Program, file: string): void {
  const [command = '', ...args] = COMMAND[program]
  const { status, stderr, error } = spawnSync(command, [...args, file], { encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} -t ended with status ${status}: ${stderr.slice(0, 1_000)}`)
}

function configOf({ services, servers }: Size): string {
  const service = (index: number) => `virtual_server 10.${index >> 8}.${index & 255}.1 80 {
    delay_loop 6
    lvs_sched rr
    lvs_method NAT
    protocol TCP
${Array.from({ length: servers }, (_, server) => realServer(server)).join('')}}
`
  return `global_defs {
    router_id bench
}
${Array.from({ length: services }, (_, index) => service(index)).join('')}`
}

function realServer(index: number): string {
  return `    real_server 192.168.${index >> 8}.${index & 255} 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }
`
}

/** The tables of docs/benchmarks.md. */
export function configReport(figures: readonly ConfigFigures[]): string {
  const cell = (values: readonly number[]) =>
    `${median([...values]).toFixed(0)} | ${Math.min(...values).toFixed(0)} … ${Math.max(...values).toFixed(0)}`
  const ratio = (a: readonly number[], b: readonly number[]) => (median([...a]) / median([...b])).toFixed(2)
  const whole = figures.map(
    ({ size, test: { failoverd, keepalived } }) =>
      `| ${size.name} | ${cell(failoverd)} | ${cell(keepalived)} | ${ratio(failoverd, keepalived)} |`,
  )
  const warm = figures.map(({ size, warm }) => `| ${size.name} | ${cell(warm)} | ${perServer(size, warm)} |`)
  return `| \`-t\` as a whole, milliseconds | failoverd, median | min … max | keepalived, median | min … max | ratio |
|---|---|---|---|---|---|
${whole.join('\n')}

| parsing and validating in a warm process, milliseconds | failoverd, median | min … max | µs per real server |
|---|---|---|---|
${warm.join('\n')}`
}

function perServer({ services, servers }: Size, warm: readonly number[]): string {
  return ((median([...warm]) * 1_000) / (services * servers)).toFixed(1)
}
