/** virtual_server blocks, their real servers and checks. What cannot work is left out, alone. */
import type { RealServer, TcpCheck, VirtualServer } from '#schemas/config.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { findValue } from '../keywords/keywords.ts'
import { type Position, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, boolOf, hasSetting, numberOf, scriptOf, settingOf, textOf } from '../statements/block.ts'
import { type IpAddress, parseIpAddress } from '../statements/ip-address.ts'
import type { Defaults } from './global-defs.ts'

/** The largest weight the configuration keeps; IPVS itself would take more, and nobody does. */
const LARGEST_WEIGHT = 65535

interface Service {
  block: Block
  address: IpAddress
  port: number
  defaults: Defaults
  findings: Findings
}

export function readVirtualServers(root: Block, defaults: Defaults, findings: Findings): VirtualServer[] {
  const servers = new Map<string, VirtualServer>()
  for (const block of blocksOf(root, 'virtual_server')) {
    const server = readVirtualServer(block, defaults, findings)
    if (server === null) continue
    const name = `${server.address} ${server.port} ${server.protocol}`
    if (!servers.has(name)) servers.set(name, server)
    else leaveOut(block, 'REPEATED', `${name} is defined above`, findings)
  }
  return [...servers.values()]
}

function readVirtualServer(block: Block, defaults: Defaults, findings: Findings): VirtualServer | null {
  const [first] = block.statement?.args ?? []
  // That it is not in force has been said by its row in the keyword table.
  if (findValue('', 'virtual_server', first?.value ?? '') !== undefined || block.refused) return null
  const { address, port } = placeOf(block)
  if (address === null) {
    const code = block.statement?.args.length === 0 ? 'MISSING_PARAMETER' : 'INVALID_ADDRESS'
    leaveOut(block, code, 'has no address, fwmark or group', findings)
    return null
  }
  if (port === 0) {
    const message = `virtual_server ${address.text} without a port is not in force yet: nobody gets an answer there`
    findings.warning({ code: 'NOT_IN_FORCE', at: openingOf(block), keyword: 'virtual_server', message })
    return null
  }
  const service = { block, address, port, defaults, findings }
  if (usesOtherTunnel(service)) return null
  const realServers = readRealServers(service)
  if (realServers.length === 0) return null
  return {
    address: address.text,
    port,
    family: address.family,
    protocol: readProtocol(service),
    scheduler: textOf(block, 'lvs_sched') ?? 'wlc',
    forwarding: readForwarding(service),
    persistenceTimeoutS: hasSetting(block, 'persistence_timeout')
      ? (numberOf(block, 'persistence_timeout') ?? 360)
      : null,
    realServers,
  }
}

/** The address and port in the head of a block; 0 without a port. */
function placeOf({ values: [address, port] }: Block): { address: IpAddress | null; port: number } {
  return {
    address: typeof address === 'string' ? parseIpAddress(address) : null,
    port: typeof port === 'number' ? port : 0,
  }
}

function readProtocol({ block }: Service): VirtualServer['protocol'] {
  const protocol = textOf(block, 'protocol')
  return protocol === 'TCP' || protocol === 'SCTP' ? protocol : 'UDP'
}

/** Whether real servers get packets in a tunnel of another kind than IP in IP, which is not in force yet. */
function usesOtherTunnel({ block, findings }: Service): boolean {
  const method = settingOf(block, 'lvs_method')
  const type = method?.options.get('type') ?? 'ipip'
  if (method === undefined || (type === 'ipip' && !method.options.has('checksum'))) return false
  const [, at = method.statement.keyword] = method.statement.args
  const message = 'tunnels other than IP in IP are not in force yet; the virtual_server is left out'
  const hint = 'real servers would not understand its packets'
  findings.error({ code: 'NOT_IN_FORCE', at: wordPosition(at), keyword: at.value, message, hint })
  return true
}

function readForwarding({ block }: Service): VirtualServer['forwarding'] {
  const name = textOf(block, 'lvs_method')
  return name === 'DR' || name === 'TUN' ? name : 'NAT'
}

