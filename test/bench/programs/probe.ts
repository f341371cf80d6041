/**
 * Sends a numbered datagram to ADDRESS PORT each millisecond and prints the gaps: at least one datagram was never
 * answered, and so long is it from the last answered one before to the first answered one after, by their sending. A
 * client that is held up itself makes no gap, nor do answers that overtake each other.
 */
import { createSocket } from 'node:dgram'

const [, , address = '', port = ''] = process.argv
/** An answer later than this is of no use to anybody. */
const ANSWER_MS = 400
const socket = createSocket('udp4')
const now = () => performance.timeOrigin + performance.now()
let first = 0
let next = 0
/** Of the probes from `first` on: when each was sent, and whether it was answered. */
const probes: { sent: number; answered: boolean }[] = []
let lastAnswered: number | null = null
let lost = 0
let isReady = false

socket.on('message', (message) => {
  const probe = probes[message.readDoubleLE(0) - first]
  if (probe !== undefined) probe.answered = true
  if (!isReady) process.stdout.write('ready\n')
  isReady = true
})
// While nobody holds the address the kernel says so for the probes before: that is the gap itself, not an error.
socket.on('error', () => {})

function send(): void {
  const probe = Buffer.alloc(8)
  probe.writeDoubleLE(next++, 0)
  probes.push({ sent: now(), answered: false })
  socket.send(probe, Number(port), address, () => {})
}

function settle(before: number): void {
  for (let probe = probes[0]; probe !== undefined && probe.sent < before; probe = probes[0]) {
    probes.shift()
    first += 1
    if (!probe.answered) {
      lost += 1
      continue
    }
    if (lost > 0 && lastAnswered !== null)
      process.stdout.write(`${JSON.stringify({ gapMs: probe.sent - lastAnswered, lost, endedAt: probe.sent })}\n`)
    lastAnswered = probe.sent
    lost = 0
  }
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
/** After the answers that had come were read: one that waited for us is not late. */
function wait(): void {
  settle(now() - ANSWER_MS)
  setTimeout(pace, 1)
}
pace()
