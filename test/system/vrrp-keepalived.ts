/** A real keepalived as the other router, and what a capture shows of both. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const VIP = '192.0.2.100'

export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

export interface Keepalived {
  log(): string
  /** Waits for a line of its log that comes after the `from`-th character; returns when it was there. */
  until(text: RegExp, withinMs: number, from?: number): Promise<number>
  /** To its VRRP process, which is a child of the one that was started. */
  signal(signal: NodeJS.Signals): void
  end(signal?: NodeJS.Signals): Promise<void>
}

export interface KeepalivedOptions {
  priority: number
  state?: 'MASTER' | 'BACKUP'
  password?: string
  /** With its prefix; VIP when left out. */
  vip?: string
  /** More lines of the instance. */
  extra?: string
}

export function startKeepalived(
  namespace: string,
  folder: string,
  { priority, state = 'BACKUP', password, vip = `${VIP}/32`, extra = '' }: KeepalivedOptions,
): Keepalived {
  const own = mkdtempSync(join(folder, 'keepalived-'))
  const auth = password === undefined ? '' : `authentication { \n auth_type PASS \n auth_pass ${password} \n }`
  writeFileSync(
    join(own, 'keepalived.conf'),
    `global_defs {
  router_id peer
}
vrrp_instance VI_1 {
  state ${state}
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int 1
  ${auth}
  ${extra}
  virtual_ipaddress {
    ${vip}
  }
}
`,
  )
  const files = ['-f', join(own, 'keepalived.conf'), '-p', join(own, 'pid'), '-r', join(own, 'vrrp.pid')]
  const command = ['netns', 'exec', namespace, 'keepalived', '-n', '-l', '-D', '-P', ...files]
  const child = spawn('ip', command, { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const take = (chunk: Buffer) => {
    text += chunk
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return {
    log: () => text,
    async until(pattern, withinMs, from = 0) {
      const end = performance.now() + withinMs
      while (performance.now() < end) {
        if (pattern.test(text.slice(from))) return performance.now()
        await sleep(5)
      }
      throw new Error(`keepalived did not say ${pattern} within ${withinMs} ms: ${text}`)
    },
    signal: (signal) => process.kill(Number(readFileSync(join(own, 'vrrp.pid'), 'utf8')), signal),
    end: (signal = 'SIGTERM') => ended(child, signal),
  }
}

export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill(signal)
  // A stopped process takes no other signal but this one.
  if (signal === 'SIGKILL') child.kill('SIGCONT')
  await gone
}

/** Fields of each packet in a capture, by tshark's names. */
export function dissect(file: string, ...fields: string[]): string[][] {
  const wanted = fields.flatMap((field) => ['-e', field])
  const checked = ['-o', 'ip.check_checksum:TRUE']
  const args = ['-r', file, ...checked, '-T', 'fields', '-E', 'separator=|', ...wanted]
  const text = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('|'))
}
