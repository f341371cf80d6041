/** Other programs that speak BFD, each in a namespace: bfdd of FRR, and keepalived's own. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eachLine } from '../../cli/lab/lines.ts'
import { ended, sleep } from './vrrp-keepalived.ts'

const BFDD = '/usr/lib/frr/bfdd'

/** Why there is no FRR to test against; false when there is. */
export const NO_FRR = existsSync(BFDD) ? false : 'FRR (bfdd) is not installed: npm test does it where it may'

export interface BfdSpeaker {
  /** Waits until it says that the session is so. */
  until(state: 'up' | 'down', withinMs: number): Promise<void>
  end(signal: NodeJS.Signals): Promise<void>
}

/** Polls fast enough for detection times of 150 ms. */
async function poll(what: string, withinMs: number, holds: () => boolean): Promise<void> {
  for (const end = performance.now() + withinMs; !holds(); await sleep(10)) {
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`)
  }
}

/** FRR gives root up for its user, whose the folder has to be. */
export function startBfdd(namespace: string, folder: string, neighbour: string): BfdSpeaker {
  const own = join(folder, `frr-${neighbour}`)
  mkdirSync(own)
  const [uid, gid] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, 'frr'], { encoding: 'utf8' })))
  chownSync(own, uid ?? 0, gid ?? 0)
  for (const open of [folder, own]) chmodSync(open, 0o755)
  const pace = 'receive-interval 50\n  transmit-interval 50\n  detect-multiplier 3'
  writeFileSync(join(own, 'bfdd.conf'), `bfd\n peer ${neighbour}\n  ${pace}\n exit\nexit\n`)
  const files = ['-i', join(own, 'pid'), '--vty_socket', own, '-z', join(own, 'zserv'), '--bfdctl', join(own, 'ctl')]
  const argv = [BFDD, '-u', 'frr', '-g', 'frr', ...files, '-P', '0', '-f', join(own, 'bfdd.conf')]
  const child = spawn('ip', ['netns', 'exec', namespace, ...argv], { stdio: 'ignore' })
  const shows = (status: string) => {
    try {
      const words = ['netns', 'exec', namespace, 'vtysh', '--vty_socket', own, '-c', 'show bfd peers json']
      const said = execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      return said.includes(`"status":"${status}"`)
    } catch {
      // It is not ready to be asked yet.
      return false
    }
  }
  return {
    until: (state, withinMs) => poll(`bfdd: ${state}`, withinMs, () => shows(state)),
    end: (signal) => ended(child, signal),
  }
}

/** With an instance that tracks the session: keepalived logs each change of it. */
export function startKeepalivedBfd(namespace: string, folder: string, own: string, neighbour: string): BfdSpeaker {
  const home = join(folder, `keepalived-${own}`)
  mkdirSync(home)
  writeFileSync(
    join(home, 'keepalived.conf'),
    `bfd_instance peer {
  neighbor_ip ${neighbour}
  source_ip ${own}
  min_rx 50
  min_tx 50
  multiplier 3
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 99
  track_bfd {
    peer
  }
  virtual_ipaddress {
    192.0.2.199
  }
}
`,
  )
  const pids = ['-p', '-r', '-c', '-b'].flatMap((option) => [option, join(home, `pid${option}`)])
  const argv = ['keepalived', '-n', '-l', '-D', '-f', join(home, 'keepalived.conf'), ...pids]
  const child = spawn('ip', ['netns', 'exec', namespace, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  let last = ''
  for (const output of [child.stdout, child.stderr])
    eachLine(output, (line) => {
      last = /BFD event: instance peer is in state (\w+)/.exec(line)?.[1]?.toLowerCase() ?? last
    })
  return {
    until: (state, withinMs) => poll(`keepalived: ${state}`, withinMs, () => last === state),
    async end(signal) {
      // Its BFD process outlives it by a while, and would be started again by it.
      const bfd = Number(readFileSync(join(home, 'pid-b'), 'utf8'))
      await ended(child, signal)
      process.kill(bfd, signal)
    },
  }
}
