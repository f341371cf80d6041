/**
 * A real nats-server in this process's namespace, and vrrp and checker as far as their voices go. Prints where the
 * server is as one line of JSON; each line of JSON on standard input is published: `{ service, entity, data }`. The
 * words `down` and `up` end and start the server.
 */
import { createInterface } from 'node:readline'
import { testBus, testServer } from './bus-harness.ts'
import { EventDraft } from './ipvs-voices.ts'

const server = await testServer()
await server.start()
await server.provision()
const buses = { vrrp: testBus(server, 'vrrp'), checker: testBus(server, 'checker') }
process.on('SIGTERM', () => void server.remove().then(() => process.exit(0)))

createInterface({ input: process.stdin }).on('line', async (line) => {
  if (line === 'down') return void (await server.end())
  if (line === 'up') return void (await server.start())
  const { service, entity, data } = EventDraft.parse(JSON.parse(line))
  await buses[service].publish({ service, entity, data }, null).stored
  console.log('stored')
})
console.log(JSON.stringify(server.access('ipvs')))
