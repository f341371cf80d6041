import { systemClock } from '#platform/clock.ts'
import { dropRights, needsMoreRights, startService } from '#platform/service.ts'
import { advertFrames } from './adapters/advert-frames.ts'
import { openPulse } from './adapters/advert-pulse.ts'
import { advertSockets } from './adapters/advert-socket.ts'
import { openLinkWatch } from './adapters/link-watch.ts'
import { openBfd } from './bfd/bfd.ts'
import { firstElection } from './core/startup.ts'
import { recallHandovers } from './handover-memory.ts'
import { createRouters } from './routers.ts'
import { openTrackers } from './tracking/tracking.ts'
import { withVirtualSenders } from './wire/virtual-wires.ts'
import { createWires } from './wire/wires.ts'

/** For the last events to be written; the bus must not hold up the replacement. */
const FAREWELL_MS = 200

/**
 * Elections stand on nothing but the node itself and its peers' packets: everything is open and running before anybody
 * asks whether there is a bus. Nothing is restored from the log either, but the hand-overs that are not over: whether
 * this node is master already is told by the lease of its addresses in the kernel, and whom it follows by the next advert.
 */
const { settings, bus, log, onReload, onStop } = startService('vrrp')
const clock = systemClock()
const { publish } = bus
const startedAt = clock.now()
const open = advertSockets({ clock })
const wires = withVirtualSenders(createWires({ open, openPulse, log }), { open, openFrames: advertFrames(), log })
const { speaker, detection } = openBfd({ clock, log, publish })
const routers = createRouters({ clock, log, wires, publish, detection }, openLinkWatch)
let { config } = settings
const trackers = openTrackers({ clock, log, settings, speaker, policy: () => config, report: routers.report })
apply()
dropRights(settings)

bus.onBeat('ipvs', () => routers.ipvsAlive())
bus.onRequest(routers.answer)
recallHandovers(bus, settings, clock, routers.remember)
onReload((next) => {
  if (needsMoreRights(settings.identity, next.identity)) {
    // Nobody gets rights back that he gave up. The next process has them, and resumes what this one holds.
    log.warn('the new configuration needs rights that were given up: this process is replaced')
    void bus.close(FAREWELL_MS).then(() => process.exit(0))
    return
  }
  config = next.config
  apply()
})
onStop(async () => {
  routers.stop()
  trackers.stop()
  detection.stop()
})

/** Trackers first: what they can say at once is known when instances start. */
function apply(): void {
  trackers.apply(config)
  routers.apply(config, firstElection(config, startedAt))
}
