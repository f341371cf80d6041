import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { KeepalivedOptions } from './vrrp-keepalived.ts'
import { type Segment, segment, UNABLE } from './vrrp-segment.ts'

/** The longer of both master-down intervals, and what two loaded cores may add. */
const BOTH_MASTERS_MS = 3_609 + 3_000
/** keepalived puts its own advert off with each of ours that it drops: two of them may take a while. */
const TWO_ADVERTS_MS = 20_000

describe('a keepalived that is set up differently', { skip: UNABLE, concurrency: 3 }, () => {
  const lans: Segment[] = []
  after(async () => {
    for (const lan of lans) await lan.remove()
  })

  const cases: [string, Partial<KeepalivedOptions>, string | null][] = [
    ['password', { password: '1111' }, null],
    ['version', { extra: 'version 3' }, 'version 3 there, 2 here'],
    ['address-list', { extra: 'virtual_ipaddress {\n 192.0.2.101/32\n }' }, null],
  ]
  for (const [cause, options, detail] of cases) {
    test(`V4: is an alarm of two masters that names the cause: ${cause}`, async () => {
      const lan = segment(`vs-${cause.slice(0, 4)}`)
      lans.push(lan)
      const ours = lan.ours(lan.router('a', 1), { priority: 150 })
      const peer = lan.keepalived(lan.router('b', 2), { priority: 100, ...options })
      await Promise.all([
        ours.until('BecameMaster', BOTH_MASTERS_MS + 3_000),
        peer.until(/Entering MASTER/, BOTH_MASTERS_MS + 3_000),
      ])
      const { event } = await ours.until('TwoMasters', TWO_ADVERTS_MS)
      assert.ok(event.type === 'TwoMasters')
      assert.deepEqual([event.cause, event.detail, event.rival.address], [cause, detail, '192.0.2.2'])
    })
  }
})
