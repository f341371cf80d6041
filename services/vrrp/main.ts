import { systemClock } from '#platform/clock.ts'
import { dropRights, startService } from '#platform/service.ts'
import { openPulse } from './adapters/advert-pulse.ts'
import { advertSockets } from './adapters/advert-socket.ts'
import { openLinkWatch } from './adapters/link-watch.ts'
import { firstElection } from './core/startup.ts'
import { createRouters } from './routers.ts'
import { createWires } from './wires.ts'

/**
 * Elections stand on nothing but the node itself and its peers' packets: everything is open and running before anybody
 * asks whether there is a bus. Nothing is restored from the log either: whether this node is master already is told by
 * the lease of its addresses in the kernel, and whom it follows by the next advert.
 */
const { settings, bus, log, onReload, onStop } = startService('vrrp')
const clock = systemClock()
const startedAt = clock.now()
const wires = createWires({ open: advertSockets({ clock }), openPulse, log })
const routers = createRouters({ clock, log, wires, publish: bus.publish }, openLinkWatch)
routers.apply(settings.config, firstElection(settings.config, startedAt))
dropRights(settings)

bus.onBeat('ipvs', () => routers.ipvsAlive())
onReload(({ config }) => routers.apply(config, firstElection(config, startedAt)))
onStop(async () => routers.stop())
