/**
 * The client: `fetcher.ts ADDRESS PORT INTERVAL_MS TIMEOUT_MS` fetches / on a connection of its own each interval and
 * prints one line a fetch: `NUMBER START END ANSWER`, times in milliseconds since 1970, or `!REASON` for an answer.
 */
import { connect } from 'node:net'

const [address = '', port = '80', intervalMs = '10', timeoutMs = '500'] = process.argv.slice(2)
const REQUEST = `GET / HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n`
const FLUSH_MS = 50
/**
 * A port comes round again after 500 s at the usual pace. The kernel alone would use one again after half a minute,
 * while IPVS still remembers the connection before, for two minutes, and would send the new one to the same server.
 */
const FIRST_PORT = 10_000
const PORTS = 50_000

/** Wall time that never steps back within this process. */
const now = () => performance.timeOrigin + performance.now()

let number = 0
let lines = ''

function fetchOnce(): void {
  number += 1
  const own = number
  const start = now()
  const localPort = FIRST_PORT + (own % PORTS)
  const socket = connect({ host: address, port: Number(port), localPort, noDelay: true })
  let text = ''
  let open = true
  const end = (answer: string) => {
    if (!open) return
    open = false
    clearTimeout(timer)
    socket.destroy()
    lines += `${own} ${start.toFixed(2)} ${now().toFixed(2)} ${answer}\n`
  }
  const timer = setTimeout(() => end('!timeout'), Number(timeoutMs))
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part
  })
  socket.on('connect', () => socket.write(REQUEST))
  socket.on('end', () => end(/\r\n\r\n(?:[0-9a-f]+\r\n)?(\S+)/.exec(text)?.[1] ?? '!empty'))
  socket.on('error', (cause) => end(`!${'code' in cause ? String(cause.code) : 'error'}`))
}

setInterval(fetchOnce, Number(intervalMs))
setInterval(() => {
  process.stdout.write(lines)
  lines = ''
}, FLUSH_MS)
