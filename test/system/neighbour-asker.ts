/**
 * Asks the network for an address, as a host that does not know it does, and prints which hardware addresses answer
 * within half a second: `neighbour-asker.ts INTERFACE ADDRESS OWN_ADDRESS`.
 */
import { ipBytes } from '#platform/native/ip.ts'
import { AF_PACKET, SOCK_RAW, sockaddrLl } from '#platform/native/sockaddr.ts'
import { openSocket } from '#platform/native/socket.ts'
import { openRoute } from '#platform/netlink/route.ts'

const ETH_P_ALL = 3
const [device = '', wanted = '', own = ''] = process.argv.slice(2)
const target = ipBytes(wanted)
const link = openRoute().link(device)
if (link === null) throw new Error(`there is no ${device}`)
const mac = link.hardwareAddress
const socket = openSocket(AF_PACKET, SOCK_RAW, 0)
socket.bind(sockaddrLl({ index: link.index, protocol: ETH_P_ALL }))
const answers: string[] = []
socket.watch({
  ...{ batch: 16, size: 2_048, controlSize: 0, onError() {} },
  onMessage({ data }) {
    const answer = target.length === 4 ? arpAnswer(data) : neighbourAnswer(data)
    if (answer !== null) answers.push((answer.toString('hex').match(/../g) ?? []).join(':'))
  },
})
socket.send(target.length === 4 ? arpRequest() : solicitation())
setTimeout(() => {
  process.stdout.write(`${JSON.stringify(answers)}\n`)
  process.exit(0)
}, 500)

function arpRequest(): Buffer {
  const head = Buffer.concat([Buffer.alloc(6, 0xff), mac, Buffer.from('08060001080006040001', 'hex')])
  return Buffer.concat([head, mac, ipBytes(own), Buffer.alloc(6), target, Buffer.alloc(18)])
}

function arpAnswer(frame: Buffer): Buffer | null {
  const reply = frame.length >= 42 && frame.readUInt16BE(12) === 0x0806 && frame.readUInt16BE(20) === 2
  return reply && frame.subarray(28, 32).equals(target) ? frame.subarray(22, 28) : null
}

function solicitation(): Buffer {
  const group = Buffer.concat([ipBytes('ff02::1:ff00:0').subarray(0, 13), target.subarray(13)])
  const message = Buffer.concat([Buffer.from('8700000000000000', 'hex'), target, Buffer.from([1, 1]), mac])
  const pseudo = Buffer.concat([ipBytes(own), group, Buffer.from([0, 0, 0, message.length, 0, 0, 0, 58]), message])
  let sum = 0
  for (let at = 0; at < pseudo.length; at += 2) sum += pseudo.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  message.writeUInt16BE(~sum & 0xffff, 2)
  const header = Buffer.from([0x60, 0, 0, 0, 0, message.length, 58, 255])
  const ethernet = Buffer.concat([Buffer.from([0x33, 0x33]), group.subarray(12), mac, Buffer.from([0x86, 0xdd])])
  return Buffer.concat([ethernet, header, ipBytes(own), group, message])
}

/** The answer of a solicited neighbour names its hardware address in the option behind the target. */
function neighbourAnswer(frame: Buffer): Buffer | null {
  const advertisement = frame.length >= 86 && frame.readUInt16BE(12) === 0x86dd && frame.readUInt8(54) === 136
  const solicited = advertisement && (frame.readUInt8(58) & 0x40) !== 0
  return solicited && frame.subarray(62, 78).equals(target) ? frame.subarray(80, 86) : null
}
