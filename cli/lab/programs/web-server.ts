/** A web server of the lab: `web-server.ts ANSWER PORT` answers every request with that word. */
import { createServer } from 'node:http'
import { flushCompileCache } from 'node:module'

const [answer = 'web', port = '80'] = process.argv.slice(2)

createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' })
  response.end(`${answer}\n`)
}).listen(Number(port), () => {
  process.stdout.write('ready\n')
  // Node would write it at an orderly end, and a machine of the lab has none.
  flushCompileCache()
})
