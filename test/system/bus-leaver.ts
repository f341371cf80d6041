/** A process that leaves the bus with an event in hand that is never done: nothing may keep it from ending. */
import { connectBus } from '#platform/bus.ts'
import { quiet, VRRP, WrittenSettings } from './bus-harness.ts'

const bus = connectBus(WrittenSettings.parse(JSON.parse(process.argv[2] ?? '')), quiet())
bus.work({
  durable: 'notifier',
  filters: VRRP,
  parallel: 1,
  patienceMs: 300,
  handle() {
    void bus.close(0)
    return new Promise(() => {})
  },
})
