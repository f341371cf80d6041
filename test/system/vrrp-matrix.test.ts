/**
 * Every kind of VRRP that ours and keepalived 2.2.7 can both speak, each with an election, fail-over both ways by stop
 * and by crash, preemption and return. The instances of one row share their two nodes and their wire; which test proves
 * which cell:
 *
 *   family, destination, device     version 2 with PASS   version 2     version 3
 *   IPv4 multicast, interface       here (*)              here (*)      here (*)
 *   IPv4 multicast, use_vmac        here                  here          here (*)
 *   IPv4 unicast, interface         here (*)              here          here (*)
 *   IPv4 unicast, use_vmac          here                  here          here
 *   IPv6 multicast, interface       not legal             not legal     here
 *   IPv6 multicast, use_vmac        not legal             not legal     here (*)
 *   IPv6 unicast, interface         not legal             not legal     here (*)
 *   IPv6 unicast, use_vmac          not legal             not legal     here
 *
 * (*) Parts of it also with times and packets to the bit: vrrp-interop, vrrp-unicast and vmac.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type CapturedAdvert,
  type Cell,
  type MatrixStage,
  openMatrixStage,
  type Running,
  type Side,
  type Wire,
} from './matrix-stage.ts'
import { UNABLE as UNCOMPILED } from './node-stage.ts'
import { until } from './node-until.ts'
import { UNABLE as UNEQUIPPED } from './vrrp-segment.ts'

/** For processes to start and for an election, while five others do the same on two cores. */
const SETTLED_MS = 30_000
const COMPLAINTS = /bogus|mismatch|discard|invalid|checksum|wrong|incorrect|drop|error|fail|unable/i

/** A node before its first start. */
const IDLE: Running = { stop: async () => {}, crash: async () => {} }

const IPV4: readonly Cell[] = [
  { name: 'v2-pass', version: 2, password: '1111', virtualRouterId: 51 },
  { name: 'v2-none', version: 2, password: null, virtualRouterId: 52 },
  { name: 'v3-none', version: 3, password: null, virtualRouterId: 53 },
]
const IPV6: readonly Cell[] = IPV4.filter(({ version }) => version === 3)

const ROWS: readonly Wire[] = ([4, 6] as const).flatMap((family) =>
  [false, true].flatMap((unicast) => [false, true].map((vmac) => ({ family, unicast, vmac }))),
)

/** Of ours, from its second start on: at the very first election keepalived may be master for a moment. */
const OUR_ROLES = [
  ...['BecameBackup start', 'BecameMaster preemption'],
  // Killed, and started again.
  ...['BecameBackup start', 'BecameMaster preemption'],
  'BecameBackup higher-priority',
  'BecameMaster resignation',
  'BecameBackup higher-priority',
  'BecameMaster silence',
  'BecameBackup higher-priority',
]
/** Of keepalived, from our first stop on: of its first process, and of three with a higher priority than ours. */
const THEIR_ROLES = ['MASTER', 'BACKUP', 'MASTER', 'BACKUP', ...Array(3).fill(['BACKUP', 'MASTER']).flat()]

/** Takes mastership of all cells from node to node; returns how long each move took. */
async function moves(stage: MatrixStage, cells: readonly Cell[]): Promise<string[]> {
  const took: string[] = []
  const move = async (what: string, to: Side, action: () => Promise<void> | void) => {
    const from = performance.now()
    const alone = stage
      .alone(to, SETTLED_MS)
      .then(() => took.push(`${what} ${Math.round(performance.now() - from)} ms`))
    await Promise.all([action(), alone])
  }
  const start = (side: Side, priority: number) => async () => {
    nodes[side] = await stage.start[side](priority)
  }
  const nodes: Record<Side, Running> = { ours: await stage.start.ours(150), theirs: IDLE }
  await until('all of ours are backups', SETTLED_MS, () => stage.told.length >= cells.length)

  await move('election', 'ours', start('theirs', 100))
  await move('our stop', 'theirs', () => nodes.ours.stop())
  await move('our return', 'ours', start('ours', 150))
  await move('our crash', 'theirs', () => nodes.ours.crash())
  // Nobody takes the addresses of the dead away: their lease ends.
  await stage.empty('ours', SETTLED_MS)
  stage.plug('ours')
  await move('our return from it', 'ours', start('ours', 150))

  await nodes.theirs.stop()
  await move('preemption by keepalived', 'theirs', start('theirs', 200))
  await move('its stop', 'ours', () => nodes.theirs.stop())
  await move('its return', 'theirs', start('theirs', 200))
  await move('its crash', 'ours', () => nodes.theirs.crash())
  stage.plug('theirs')
  await move('its return from it', 'theirs', start('theirs', 200))
  return took
}

