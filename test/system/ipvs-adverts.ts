/**
 * Stands in for vrrp on the wire: sends our own adverts out of an interface, and nothing else. Commands come on
 * standard input, one a line: `start INTERVAL`, `stop`, `resign`. Each packet is told on standard output.
 */
import { createInterface } from 'node:readline'
import { systemClock } from '#platform/clock.ts'
import { advertSockets } from '../../services/vrrp/adapters/advert-socket.ts'

const device = process.argv[2] ?? 'eth0'
const open = advertSockets({ clock: systemClock() })
const socket = open({ interface: device, family: 4, group: '224.0.0.18', source: null, ttl: 255 }, () => {})
let timer: NodeJS.Timeout | null = null

/** VRRPv2, router 51, one address; nobody here checks the checksum. */
function send(priority: number): void {
  const payload = Buffer.from([0x21, 51, priority, 1, 0, 1, 0, 0, 192, 0, 2, 100, 0, 0, 0, 0, 0, 0, 0, 0])
  const result = socket.send(payload, '224.0.0.18')
  console.log(result.ok ? `sent ${priority}` : `failed ${result.code}`)
}

function halt(): void {
  clearInterval(timer ?? undefined)
  timer = null
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, interval] = line.split(' ')
  halt()
  if (command === 'resign') send(0)
  if (command !== 'start') return
  send(150)
  timer = setInterval(() => send(150), Number(interval))
})
console.log('ready')
