/** Two namespaces with one cable between them, and an agent (kernel-agent.ts) in each. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface AgentEvent {
  event: string
  data: Record<string, unknown>
  at: number
}

export interface Agent {
  namespace: string
  pid: number
  events: AgentEvent[]
  /** Calls a function of the agent; rejects with its error. */
  call(name: string, ...args: unknown[]): Promise<never>
  /** Waits for an event that `wanted` accepts, from the `from`-th on. */
  until(name: string, wanted: (data: Record<string, unknown>) => boolean, from?: number): Promise<AgentEvent>
}

export interface Cable {
  left: string
  right: string
  agent(namespace: string): Promise<Agent>
  ip(namespace: string, ...args: string[]): string
  /** Starts tcpdump on eth0; the promise inside resolves with what it printed once it has seen `count` packets. */
  tcpdump(namespace: string, count: number, ...args: string[]): Promise<{ output: Promise<string> }>
  /** (Re-)creates the cable: eth0 on both sides, 192.0.2.1/24 left and 192.0.2.2/24 right. */
  plug(): Promise<void>
  remove(): void
}

const WAIT_MS = 10_000

/** Why this machine cannot run these tests; false when it can. */
export const UNABLE =
  process.getuid?.() !== 0
    ? 'needs root for namespaces'
    : !existsSync(join(import.meta.dirname, '../../platform/native/socket.node'))
      ? 'the native addon is not built'
      : !existsSync('/usr/bin/tcpdump')
        ? 'tcpdump is not installed'
        : false

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Removes the namespaces that killed runs of this test have left. */
function sweep(): void {
  for (const line of run('ip', 'netns', 'list').split('\n')) {
    const [name, pid] = /^fo(\d+)-kernel[ab]/.exec(line) ?? []
    if (name !== undefined && !existsSync(`/proc/${pid}`)) run('ip', 'netns', 'del', name)
  }
}

export async function cable(): Promise<Cable> {
  sweep()
  const left = `fo${process.pid}-kernela`
  const right = `fo${process.pid}-kernelb`
  const children: ChildProcess[] = []
  const ip = (namespace: string, ...args: string[]) => run('ip', '-n', namespace, ...args)
  for (const namespace of [left, right]) {
    run('ip', 'netns', 'add', namespace)
    ip(namespace, 'link', 'set', 'lo', 'up')
  }

  async function plug(): Promise<void> {
    ip(left, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', right)
    for (const [namespace, last] of [
      [left, 1],
      [right, 2],
    ] as const) {
      ip(namespace, 'addr', 'add', `192.0.2.${last}/24`, 'dev', 'eth0')
      ip(namespace, 'link', 'set', 'eth0', 'up')
    }
    await poll('the link-local addresses', () => {
      const tentative = [left, right].map((namespace) => ip(namespace, '-6', 'addr', 'show', 'dev', 'eth0'))
      return tentative.every((text) => text.includes('fe80:') && !text.includes('tentative'))
    })
  }

  await plug()
  return {
    left,
    right,
    ip,
    plug,
    async agent(namespace) {
      const child = startAgent(namespace)
      children.push(child)
      return connect(child, namespace)
    },
    async tcpdump(namespace, count, ...args) {
      const command = [
        'netns',
        'exec',
        namespace,
        'tcpdump',
        '-i',
        'eth0',
        '-n',
        '--immediate-mode',
        '-c',
        String(count),
        ...args,
      ]
      const child = spawn('ip', command, { stdio: ['ignore', 'pipe', 'pipe'] })
      children.push(child)
      return capture(child)
    },
    remove() {
      for (const child of children) child.kill('SIGKILL')
      for (const namespace of [left, right]) run('ip', 'netns', 'del', namespace)
    },
  }
}

function startAgent(namespace: string): ChildProcess {
  const command = ['netns', 'exec', namespace, process.execPath, join(import.meta.dirname, 'kernel-agent.ts')]
  return spawn('ip', command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

async function connect(child: ChildProcess, namespace: string): Promise<Agent> {
  const events: AgentEvent[] = []
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  let last = 0
  child.on('message', (message: AgentEvent | { id: number; result: never; error?: string }) => {
    if ('event' in message) return void events.push(message)
    const { resolve, reject } = waiting.get(message.id) ?? {}
    waiting.delete(message.id)
    if (message.error === undefined) resolve?.(message.result)
    else reject?.(new Error(message.error))
  })
  const find = (name: string, wanted: (data: Record<string, unknown>) => boolean, from: number) =>
    events.find(({ event, data }, index) => index >= from && event === name && wanted(data))
  const agent: Agent = {
    namespace,
    pid: child.pid ?? 0,
    events,
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        child.send({ id: last, call: name, args })
      }),
    async until(name, wanted, from = 0) {
      await poll(`the event ${name}`, () => find(name, wanted, from) !== undefined)
      return find(name, wanted, from) ?? { event: name, data: {}, at: 0 }
    },
  }
  await agent.until('ready', () => true)
  return agent
}

async function capture(child: ChildProcess): Promise<{ output: Promise<string> }> {
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const output = new Promise<string>((resolve) => child.once('close', () => resolve(out)))
  await poll('tcpdump to listen', () => err.includes('listening on'))
  return { output }
}

export async function poll(what: string, condition: () => boolean, withinMs = WAIT_MS): Promise<void> {
  for (const until = performance.now() + withinMs; !condition(); ) {
    if (performance.now() > until) throw new Error(`waited ${withinMs} ms in vain for ${what}`)
    await new Promise((done) => setTimeout(done, 10))
  }
}
