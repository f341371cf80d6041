import type { Clock } from '#platform/clock-port.ts'
import { HaError } from '#platform/errors.ts'
import { type DeviceSocket, openDevices } from '#platform/netlink/devices.ts'
import { monitorLinks, openRoute, type RouteResult } from '#platform/netlink/route.ts'
import { refusalError } from '#platform/netlink/socket.ts'
import type { VirtualDevice } from '#schemas/devices.ts'
import { deviceEntity } from '#schemas/names.ts'
import type { Refusal, VirtualDevices } from '../ports.ts'
import { type Marks, marksFor } from './device-marks.ts'
import { type DevicePlan, entryOf, planDevices } from './device-plan.ts'
import { answerOnlyForOwn, restoreAnswers, settleSettings } from './device-settings.ts'

/** How long the kernel may go on telling of what belongs together. */
const CALM_MS = 20

/** `node` is written on the devices, so that a later run knows them for its own. @throws HaError NETLINK */
export function kernelDevices({ node, clock }: { node: string; clock: Clock }): VirtualDevices {
  const socket = openDevices()
  let names: ReadonlySet<string> = new Set()
  let awaited: ReadonlySet<string> = new Set()
  return {
    settle(wanted) {
      const links = socket.list()
      const marks = marksFor(node, links, new Map(links.map(({ index, name }) => [index, name])))
      const plan = planDevices(wanted, links, node)
      names = new Set(wanted.map(({ name }) => name))
      awaited = new Set(plan.outcomes.filter(({ result }) => result === 'waiting').map(({ parent }) => parent))
      const refusals = [...plan.refusals, ...carryOut(socket, plan, marks)]
      const refused = new Set(refusals.map(({ entity }) => entity))
      return { outcomes: plan.outcomes.filter(({ name }) => !refused.has(deviceEntity(name))), refusals }
    },
    raise: (raised) => refusalsOf(raised, socket.switchOn(raised), 'switched on'),
    lower: (name) => refusalsOf([name], [socket.switchOff(name)], 'switched off'),
    watch(onDisturbed) {
      let told = false
      // All devices of an interface go with it: one look afterwards is enough.
      const tell = () => {
        if (told) return
        told = true
        clock.at(clock.now() + CALM_MS, () => {
          told = false
          onDisturbed()
        })
      }
      const monitor = monitorLinks({
        onLinks(_links, overrun) {
          if (overrun) tell()
        },
        onLink({ name }, present) {
          if (present ? awaited.has(name) : names.has(name)) tell()
        },
      })
      monitor.resync()
      return { close: () => monitor.close() }
    },
    close: () => socket.close(),
  }
}

function carryOut(socket: DeviceSocket, plan: DevicePlan, marks: Marks): Refusal[] {
  const removed = refusalsOf(plan.doomed, socket.remove(plan.doomed), 'removed')
  const results = socket.create(plan.fresh.map(entryOf))
  const failed = new Set(plan.fresh.filter((_, index) => results[index] !== null))
  const present = plan.present.filter((placed) => !failed.has(placed))
  // First on record, then changed.
  socket.describe(present.map(({ device }) => ({ name: device.name, alias: marks.aliasFor(device.parent) })))
  const below = new Set(present.map(({ parent }) => parent.name))
  return [
    ...removed,
    ...refusalsOf(
      plan.fresh.map(({ device }) => device.name),
      results,
      'made',
    ),
    ...answerOnlyForOwn(below),
    ...restoreAnswers(
      [...marks.interfaces].filter((name) => !below.has(name)),
      marks,
    ),
    ...present.flatMap(({ device }) => settleSettings(device.name)),
    ...present.flatMap(({ device }) => (device.type === 'ipvlan' ? furnish(socket, device) : [])),
  ]
}

/** An ipvlan is a host of its own: it is on, and has its address, whoever is master. */
function furnish(socket: DeviceSocket, device: Extract<VirtualDevice, { type: 'ipvlan' }>): Refusal[] {
  const refusals = refusalsOf([device.name], socket.switchOn([device.name]), 'switched on')
  return device.address === null ? refusals : [...refusals, ...giveAddress(device.name, device.address)]
}

function giveAddress(name: string, address: { address: string; prefix: number }): Refusal[] {
  const route = openRoute()
  const index = route.link(name)?.index ?? 0
  const entry = { index, ...address, scope: 0, flags: 0, validS: null, preferredS: null, broadcast: null, peer: null }
  const results = route.replaceAddresses([{ ...entry, label: null, protocol: 0 }])
  route.close()
  return refusalsOf([name], results, `given ${address.address}`)
}

/** What is gone already need not be removed or switched off. */
function refusalsOf(names: readonly string[], results: readonly RouteResult[], what: string): Refusal[] {
  return results.flatMap((result, index): Refusal[] => {
    const ended = what === 'removed' || what === 'switched off'
    if (result === null || (ended && result.code === 'ENODEV')) return []
    const name = names[index] ?? ''
    const error = new HaError('KERNEL_DEVICE', `${name} cannot be ${what}`, { cause: refusalError(result) })
    return [{ entity: deviceEntity(name), error }]
  })
}