describe('the interop matrix', { skip: UNEQUIPPED || UNCOMPILED, concurrency: 6, timeout: 120_000 }, () => {
  for (const [index, wire] of ROWS.entries()) {
    const { family, unicast, vmac } = wire
    const row = `IPv${family} ${unicast ? 'unicast' : 'multicast'} ${vmac ? 'with use_vmac' : 'on the interface'}`
    const cells = family === 4 ? IPV4 : IPV6
    test(`${row}: the addresses go both ways by stop, crash and preemption`, async (t) => {
      const stage = await openMatrixStage(`mx-${index}`, wire, cells)
      try {
        t.diagnostic((await moves(stage, cells)).join(', '))
        const adverts = await stage.adverts()
        for (const cell of cells)
          await t.test(`${row}, ${cell.name}: each change of roles was meant, and nobody complains`, () => {
            rolesWereMeant(stage, cell)
            advertsWereSound(
              adverts.filter(({ virtualRouterId }) => virtualRouterId === cell.virtualRouterId),
              wire,
              cell,
            )
          })
        assert.deepEqual(complaints(stage.log), [])
      } finally {
        await stage.close()
      }
    })
  }
})

function rolesWereMeant(stage: MatrixStage, cell: Cell): void {
  const roles = stage.ourRoles(cell).map(({ type, reason }) => `${type} ${reason}`)
  assert.deepEqual(roles.slice(-OUR_ROLES.length), OUR_ROLES)
  assert.ok(roles.length <= OUR_ROLES.length + 2, roles.join())
  const theirs = stage.theirRoles(cell)
  assert.deepEqual(theirs.slice(-THEIR_ROLES.length), THEIR_ROLES)
  assert.ok(theirs.length <= THEIR_ROLES.length + 3, theirs.join())
  const alarms = stage.told.filter(({ type }) => type === 'AdvertRejected' || type === 'TwoMasters')
  assert.deepEqual(alarms, [])
  // Once, by our stop: whoever is killed resigns from nothing.
  const resigned = stage.log.filter((line) => line.includes(`(${cell.name}) Backup received priority 0`))
  assert.equal(resigned.length, 1)
}

function advertsWereSound(adverts: readonly CapturedAdvert[], { family, unicast, vmac }: Wire, cell: Cell): void {
  const { version, password, virtualRouterId } = cell
  assert.deepEqual(
    new Set(adverts.map(({ priority }) => priority)),
    new Set([150, 0, 100, 200]),
    'each node has sent with each priority it had',
  )
  const authentication = version === 3 ? '' : password === null ? '0' : '1'
  for (const advert of adverts) {
    assert.deepEqual([advert.version, advert.authentication, advert.sound], [version, authentication, true])
    const virtual = `00:00:5e:00:0${family === 4 ? 1 : 2}:${virtualRouterId.toString(16)}`
    assert.equal(advert.hardware === virtual, vmac && !unicast, `sent from ${advert.hardware}`)
  }
}

/** It says that it discards an advert of lower priority whenever it is about to preempt: news, not a complaint. */
function complaints(log: readonly string[]): string[] {
  return log.filter((line) => COMPLAINTS.test(line) && !line.includes('received lower priority'))
}
