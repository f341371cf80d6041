/** A service that only tells what its frame does: `started` before it listens for reloads, `ready` after. */
import { startService } from '#platform/service.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const { settings, onReload, onStop } = startService('vrrp')
onStop(async () => {})
// Listens late, as a service does that is still opening its sockets.
setTimeout(() => {
  onReload(({ configDigest }) => say(`reloaded ${configDigest}`))
  say(`ready ${settings.configDigest}`)
}, 150)
say('started')
