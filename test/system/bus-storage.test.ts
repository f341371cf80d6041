import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { chainOf, readStream, until, WITHOUT_SERVER } from './bus-harness.ts'
import { busStage, counted, drained, indexOf, publish, REAL } from './bus-stage.ts'

const stage = busStage()

test('events that only a memory store took reach the disk when it is back', REAL, async () => {
  await stage.begin()
  const bus = stage.open('vrrp')
  const heard = stage.follow('ipvs')
  publish(bus, 0, 20)
  await drained(bus)
  await stage.server().end()
  await stage.server().start('memory')
  await stage.server().provision('memory')
  publish(bus, 20, 20)
  await drained(bus)
  await until('the follower heard what memory took', () => heard.length === 40)
  await stage.server().end()
  await stage.server().start('file')
  publish(bus, 40, 20)
  await drained(bus)
  await stage.assertStored(60)
  await until('the follower heard all', () => heard.length === 60)
  assert.deepEqual(heard.map(indexOf), counted(60))
})

test('a full disk holds nobody back: memory takes over, and the disk gets all of it later', {
  ...REAL,
  skip: process.getuid?.() === 0 ? WITHOUT_SERVER : 'mounting a small disk needs root',
}, async () => {
  const disk = mountSmallDisk()
  try {
    await stage.begin()
    const bus = stage.open('vrrp')
    const heard = stage.follow('ipvs')
    publish(bus, 0, 20)
    await drained(bus)
    fill(disk)
    publish(bus, 20, 500)
    await until('the follower heard them with the disk full', () => heard.length === 520)
    await stage.server().end()
    await stage.server().start('memory')
    await stage.server().provision('memory')
    await drained(bus)
    await stage.server().end()
    rmSync(join(disk, 'ballast'))
    await stage.begin()
    publish(bus, 520, 1)
    await drained(bus)
    await stage.assertStored(521)
    await until('the follower heard all', () => heard.length === 521)
    assert.deepEqual(heard.map(indexOf), counted(521))
  } finally {
    await stage.server().end()
    execFileSync('umount', [disk])
  }
})

test('an emptied store is continued: the chain of new events goes on where the old one ended', REAL, async () => {
  await stage.begin()
  const bus = stage.open('vrrp')
  const heard = stage.follow('ipvs')
  publish(bus, 0, 20)
  await drained(bus)
  await stage.server().end()
  stage.server().emptyStore()
  await stage.begin()
  publish(bus, 20, 20)
  await drained(bus)
  const events = await readStream(stage.server())
  assert.equal(chainOf(events).fault, null)
  assert.equal(events.at(-1)?.envelope.sequence, 40)
  await until('the follower heard all', () => heard.length === 40)
  assert.deepEqual(heard.map(indexOf), counted(40))
})

/** Where the server keeps its file store: 24 MB that are nobody else's. */
function mountSmallDisk(): string {
  const disk = join(stage.server().folder, 'file')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk])
  return disk
}

function fill(disk: string): void {
  assert.throws(() => writeFileSync(join(disk, 'ballast'), Buffer.alloc(32 << 20)), { code: 'ENOSPC' })
}
