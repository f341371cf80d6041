// On a client: `lost-probes.ts ADDRESS PORT` sends a numbered datagram each millisecond and prints, as JSON lines, every
// run of them that stayed without an answer: when its first was sent, and how long before its last. A busy machine sends
// late and answers late, and both are no outage: only what was sent and lost counts.
import { createSocket } from 'node:dgram'

const [, , address = '', port = ''] = process.argv
/** An answer that is later than this counts as lost; it is far above what a busy machine needs. */
const PATIENCE_MS = 1_000
const socket = createSocket('udp4')
const now = () => Number(process.hrtime.bigint() / 1_000n) / 1_000
/** Sent and neither answered nor given up, by number; oldest first. */
const open = new Map<number, number>()
let next = 0
let lost: { first: number; last: number; number: number } | null = null
let began = false

socket.on('message', (message) => {
  if (!began) process.stdout.write('ready\n')
  began = true
  open.delete(message.readDoubleLE(0))
})
// While nobody holds the address the kernel says so: the probes before are lost, and that is counted.
socket.on('error', () => {})

function send(): void {
  const probe = Buffer.alloc(8)
  probe.writeDoubleLE(next, 0)
  open.set(next, now())
  next += 1
  socket.send(probe, Number(port), address, () => {})
}

function report(): void {
  if (lost !== null && began)
    process.stdout.write(
      `${JSON.stringify({ at: Date.now() - (now() - lost.first), ms: lost.last - lost.first + 1 })}\n`,
    )
  lost = null
}

function giveUp(): void {
  const limit = now() - PATIENCE_MS
  for (const [number, sent] of open) {
    if (sent > limit) break
    open.delete(number)
    if (lost !== null && number > lost.number + 1) report()
    lost = { first: lost?.first ?? sent, last: sent, number }
  }
  // The one behind it was answered: the run is over.
  const oldest = open.keys().next().value ?? next
  if (lost !== null && oldest > lost.number + 1) report()
}

let due = now()
function pace(): void {
  if (now() >= due) {
    send()
    due = Math.max(due + 1, now())
    giveUp()
  }
  setImmediate(wait)
}
function wait(): void {
  setTimeout(pace, 1)
}
pace()
