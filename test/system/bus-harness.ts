import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { type BusSettings, connectBus } from '#platform/bus.ts'
import { serverConfig } from '#platform/bus-config.ts'
import type { Bus } from '#platform/bus-port.ts'
import { type LogLimits, provisionBus } from '#platform/bus-provision.ts'
import { openReader, type StoredEvent } from '#platform/bus-reader.ts'
import { verifyChain } from '#platform/chain.ts'
import type { Log } from '#platform/log.ts'
import { type BusAccess, Settings } from '#schemas/settings.ts'
import type { ServiceName } from '#schemas/subjects.ts'

export const NAME = { site: 'site1', node: 'node1' }
/** Every event of vrrp. */
export const VRRP = ['ha.site1.node1.vrrp.>']
const PASSWORD = 'secret'
const USERS = ['supervisor', 'vrrp', 'ipvs', 'checker', 'notifier', 'cli']
const POINTER = resolve(import.meta.dirname, '../../.cache/nats-server/path')

/** Path of the nats-server that set-up put in place; null with nothing there. */
export function findServer(): string | null {
  const named = process.env.FAILOVERD_NATS_SERVER
  if (named !== undefined) return named
  return existsSync(POINTER) ? readFileSync(POINTER, 'utf8').trim() : null
}

export const WITHOUT_SERVER = findServer() === null ? 'no nats-server: run the set-up first' : false

export interface TestServer {
  folder: string
  start(storage?: 'file' | 'memory'): Promise<void>
  /** Ends with this signal and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>
  signal(signal: NodeJS.Signals): void
  access(user: string): BusAccess
  provision(storage?: 'file' | 'memory', limits?: LogLimits): Promise<number | null>
  /** Empties the file store of a server that is down. */
  emptyStore(): void
  /** Ends the server and removes its files. */
  remove(): Promise<void>
}

/** Removes what a killed run left, with a disk that it may have mounted there. */
function sweep(): void {
  for (const entry of readdirSync(tmpdir())) {
    const pid = /^fo(\d+)-bus-/.exec(entry)?.[1]
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue
    spawnSync('umount', [join(tmpdir(), entry, 'file')], { stdio: 'ignore' })
    rmSync(join(tmpdir(), entry), { recursive: true, force: true })
  }
}

/** A real nats-server on a port and in a folder of its own. */
export async function testServer(): Promise<TestServer> {
  sweep()
  const folder = mkdtempSync(join(tmpdir(), `fo${process.pid}-bus-`))
  const port = await freePort()
  let child: ChildProcess | null = null
  const access = (user: string) => ({ url: `nats://127.0.0.1:${port}`, user, password: PASSWORD })
  async function end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const ending = child
    child = null
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return
    const gone = new Promise((done) => ending.once('exit', done))
    ending.kill(signal)
    await gone
  }
  return {
    folder,
    access,
    end,
    async start(storage = 'file') {
      const users = USERS.map((user) => ({ user, password: PASSWORD }))
      const path = join(folder, `${storage}.conf`)
      writeFileSync(path, serverConfig({ name: NAME, port, storeDir: join(folder, storage), storage, users }))
      child = spawn(findServer() ?? 'nats-server', ['-c', path], { stdio: ['ignore', 'ignore', 'pipe'] })
      await new Promise<void>((ready, failed) => {
        let said = ''
        child?.stderr?.on('data', (text: Buffer) => {
          said += text.toString()
          if (said.includes('Server is ready')) ready()
        })
        child?.once('exit', () => failed(new Error(`nats-server ended: ${said}`)))
      })
    },
    signal: (signal) => void child?.kill(signal),
    provision: (storage = 'file', limits) => provisionBus(access('supervisor'), NAME, storage, limits),
    emptyStore: () => rmSync(join(folder, 'file'), { recursive: true }),
    async remove() {
      await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A bus of this service with a spool below the server's folder. */
export function testBus(server: TestServer, service: ServiceName, log: Log = quiet()): Bus {
  return connectBus(testSettings(server, service), log)
}

export function testSettings(server: TestServer, service: ServiceName): BusSettings {
  const spoolDir = join(server.folder, `spool-${service}`)
  return { service, ...NAME, boot: 'boot1', spoolDir, bus: server.access(service), identity: null }
}

export function quiet(): Log {
  return pino({ level: process.env.BUS_TEST_LOG ?? 'silent' })
}

/** Everything in the stream, oldest first, as it lies there. */
export async function readStream(server: TestServer): Promise<StoredEvent[]> {
  const reader = await openReader(server.access('cli'))
  try {
    const events: StoredEvent[] = []
    for await (const event of reader.read({ filter: 'ha.>' })) events.push(event)
    return events
  } finally {
    await reader.close()
  }
}

/** The chain of what is in the stream. */
export function chainOf(events: StoredEvent[]) {
  return verifyChain(events.map(({ bytes }) => bytes))
}

/** Waits until something holds; fails after the patience, naming what it was. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patienceMs = 10_000): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`gave up waiting until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export function transition(index: number, service: ServiceName = 'vrrp') {
  return { service, entity: 'VI_1', data: { type: index % 2 === 0 ? 'BecameMaster' : 'BecameBackup', index } }
}

/** A bus that is written in JSON, for a process of its own. */
export const WrittenSettings = Settings.pick({
  service: true,
  site: true,
  node: true,
  boot: true,
  spoolDir: true,
  bus: true,
  identity: true,
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
