/**
 * A producer of its own to be killed: publishes transitions as fast as its loop turns, and says on standard output
 * which ones are acknowledged.
 */
import { connectBus } from '#platform/bus.ts'
import { quiet, transition, WrittenSettings } from './bus-harness.ts'

const [settings = '', first = '0', count = '0'] = process.argv.slice(2)
const bus = connectBus(WrittenSettings.parse(JSON.parse(settings)), quiet())
for (let made = Number(first); made < Number(first) + Number(count); made += 1) {
  const { envelope, stored } = bus.publish(transition(made), null)
  void stored.then(() => process.stdout.write(`${envelope.id}\n`))
  await new Promise((resolve) => setTimeout(resolve, 1))
}
await bus.close(60_000)
