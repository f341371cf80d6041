/** The lab to play with: commands, one a line, and what happens meanwhile. */
import type { Happening } from './happenings.ts'
import { holdersAt } from './holders.ts'
import { addressOf, type DirectorName, type HostName, VIP } from './hosts.ts'
import { lastOf } from './observations.ts'
import { act } from './player.ts'
import type { Rig } from './rig.ts'
import type { Screen } from './screen.ts'
import type { Action } from './steps.ts'
import type { Story } from './story.ts'

export interface PromptContext {
  rig: Rig
  happenings: readonly Happening[]
  print: (line: string) => void
  story: Story
  /** Plays the scenario; all machines are in the state of its beginning before and after. */
  play: () => Promise<void>
  /** True when somebody can enter the machines from another terminal. */
  enterable: boolean
}

interface PromptCommand {
  usage: string
  help: string
  run(args: readonly string[], context: PromptContext): Promise<void> | void
}

const HOSTS: readonly HostName[] = ['vos1', 'vos2', 'vos3', 'vos4', 'client']

const COMMANDS: Record<string, PromptCommand> = {
  status: { usage: 'status', help: 'the machines, and who holds the VIP', run: (_, context) => showStatus(context) },
  curl: {
    usage: 'curl',
    help: 'the last answers the client got from the VIP',
    run: (_, context) => showAnswers(context),
  },
  ping: { usage: 'ping HOST', help: 'from the client', run: pingHost },
  kill: { usage: 'kill HOST', help: 'shut a machine down: SIGKILL to all its processes, link down', run: killHost },
  start: { usage: 'start HOST', help: 'switch a machine on again, or its program after stop', run: startHost },
  stop: { usage: 'stop DIRECTOR', help: 'SIGTERM to the program on vos1 or vos2', run: stopDirector },
  events: { usage: 'events [COUNT]', help: 'what the directors said last', run: showEvents },
  why: { usage: 'why [DIRECTOR]', help: 'failoverctl why VI_1, on the holder of the VIP', run: showWhy },
  ctl: { usage: 'ctl DIRECTOR ARG...', help: 'failoverctl on that node, e.g. ctl vos1 status', run: runControl },
  run: { usage: 'run HOST COMMAND...', help: 'a shell line on that machine, e.g. run vos1 ip address', run: runOnHost },
  play: { usage: 'play', help: 'the six steps of the scenario', run: (_, { play }) => play() },
}

export function promptIntroduction({ rig, print, enterable }: PromptContext): void {
  print('The lab stays up. Commands:')
  for (const { usage, help } of Object.values(COMMANDS)) print(`  ${usage.padEnd(20)} ${help}`)
  print(`  ${'help'.padEnd(20)} this list`)
  print(`  ${'quit'.padEnd(20)} take the lab down`)
  if (!enterable) return
  print('')
  print('A shell on a machine, from another terminal (its processes and network; / is yours):')
  for (const host of HOSTS) {
    const machine = rig.machine(host)
    if (machine !== null) print(`  ${host.padEnd(7)} ${machine.door}`)
  }
}

/** Obeys the lines until `quit` or their end. */
export async function obey(
  lines: AsyncIterable<string>,
  context: PromptContext,
  { ask, typed }: Screen,
): Promise<void> {
  ask()
  for await (const line of lines) {
    typed()
    const [name = '', ...args] = line.trim().split(/\s+/)
    if (name === 'quit' || name === 'exit') return
    if (name === 'help') promptIntroduction(context)
    else if (name !== '') await obeyOne(name, args, context)
    ask()
  }
}

async function obeyOne(name: string, args: readonly string[], context: PromptContext): Promise<void> {
  const command = COMMANDS[name]
  if (command === undefined) {
    context.print(`There is no command "${name}". Try: ${Object.keys(COMMANDS).join(', ')}, help, quit.`)
    return
  }
  await command.run(args, context)
}

function hostIn(args: readonly string[], { print }: PromptContext): HostName | null {
  const host = HOSTS.find((name) => name === args[0])
  if (host === undefined) print(`Which machine? One of ${HOSTS.join(', ')}.`)
  return host ?? null
}

