import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import * as z from 'zod'
import { serverConfig } from '#platform/bus-config.ts'
import { HaError } from '#platform/errors.ts'
import type { BusAccess, Identity } from '#schemas/settings.ts'
import { type NodeName, ServiceName } from '#schemas/subjects.ts'
import type { Command } from '../ports.ts'
import { replaceFile } from './node-files.ts'

/** Everyone who has an account on the embedded server. */
const BusUser = z.enum([...ServiceName.options, 'cli'])
export type BusUser = z.infer<typeof BusUser>

const BusSecrets = z.strictObject({ port: z.number().int(), passwords: z.record(BusUser, z.string()) })
type BusSecrets = z.infer<typeof BusSecrets>

/** Below this the store cannot take events, bytes: one block of the smallest common file system's reserve. */
const FULL_BYTES = 1 << 20
/** Above this there is room again; the gap keeps the ladder from swinging. */
const ROOM_BYTES = 16 << 20

type Storage = 'file' | 'memory'

export interface BusServer {
  access(user: BusUser): BusAccess
  /** Writes the configuration for this storage and tells how to start the server. */
  command(storage: Storage): Command
  /** Takes a damaged store out of the way, keeping it for a look. Returns where it is now. */
  moveStoreAside(stamp: string): string
  /** What is free on the disk of the store, bytes. */
  freeBytes(): number
  /** `between` the two marks nothing changes. */
  room(): 'none' | 'between' | 'enough'
}

/** The embedded nats-server: on loopback only, its store and secrets in the state folder. */
export async function embeddedServer(options: {
  name: NodeName
  stateDir: string
  program: string
  identity: Identity | null
  /** It is running already: its port and passwords must be kept. */
  adopted: boolean
}): Promise<BusServer> {
  const { name, stateDir, program, identity } = options
  const storeDir = join(stateDir, 'nats')
  const secrets = await loadSecrets(join(stateDir, 'run', 'bus.json'), options.adopted)
  const url = `nats://127.0.0.1:${secrets.port}`
  const access = (user: BusUser) => ({ url, user, password: secrets.passwords[user] })
  const folderFor = (storage: Storage) =>
    storage === 'file' ? storeDir : join('/dev/shm', `failoverd-${secrets.port}`)
  const writeConfig = (storage: Storage): string => {
    const users = BusUser.options.map((user) => ({ user, password: secrets.passwords[user] }))
    const path = join(stateDir, 'run', `nats-${storage}.conf`)
    const text = serverConfig({ name, port: secrets.port, storeDir: folderFor(storage), storage, users })
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) replaceFile(path, text, identity)
    return path
  }
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(storeDir)
    return bavail * bsize
  }
  // Now, because memory is needed when the disk is full: there is no room for a file then.
  writeConfig('memory')
  return {
    access,
    command(storage) {
      // What a server in memory left behind is of no use, and in its place anybody may have put a link of his own.
      rmSync(folderFor('memory'), { recursive: true, force: true })
      ownFolder(folderFor(storage), identity)
      return { argv: [program, '-c', writeConfig(storage)], environment: {}, identity, niceness: 0 }
    },
    moveStoreAside(stamp) {
      const aside = `${storeDir}.damaged-${stamp}`
      renameSync(storeDir, aside)
      return aside
    },
    freeBytes,
    room() {
      const free = freeBytes()
      if (free < FULL_BYTES) return 'none'
      return free < ROOM_BYTES ? 'between' : 'enough'
    },
  }
}

function ownFolder(folder: string, identity: Identity | null): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (identity !== null) chownSync(folder, identity.uid, identity.gid)
}

/** The port and the passwords outlive us, because the server may; a port that somebody took meanwhile is changed. */
async function loadSecrets(path: string, adopted: boolean): Promise<BusSecrets> {
  const known = existsSync(path) ? BusSecrets.safeParse(JSON.parse(readFileSync(path, 'utf8'))) : null
  if (known?.success && (adopted || (await freePort(known.data.port)) !== null)) return known.data
  const port = await freePort(0)
  if (port === null) throw new HaError('BUS_PORT', 'no free TCP port on 127.0.0.1 for the embedded nats-server')
  const fresh = Object.fromEntries(BusUser.options.map((user) => [user, randomBytes(24).toString('base64url')]))
  const secrets = BusSecrets.parse({ port, passwords: fresh })
  replaceFile(path, `${JSON.stringify(secrets)}\n`)
  return secrets
}

/** A TCP port on loopback that can be listened on: this one, or any for 0; null when it cannot. */
function freePort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(null))
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null))
    })
  })
}
