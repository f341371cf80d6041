/** A whole node with a thousand addresses: its adverts must leave, and its addresses stay, as if it had one. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { configText, PRIORITY } from './node-daemon.ts'
import { type NodeStage, openNodeStage, START_MS, SUITE_MS, UNABLE } from './node-stage.ts'
import { until } from './node-until.ts'

const INTERVAL_MS = 1_000
const ADVERTS = 6
const addresses = Array.from({ length: 1_000 }, (_, index) => `10.9.${index >> 8}.${index & 255}`)

describe('a thousand addresses a millisecond apart', { skip: UNABLE, timeout: SUITE_MS }, () => {
  let stage: NodeStage
  before(async () => {
    stage = await openNodeStage(['vos1'])
  })
  after(() => stage?.close())

  test('G11: while they are announced, adverts leave within a tenth of their interval', async (t) => {
    const node = stage.node('vos1')
    const globals = 'global_defs {\n    vrrp_garp_interval 0.001\n}\n'
    writeFileSync(node.configFile, globals + configText({ priority: PRIORITY.vos1, addresses, weight: 1 }))
    node.start()
    const mastered = () => stage.adverts().length > 0
    await until('the first advert', START_MS, mastered)
    const begun = Date.now()
    const sent = await stage.advertsSince('vos1', begun, ADVERTS)
    const lateness = sent.slice(1).map(({ at }, index) => Math.abs(at - (sent[index]?.at ?? 0) - INTERVAL_MS))
    t.diagnostic(`late by ${lateness.map(Math.round).join(', ')} ms`)
    assert.ok(Math.max(...lateness) <= INTERVAL_MS / 10, `late by ${lateness.map(Math.round).join(', ')} ms`)
    assert.equal(await node.holds('10.9.3.231'), true)
  })

  test('N14: one of them that somebody removes is back within 100 ms, and the node stays master', async (t) => {
    const node = stage.node('vos1')
    // Each advert has all of them refreshed, which would put it back without a word: between two of them, then.
    await stage.advertsSince('vos1', Date.now(), 1)
    await new Promise((done) => setTimeout(done, INTERVAL_MS / 3))
    const since = Date.now()
    await node.machine.run(['ip', 'address', 'del', '10.9.0.5/32', 'dev', 'eth0'])
    await node.untilEvent(
      'the repair',
      START_MS,
      ({ type, data }) => type === 'AddressesAdded' && data.trigger === 'repair',
    )
    const words = stage.kernelWords('vos1', since).filter((line) => line.includes(' 10.9.0.5/'))
    const times = words.map((line) => Date.parse(`${/\[(.*?)\]/.exec(line)?.[1]}Z`))
    const [gone = Number.NaN, back = Number.NaN] = times
    assert.match(words[0] ?? '', /Deleted/)
    t.diagnostic(`back after ${Math.round(back - gone)} ms`)
    assert.ok(back - gone < 100, words.slice(0, 2).join(' '))
    const sent = await stage.advertsSince('vos1', since, 2)
    assert.ok(sent.every(({ priority }) => priority === PRIORITY.vos1))
    const log = (await node.log()) ?? []
    assert.equal(log.filter(({ type }) => type === 'BecameMaster').length, 1)
    assert.deepEqual(
      log.filter(({ type }) => type === 'AddressesLost').map(({ data }) => data.addresses),
      [['10.9.0.5/32']],
    )
  })
})
