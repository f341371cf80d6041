/**
 * Sends a numbered datagram to ADDRESS PORT each millisecond and prints the gaps: the time between the sending of the
 * last answered probe before a gap and the first answered one after it, when that is longer than 20 ms.
 */
import { createSocket } from 'node:dgram'

const [, , address = '', port = ''] = process.argv
const REPORT_MS = 20
const socket = createSocket('udp4')
const now = () => Number(process.hrtime.bigint() / 1_000n) / 1_000
let answered: number | null = null

socket.on('message', (message) => {
  const sent = message.readDoubleLE(0)
  // An answer that was overtaken says nothing new.
  if (answered !== null && sent <= answered) return
  if (answered === null) process.stdout.write('ready\n')
  else if (sent - answered > REPORT_MS)
    process.stdout.write(`${JSON.stringify({ gapMs: sent - answered, endedAt: Date.now() })}\n`)
  answered = sent
})
// While nobody holds the address the kernel says so for the probes before: that is the gap itself, not an error.
socket.on('error', () => {})

function send(): void {
  const probe = Buffer.alloc(8)
  probe.writeDoubleLE(now(), 0)
  socket.send(probe, Number(port), address, () => {})
}

// Timers of one millisecond drift: send as many as the time that has passed calls for, but never a burst.
let due = now()
function pace(): void {
  if (now() >= due) {
    send()
    due = Math.max(due + 1, now())
  }
  setImmediate(wait)
}
function wait(): void {
  setTimeout(pace, 1)
}
pace()
