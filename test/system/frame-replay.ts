/** Sends the frames of a capture once more, as they were: `frame-replay.ts FILE INTERFACE-INDEX EVERY-MS`, for ever. */
import { readFileSync } from 'node:fs'
import { AF_PACKET, SOCK_RAW, sockaddrLl } from '#platform/native/sockaddr.ts'
import { openSocket } from '#platform/native/socket.ts'

/** pcap: a header of 24 bytes; then each frame behind seconds, microseconds, its length here and its whole length. */
const FILE_HEADER = 24
const FRAME_HEADER = 16

const [path = '', index = '0', everyMs = '100'] = process.argv.slice(2)
const capture = readFileSync(path)
const frames: Buffer[] = []
for (let at = FILE_HEADER; at + FRAME_HEADER <= capture.length; ) {
  const length = capture.readUInt32LE(at + 8)
  frames.push(capture.subarray(at + FRAME_HEADER, at + FRAME_HEADER + length))
  at += FRAME_HEADER + length
}
// Protocol 0: nothing is received.
const socket = openSocket(AF_PACKET, SOCK_RAW, 0)
const to = sockaddrLl({ index: Number(index), protocol: 0 })
let next = 0
setInterval(() => {
  const frame = frames[next % frames.length]
  if (frame !== undefined) socket.send(frame, to)
  next += 1
}, Number(everyMs))
console.log(`${frames.length} frames`)
