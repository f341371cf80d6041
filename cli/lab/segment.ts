/** The segment: a bridge in a namespace of its own, so that nothing on the machine itself is touched. */
import { spawn } from 'node:child_process'
import { mustRun, runCommand } from './commands.ts'
import { type HostName, hardwareAddressOf } from './hosts.ts'

export interface Segment {
  namespaceOf(host: HostName): string
  /** Name of the namespace that holds the bridge `lan`. */
  bridgeNamespace: string
  /** Makes the machine's namespace with `eth0` in it, plugged into the bridge. */
  plug(host: HostName): Promise<void>
  /** Takes the machine's link down at once: no process is started for it. */
  cutLink(host: HostName): void
  /** Removes the machine's cable and namespace, with everything the kernel held in it. */
  remove(host: HostName): Promise<void>
  close(): Promise<void>
}

/** @param prefix of every namespace, `fo<pid>-lab`: a later run knows by the pid whether it is left over */
export async function createSegment(prefix: string): Promise<Segment> {
  const bridgeNamespace = `${prefix}-lan`
  const namespaceOf = (host: HostName) => `${prefix}-${host}`
  await mustRun(['ip', 'netns', 'add', bridgeNamespace])
  const inBridge = ['ip', '-n', bridgeNamespace, '-batch', '-']
  await mustRun(inBridge, 'link add lan type bridge forward_delay 0 mcast_snooping 0\nlink set lan up\n')
  // Stays open: a link is cut by one line to it, without the time a new process takes.
  const cutter = spawn('ip', ['-n', bridgeNamespace, '-force', '-batch', '-'], { stdio: ['pipe', 'ignore', 'ignore'] })
  cutter.stdin.on('error', () => {})

  return {
    namespaceOf,
    bridgeNamespace,
    async plug(host) {
      await mustRun(['ip', 'netns', 'add', namespaceOf(host)])
      const peer = `peer name eth0 address ${hardwareAddressOf(host)} netns ${namespaceOf(host)}`
      await mustRun(inBridge, `link add ${host} type veth ${peer}\nlink set ${host} master lan up\n`)
    },
    cutLink(host) {
      cutter.stdin.write(`link set ${host} down\n`)
    },
    async remove(host) {
      await runCommand(['ip', '-n', bridgeNamespace, 'link', 'delete', host])
      await runCommand(['ip', 'netns', 'delete', namespaceOf(host)])
    },
    async close() {
      cutter.stdin.end()
      await runCommand(['ip', 'netns', 'delete', bridgeNamespace])
    },
  }
}

/**
 * Removes the namespaces of runs that were killed before they could clean up, and ends what still runs in them.
 *
 * @returns their names
 */
export async function removeLeftovers(): Promise<string[]> {
  const { stdout } = await runCommand(['ip', 'netns', 'list'])
  const names = stdout.split('\n').flatMap((line) => /^fo\d+-lab-\S+/.exec(line)?.[0] ?? [])
  const left = names.filter((name) => !isAlive(Number(/^fo(\d+)/.exec(name)?.[1])))
  for (const name of left) {
    const pids = (await runCommand(['ip', 'netns', 'pids', name])).stdout.trim().split(/\s+/).filter(Boolean)
    for (const pid of pids) endProcess(Number(pid))
    await runCommand(['ip', 'netns', 'delete', name])
  }
  return left
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone with its parent in the meantime.
  }
}
