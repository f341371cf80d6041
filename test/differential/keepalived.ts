/** What a real keepalived says of many configurations: `keepalived -t` in namespaces of its own, on two cores. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A configuration on the disk. */
export interface Candidate {
  path: string
  configId: string
  /** It may name a network namespace that is not there: keepalived then checks nothing, and ends with 0. */
  unchecked: boolean
}

export interface Verdict {
  /** Exit status; 124 when it did not end in time, 128 and more for a signal. */
  status: number
  /** What it said, each thing once, without the time, the file and the line. */
  messages: string[]
  /** That of the candidate. */
  unchecked: boolean
}

/** keepalived needs 15 ms; what is not done after this never ends. */
const BOUND_S = 2
const WORKERS = 2

/**
 * Everything keepalived could do to the machine stays in these namespaces. The links are bridges: every kernel has
 * them, and they are up at once. What a configuration makes keepalived allocate is bounded as well.
 */
const SCRIPT = `
mount --bind "$1/users" /etc/passwd && mount --bind "$1/groups" /etc/group && mount -t tmpfs tmpfs /run && ip -batch "$1/links" || exit 3
while read -r name; do
  ip netns add "$name" && ip -n "$name" -batch "$1/links" || exit 3
done < "$1/namespaces"
ulimit -v 1000000
while read -r id file; do
  timeout -k 1 ${BOUND_S} keepalived -t -i "$id" -f "$file" < /dev/null > "$file.said" 2>&1
  echo "status $?" >> "$file.said"
done
`

/** Why there can be no comparison on this machine; false when there can. */
export function whyNoKeepalived(): string | false {
  if (process.getuid?.() !== 0) return 'only root may make namespaces'
  if (spawnSync('keepalived', ['--version']).error) return 'keepalived is not installed'
  return spawnSync('unshare', ['-n', '-m', '-p', '-f', 'true']).status === 0 ? false : 'no namespaces here'
}

/** The version of keepalived that is installed, as 2.2.7. */
export function keepalivedVersion(): string {
  const { stderr } = spawnSync('keepalived', ['--version'], { encoding: 'utf8' })
  return /v(\d+\.\d+\.\d+)/.exec(stderr)?.[1] ?? 'unknown'
}

/** What keepalived finds on its machine. */
export interface Surroundings {
  links: readonly string[]
  /** Network namespaces, each with these links. */
  namespaces: readonly string[]
  /** Accounts beside root, each with a group of its name. */
  users: readonly string[]
}

/** Verdicts in the order of the candidates. */
export async function askKeepalived(
  candidates: readonly Candidate[],
  { links, namespaces, users }: Surroundings,
  folder: string,
): Promise<Verdict[]> {
  // keepalived looks for an account of the second name wherever it finds a script.
  const accounts = ['root', 'keepalived_script', ...users]
  writeFileSync(join(folder, 'users'), accounts.map((name) => `${name}:x:0:0::/:/bin/sh\n`).join(''))
  writeFileSync(join(folder, 'groups'), accounts.map((name) => `${name}:x:0:\n`).join(''))
  const commands = links.map((link) => `link add ${link} type bridge\nlink set ${link} up\n`)
  writeFileSync(join(folder, 'links'), `link set lo up\n${commands.join('')}`)
  writeFileSync(join(folder, 'namespaces'), namespaces.map((name) => `${name}\n`).join(''))
  const shares = Array.from({ length: WORKERS }, (_, worker) =>
    candidates.filter((_candidate, index) => index % WORKERS === worker),
  )
  await Promise.all(shares.map((share) => work(share, folder)))
  return candidates.map(({ path, unchecked }) => ({ ...parseVerdict(readFileSync(`${path}.said`, 'utf8')), unchecked }))
}

function work(share: readonly Candidate[], folder: string): Promise<void> {
  const args = ['-n', '-m', '-p', '-f', '--mount-proc', '--kill-child', 'sh', '-c', SCRIPT, 'sh', folder]
  const child = spawn('unshare', args, { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(share.map(({ configId, path }) => `${configId} ${path}\n`).join(''))
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`the namespace ended with ${code}`))))
  })
}

/** The shell's own words about a process that a signal ended say the same as its status. */
const OF_THE_SHELL = /^(Terminated|Killed|Segmentation fault|Aborted|Bus error)/

function parseVerdict(said: string): Omit<Verdict, 'unchecked'> {
  const lines = said.trimEnd().split('\n')
  const status = Number(/^status (\d+)$/.exec(lines.pop() ?? '')?.[1])
  const messages = lines
    .map((line) => line.replace(/^\w{3} \w{3} [ \d]\d [\d:]+ \d{4}: /, '').replace(/^\((\S+: )?Line \d+\) /, ''))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !OF_THE_SHELL.test(line))
  return { status, messages: [...new Set(messages)] }
}