function directorIn(args: readonly string[], context: PromptContext): DirectorName | null {
  const name = hostIn(args, context)
  if (name === 'vos1' || name === 'vos2') return name
  if (name !== null) context.print('The directors are vos1 and vos2.')
  return null
}

function showStatus({ rig, print }: PromptContext): void {
  const holders = holdersAt(rig.holdings(), Date.now())
  for (const host of HOSTS) {
    const power = rig.machine(host) === null ? 'off' : 'on'
    const program = host === 'vos1' || host === 'vos2' ? `${rig.kinds[host]} with ${host}.conf` : ''
    const holds = holders.some((name) => name === host) ? `holds ${VIP}` : ''
    print(
      `  ${host.padEnd(7)} ${addressOf(host).padEnd(16)} ${power.padEnd(4)} ${holds.padEnd(22)} ${program}`.trimEnd(),
    )
  }
}

function showAnswers({ rig, print }: PromptContext): void {
  const SHOWN = 12
  const last = lastOf(rig.fetches(), SHOWN) ?? rig.fetches().slice(-SHOWN)
  print(`  ${last.map(({ answer, failure }) => answer ?? `(${failure})`).join(' ')}`)
}

async function pingHost(args: readonly string[], context: PromptContext): Promise<void> {
  const host = hostIn(args, context)
  if (host === null) return
  context.print(`  ${addressOf(host)} ${(await context.rig.ping(host)) ? 'answers' : 'does not answer'}`)
}

async function killHost(args: readonly string[], context: PromptContext): Promise<void> {
  const host = hostIn(args, context)
  if (host !== null) await actNow({ do: 'shut-down', host }, context)
}

async function startHost(args: readonly string[], context: PromptContext): Promise<void> {
  const host = hostIn(args, context)
  if (host !== null) await actNow({ do: 'start', host }, context)
}

async function stopDirector(args: readonly string[], context: PromptContext): Promise<void> {
  const name = directorIn(args, context)
  if (name !== null) await actNow({ do: 'stop', host: name }, context)
}

/** What follows is told with its time from here on. */
function actNow(action: Action, { rig, story }: PromptContext): Promise<void> {
  story.begin(Date.now())
  return act(action, rig, story)
}

function showEvents([count = '15']: readonly string[], { happenings, story }: PromptContext): void {
  for (const happening of happenings.filter(({ told }) => told).slice(-Number(count))) story.happened(happening)
}

async function showWhy(args: readonly string[], context: PromptContext): Promise<void> {
  const name = args.length > 0 ? directorIn(args, context) : holdersAt(context.rig.holdings(), Date.now())[0]
  if (name === undefined) context.print(`Nobody holds ${VIP}; name a director.`)
  else if (name !== null) await control(name, ['why', 'VI_1'], context)
}

async function runControl(args: readonly string[], context: PromptContext): Promise<void> {
  const name = directorIn(args, context)
  if (name !== null) await control(name, args.slice(1), context)
}

async function control(name: DirectorName, args: readonly string[], context: PromptContext): Promise<void> {
  const director = context.rig.director(name)
  if (director === null) context.print(`No director runs on ${name}.`)
  else if (director.control === null) context.print(`${name} runs keepalived, which keeps no record to ask.`)
  else await showOutcome(name, director.control(...args), context)
}

async function runOnHost(args: readonly string[], context: PromptContext): Promise<void> {
  const host = hostIn(args, context)
  if (host !== null) await showOutcome(host, ['bash', '-c', args.slice(1).join(' ')], context)
}

async function showOutcome(host: HostName, argv: readonly string[], { rig, print }: PromptContext): Promise<void> {
  const outcome = await rig.machine(host)?.run(argv)
  if (outcome === undefined) return print(`${host} is off.`)
  for (const line of `${outcome.stdout}${outcome.stderr}`.trimEnd().split('\n')) print(line)
  if (outcome.status !== 0) print(`(exit status ${outcome.status})`)
}
