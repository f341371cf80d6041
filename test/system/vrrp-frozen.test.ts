import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { sleep } from './vrrp-keepalived.ts'
import { segment, UNABLE } from './vrrp-segment.ts'

/** Of priority 150 at one second, milliseconds. */
const OUR_DOWN = 3_414
/** What two loaded cores may add. */
const SLACK = 500

describe('a keepalived that is frozen', { skip: UNABLE }, () => {
  const lan = segment('vf-cont')
  after(() => lan.remove())

  test('K8 K9: a frozen keepalived is replaced in time, and one of the two is left as soon as it is back', async (t) => {
    const [a, b] = [lan.router('a', 1), lan.router('b', 2)]
    const peer = lan.keepalived(b, { priority: 200 })
    await peer.until(/Entering MASTER/, 6_000)
    const ours = lan.ours(a, { priority: 150 })
    await ours.until('BecameBackup', 3_000)
    await sleep(1_200)
    const stopped = performance.now()
    peer.signal('SIGSTOP')
    const { at } = await ours.until('BecameMaster', OUR_DOWN + SLACK)
    t.diagnostic(`master ${Math.round(at - stopped)} ms after SIGSTOP`)
    // The last advert may be up to one interval old.
    assert.ok(at - stopped > OUR_DOWN - 1_000 - 50 && at - stopped < OUR_DOWN + SLACK)
    await sleep(1_000)
    const continued = performance.now()
    peer.signal('SIGCONT')
    const back = await ours.until('BecameBackup', 1_000 + SLACK, continued)
    t.diagnostic(`two masters for ${Math.round(back.at - continued)} ms after SIGCONT`)
    await sleep(300)
    assert.deepEqual([lan.holdsVip(a), lan.holdsVip(b)], [false, true])
  })
})
