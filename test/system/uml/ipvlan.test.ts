/** Wants a kernel with ipvlan: `cli/lab/uml-run.sh -t 300 node --test test/system/uml/ipvlan.test.ts` brings one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openVmacStage } from '../vmac-stage.ts'
import { dissect } from '../vrrp-keepalived.ts'
import { UNABLE } from '../vrrp-segment.ts'

/** Starting node twice inside User-Mode Linux. */
const START_MS = 60_000

test('use_ipvlan: adverts come from its own address, and addresses on it have the hardware address of the interface', {
  skip: UNABLE,
  timeout: 120_000,
}, async () => {
  const variant = { name: 'ipvlan', version: 3, family: 4, interval: 1 } as const
  const stage = await openVmacStage({ ...variant, device: 'use_ipvlan own 192.0.2.9/24 private' })
  try {
    const capture = await stage.capture()
    const ours = stage.ours(150)
    await ours.until('BecameMaster', START_MS)
    await stage.until('we hold the address', stage.holds, 10_000)
    const run = (...command: string[]) => stage.run(stage.nodes.ours, ...command)
    assert.match(run('ip', '-d', '-o', 'link', 'show', 'own'), /ipvlan +mode l2 private/)
    const [, physical] = /link\/ether (\S+)/.exec(run('ip', '-o', 'link', 'show', 'eth0')) ?? []
    assert.deepEqual(await stage.answers(), [physical])
    assert.match(run('ip', '-o', 'addr', 'show', 'own'), /192\.0\.2\.9\/24.*\n.*192\.0\.2\.100\/24/s)
    await ours.end('SIGTERM')
    assert.equal(run('ip', '-o', 'link').includes('own'), false)
    const adverts = dissect(await capture.stop(), 'eth.src', 'ip.src', 'vrrp.checksum.status', '_ws.expert')
    assert.ok(adverts.length > 1)
    assert.deepEqual(new Set(adverts.map((fields) => fields.join(' '))), new Set([`${physical} 192.0.2.9 1 `]))
  } finally {
    await stage.close()
  }
})