function readRealServers(service: Service): RealServer[] {
  const servers = new Map<string, RealServer>()
  for (const block of blocksOf(service.block, 'real_server')) {
    const server = readRealServer(service, block)
    if (server === null) continue
    const name = `${server.address} ${server.port}`
    if (!servers.has(name)) servers.set(name, server)
    else leaveOut(block, 'REPEATED', `${name} is already in this service`, service.findings)
  }
  return [...servers.values()]
}

function readRealServer(service: Service, block: Block): RealServer | null {
  const { findings, defaults } = service
  const { address, port: written } = placeOf(block)
  if (address === null || block.refused) return null
  if (address.family !== service.address.family && textOf(service.block, 'lvs_method') !== 'TUN') {
    leaveOut(block, 'FAMILY', `${address.text} is of another address family than its virtual_server`, findings)
    return null
  }
  const port = written === 0 ? service.port : written
  return {
    address: address.text,
    port: readServerPort(service, block, port),
    weight: readWeight(service, block),
    inhibitOnFailure: boolOf(block, 'inhibit_on_failure') ?? hasSetting(service.block, 'inhibit_on_failure'),
    checks: blocksOf(block, 'TCP_CHECK').map((check) =>
      readTcpCheck([check, block, service.block], address.text, port),
    ),
    notifyUp: scriptOf(block, 'notify_up'),
    notifyDown: scriptOf(block, 'notify_down'),
    smtpAlert: boolOf(block, 'smtp_alert') ?? defaults.serverMail,
  }
}

/** Only NAT rewrites packets, and with them ports; the checks go to the port as written all the same. */
function readServerPort(service: Service, block: Block, port: number): number {
  const method = textOf(service.block, 'lvs_method')
  if (port === service.port || (method !== 'DR' && method !== 'TUN')) return port
  const message = `real_server: port ${port} cannot differ from the service's with ${method}; ${service.port} is used`
  service.findings.warning({ code: 'PORT', at: openingOf(block), keyword: 'real_server', message })
  return service.port
}

function readWeight(service: Service, block: Block): number {
  const weight = numberOf(block, 'weight') ?? numberOf(service.block, 'weight') ?? 1
  if (weight <= LARGEST_WEIGHT) return weight
  const at = openingOf(block)
  const message = `weight ${weight} is above the ${LARGEST_WEIGHT} of this version, which is used`
  service.findings.warning({ code: 'ROUNDED', at, keyword: 'weight', message })
  return LARGEST_WEIGHT
}

/** Timing comes from the check, then its real_server, then its virtual_server. */
function readTcpCheck(blocks: readonly [Block, Block, Block], address: string, port: number): TcpCheck {
  const [check] = blocks
  const first = (keyword: string): number | undefined => {
    for (const block of blocks) {
      const value = numberOf(block, keyword)
      if (value !== undefined) return value
    }
    return undefined
  }
  const delayLoopS = first('delay_loop') ?? 60
  const connectAddress = textOf(check, 'connect_ip') ?? address
  const bindAddress = textOf(check, 'bindto')
  return {
    type: 'TCP_CHECK',
    connectAddress,
    connectPort: numberOf(check, 'connect_port') ?? port,
    // That of another family has been reported: see checks/probes.ts.
    bindAddress: bindAddress?.includes(':') === connectAddress.includes(':') ? (bindAddress ?? null) : null,
    connectTimeoutMs: toMs(first('connect_timeout') ?? 5, 1),
    delayLoopMs: toMs(delayLoopS, 1),
    retry: first('retry') ?? 1,
    delayBeforeRetryMs: toMs(first('delay_before_retry') ?? 1, 0),
    warmupMs: toMs(first('warmup') ?? delayLoopS, 0),
  }
}

/** Seconds to milliseconds, not below `least`: a microsecond is allowed in the file, and no timer is that fine. */
function toMs(seconds: number, least: number): number {
  return Math.max(least, Math.round(seconds * 1000))
}

function openingOf(block: Block): Position {
  if (block.statement === null) throw new Error('the root has no keyword')
  return wordPosition(block.statement.keyword)
}

function leaveOut(block: Block, code: string, reason: string, findings: Findings): void {
  const keyword = block.statement?.keyword.value ?? ''
  findings.error({ code, at: openingOf(block), keyword, message: `${keyword}: ${reason}; it is left out` })
}
