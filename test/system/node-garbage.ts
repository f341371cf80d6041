// On a machine of the segment: `node-garbage.ts COUNT PER_TICK` sends COUNT adverts that nobody may accept, PER_TICK
// each 5 ms, in turn of these kinds: random bytes, a wrong checksum, an interval of 0, and a TTL of 64. All but the
// first claim priority 255 of virtual router 51 with the right password and address: only the one fault speaks against
// them.
import { randomBytes } from 'node:crypto'
import { ipBytes } from '#platform/native/ip.ts'
import { AF_INET, deviceName, SOCK_RAW, sockaddrIp } from '#platform/native/sockaddr.ts'
import { openSocket } from '#platform/native/socket.ts'
import { addressOf, VIP } from '../../cli/lab/hosts.ts'
import { type AdvertForm, encodeAdvert } from '../../services/vrrp/adapters/advert-codec.ts'

const GROUP = '224.0.0.18'
const [count = '5000', perTick = '5'] = process.argv.slice(2)
const form: AdvertForm = {
  version: 2,
  family: 4,
  virtualRouterId: 51,
  intervalMs: 1_000,
  password: Buffer.from('1111'),
  addresses: ipBytes(VIP),
  source: ipBytes(addressOf('client')),
  checksum: 'pseudo-header',
  destination: ipBytes(GROUP),
}

/** ip(7): IP_MULTICAST_TTL; socket(7): SO_BINDTODEVICE. */
function sender(ttl: number) {
  const socket = openSocket(AF_INET, SOCK_RAW, 112)
  socket.setOption(1, 25, deviceName('eth0'))
  socket.setOption(0, 33, ttl)
  return (message: Buffer) => socket.send(message, sockaddrIp(GROUP))
}

const near = sender(255)
const far = sender(64)

function randomMessage(): Buffer {
  const message = randomBytes(8 + Math.floor(Math.random() * 56))
  message[1] = form.virtualRouterId
  return message
}

function wrongChecksum(): Buffer {
  const message = encodeAdvert(form, 255)
  message.writeUInt16BE(message.readUInt16BE(6) ^ 0x5555, 6)
  return message
}

const kinds = [
  () => near(randomMessage()),
  () => near(wrongChecksum()),
  () => near(encodeAdvert({ ...form, intervalMs: 0 }, 255)),
  () => far(encodeAdvert(form, 255)),
]

let sent = 0
const ticking = setInterval(() => {
  for (let index = 0; index < Number(perTick) && sent < Number(count); index += 1) {
    kinds[sent % kinds.length]?.()
    sent += 1
  }
  if (sent < Number(count)) return
  clearInterval(ticking)
  process.stdout.write(`${sent}\n`)
  process.exit(0)
}, 5)
