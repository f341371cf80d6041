import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TwoMasters } from '#schemas/vrrp.ts'
import type { Fact, Input } from '../../services/vrrp/core/state.ts'
import type { AdvertClues } from '../../services/vrrp/ports.ts'
import { advert, master, type Subject, started, types } from './given.ts'

const RIVAL = { address: '192.0.2.2', priority: 99 }
const tick = (at: number): Input => ({ type: 'AdvertTimerExpired', at })
const miss = (at: number): Input => ({ type: 'RivalTimerExpired', at })
const ALIKE: AdvertClues = { version: 2, priority: 99, intervalMs: 1_000, sameAddresses: true, sameChecksum: true }

function dropped(at: number, reason: string, clues: Partial<AdvertClues> | null = {}, source = RIVAL.address): Input {
  return { type: 'AdvertDropped', at, reason, source, clues: clues === null ? null : { ...ALIKE, ...clues } }
}

function alarmIn(facts: Fact[]): TwoMasters | undefined {
  const found = facts.find(({ type }) => type === 'TwoMasters')
  return found?.type === 'TwoMasters' ? found : undefined
}

describe('a rival of lower rank', () => {
  test('is published when first heard, and its silence a quarter after its next advert was due', () => {
    const subject = master()
    assert.deepEqual(subject.facts(advert(10_500, 99)).at(-1), {
      ...{ type: 'RivalHeard', at: 10_500, instance: 'VI_1', rival: RIVAL },
    })
    assert.deepEqual(subject.facts(miss(11_749)), [])
    assert.deepEqual(subject.facts(miss(11_750)), [
      {
        ...{ type: 'RivalSilenced', at: 11_750, instance: 'VI_1', rival: RIVAL, ending: 'silent', adverts: 1 },
        ...{ overlapMs: 0, atMostMs: 1_000 },
      },
    ])
    assert.deepEqual(subject.facts(miss(12_750)), [])
  })

  test('is waited for by its own interval, and 20 ms at least', () => {
    const subject = master({ version: 3, advertIntervalMs: 10 })
    const when = (intervalMs: number) =>
      subject.effects(advert(10_005, 99, { intervalMs })).findLast(({ type }) => type === 'SetAlarm')
    assert.deepEqual(when(10), { type: 'SetAlarm', alarm: 'rival', when: 10_035 })
    assert.deepEqual(when(2_000), { type: 'SetAlarm', alarm: 'rival', when: 12_505 })
  })

  test('that resigns has let go at once, to the millisecond', () => {
    const subject = master().after(advert(10_500, 99), tick(11_500), advert(11_600, 99))
    assert.deepEqual(subject.facts(advert(11_850, 0)).at(-1), {
      ...{ type: 'RivalSilenced', at: 11_850, instance: 'VI_1', rival: RIVAL, ending: 'resigned', adverts: 2 },
      ...{ overlapMs: 1_350, atMostMs: 1_350 },
    })
    assert.deepEqual(subject.facts(miss(20_000)), [])
  })

  test('is none for saying that it resigns', () => {
    assert.deepEqual(types(master().facts(advert(10_500, 0))), ['AdvertOwed'])
  })

  test('is told sixty times in a row, and then once a minute', () => {
    const subject = master()
    const told: number[] = []
    for (let at = 11_000; at < 11_000 + 3_600_000; at += 10_000) {
      for (let own = 1_000; own < 10_000; own += 1_000) subject.after(tick(at + own - 10_000))
      const facts = [...subject.facts(advert(at, 99)), ...subject.facts(miss(at + 1_250))]
      if (types(facts).includes('RivalHeard')) told.push(at)
    }
    const inTenMinutes = told.filter((at) => at < 11_000 + 600_000).length
    assert.ok(inTenMinutes === 60, `${inTenMinutes} in ten minutes`)
    assert.ok(told.length >= 115 && told.length <= 121, `${told.length} in an hour`)
  })

  test('that could not be told is announced against as soon as one may be told again', () => {
    const subject = master()
    let at = 11_000
    while (types(subject.facts(advert(at, 99))).includes('RivalHeard')) {
      subject.after(miss(at + 1_250), tick(at + 1_500))
      at += 2_000
    }
    assert.deepEqual(subject.facts(miss(at + 1_250)), [])
    const paid = subject.state().rivalDebt - 59 * 60_000
    assert.ok(paid > at + 1_250 && paid < at + 60_000)
    for (let own = at; own < paid; own += 1_000) subject.after(tick(own))
    assert.deepEqual(subject.facts(miss(paid - 1)), [])
    assert.deepEqual(types(subject.facts(miss(paid))), ['RivalSilenced'])
  })
})

describe('K10: two masters are an alarm', () => {
  /** A master that has heard its rival, answered, and hears it again. */
  function again(change: Parameters<typeof master>[0] = {}, clues: Partial<AdvertClues> = {}, priority = 99) {
    const heard = (at: number) => advert(at, priority, { clues: { ...ALIKE, ...clues }, source: '192.0.2.0' })
    const subject = master(change).after(heard(10_500))
    return { subject, facts: subject.facts(heard(11_499)), heard }
  }

  test('K10: at the second advert of one that hears nothing of us', () => {
    const { subject, facts, heard } = again()
    assert.deepEqual(alarmIn(facts), {
      ...{ type: 'TwoMasters', at: 11_499, instance: 'VI_1', rival: { address: '192.0.2.0', priority: 99 } },
      ...{ cause: 'one-way', detail: null },
    })
    assert.equal(alarmIn(subject.facts(heard(12_498))), undefined, 'once in a rivalry')
    assert.equal(subject.state().role, 'master')
  })

  test('K10: not for a second packet on the heels of the first', () => {
    const subject = master().after(advert(10_500, 99))
    assert.equal(alarmIn(subject.facts(advert(10_501, 99))), undefined)
  })

  test('K10: not before one of our adverts has left since the first, where we do not answer', () => {
    const subject = master({ lowerPriorityAdvert: false }).after(advert(10_100, 99))
    assert.equal(alarmIn(subject.facts(advert(10_900, 99))), undefined)
    assert.notEqual(alarmIn(subject.after(tick(11_000)).facts(advert(11_900, 99))), undefined)
  })

  test('K10: with what its adverts show as the cause', () => {
    assert.equal(alarmIn(again({}, { sameAddresses: false }).facts)?.cause, 'address-list')
    assert.equal(alarmIn(again({}, { sameChecksum: false }).facts)?.cause, 'checksum')
    assert.equal(alarmIn(again({ priority: 255 }, {}, 255).facts)?.cause, 'owners')
  })

  test('K10: of our own where our adverts do not leave', () => {
    const subject = master().after(advert(10_500, 99), tick(11_500))
    subject.after({ type: 'SendFailed', at: 11_500, code: 'EPERM' })
    const alarm = alarmIn(subject.facts(advert(11_600, 99)))
    assert.deepEqual([alarm?.cause, alarm?.detail], ['unsent', 'EPERM'])
  })

  test('K10: and its end tells how long it was', () => {
    const { subject } = again()
    subject.after(tick(12_499))
    const [end] = subject.facts(miss(12_749))
    assert.ok(end?.type === 'RivalSilenced')
    assert.deepEqual([end.adverts, end.overlapMs, end.atMostMs], [2, 999, 1_999])
  })

  test('K10: and a master that yields to such a rival tells it, too', () => {
    const { subject } = again()
    const facts = subject.facts(advert(12_000, 200, { source: '192.0.2.0' }))
    const yielded = facts.find(({ type }) => type === 'BecameBackup')
    assert.ok(yielded?.type === 'BecameBackup')
    assert.equal(yielded.detail, 'both were master for 1.5 s')
  })
})

describe('V4: a router that is set up differently', () => {
  const CASES = [
    ['version', { version: 3 }, 'version', 'version 3 there, 2 here'],
    ['auth-mismatch', {}, 'password', null],
    ['auth-failure', {}, 'password', null],
    ['interval', { intervalMs: 2_000 }, 'interval', '2 s there, 1 s here'],
    ['address-list', { sameAddresses: false }, 'address-list', null],
    ['checksum', {}, 'checksum', null],
    ['destination', {}, 'destination', null],
  ] as const

  for (const [reason, clues, cause, detail] of CASES) {
    test(`V4: is an alarm at its second advert that is dropped for its ${reason}`, () => {
      const subject = master()
      assert.equal(alarmIn(subject.facts(dropped(10_500, reason, clues))), undefined)
      subject.after(tick(11_000))
      const alarm = alarmIn(subject.facts(dropped(11_500, reason, clues)))
      assert.deepEqual([alarm?.cause, alarm?.detail, alarm?.rival], [cause, detail, RIVAL])
      assert.equal(alarmIn(subject.facts(dropped(12_500, reason, clues))), undefined)
    })
  }

  /** Two adverts that would be an alarm, had they not this. */
  function silent(subject: Subject, first: Input, second: Input): void {
    assert.deepEqual(alarmIn([...subject.facts(first), ...subject.after(tick(11_000)).facts(second)]), undefined)
  }

  test('V4: is none when it is noise, resigns, or has an interval of 0', () => {
    silent(master(), dropped(10_500, 'ttl'), dropped(11_500, 'ttl'))
    silent(master(), dropped(10_500, 'checksum', null), dropped(11_500, 'checksum', null))
    silent(master(), dropped(10_500, 'version', { priority: 0 }), dropped(11_500, 'version', { priority: 0 }))
    silent(master(), dropped(10_500, 'interval', { intervalMs: 0 }), dropped(11_500, 'interval', { intervalMs: 0 }))
  })

  test('V4: is an alarm for a backup as soon as it is promoted beside it', () => {
    const dropAll = (until: number) => {
      const subject = started()
      for (let at = 500; at <= until; at += 1_000)
        assert.equal(alarmIn(subject.facts(dropped(at, 'auth-failure'))), undefined)
      return alarmIn(subject.facts({ type: 'MasterDownExpired', at: 3_610, drained: true }))
    }
    assert.equal(dropAll(3_500)?.cause, 'password')
    assert.equal(dropAll(1_500), undefined, 'one that has fallen silent')
  })

  test('V4: is found among noise from ever other addresses', () => {
    const subject = master().after(dropped(10_500, 'auth-failure'))
    for (let n = 0; n < 200; n += 1) subject.after(dropped(10_501 + n, 'auth-failure', {}, `198.51.100.${n}`))
    subject.after(tick(11_000))
    assert.deepEqual(alarmIn(subject.facts(dropped(11_500, 'auth-failure')))?.rival, RIVAL)
  })
})

describe('S23: two owners', () => {
  test('S23: end up as one: the one with the smaller address yields, and says why', () => {
    const smaller = master({ priority: 255 })
    const yielded = smaller.facts(advert(10_500, 255, { source: '192.0.2.2' })).at(0)
    assert.ok(yielded?.type === 'BecameBackup')
    assert.equal(yielded.detail, 'two routers claim to own the addresses (priority 255)')
    assert.equal(smaller.state().role, 'backup')
    const greater = master({ priority: 255 })
    assert.equal(greater.after(advert(10_500, 255, { source: '192.0.2.0' })).state().role, 'master')
  })

  test('S24: an owner that hears another master stays, answers and says so', () => {
    const subject = master({ priority: 255 })
    const facts = subject.facts(advert(10_500, 254))
    assert.deepEqual(types(facts), ['AdvertOwed', 'RivalNoted', 'RivalHeard'])
    assert.equal(subject.state().role, 'master')
  })

  test('S24: an owner that ignores adverts stays and keeps quiet, whoever claims the addresses', () => {
    for (const priority of [100, 255]) {
      const subject = master({ priority: 255, ownerIgnoresAdverts: true })
      const effects = subject.effects(advert(10_500, priority, { source: '192.0.2.200' }))
      assert.equal(types(effects).includes('SendAdvert'), false)
      assert.equal(subject.state().role, 'master')
    }
  })

  test('an owner that ignores adverts listens all the same while it is no master', () => {
    const subject = master({ priority: 255, ownerIgnoresAdverts: true })
    subject.after({ type: 'AddressGone', at: 10_100, address: '192.0.2.100' })
    subject.after({ type: 'CommitExpired', at: 10_150, drained: true })
    assert.deepEqual(types(subject.facts(advert(10_500, 100))), ['LowerFirstHeard', 'MasterAlive'])
  })
})

describe('N17: a flood', () => {
  test('N17: of resignations is answered so often that no backup takes over, and not more often', () => {
    const subject = master({ version: 3 })
    let sent = 0
    for (let n = 0; n < 10_000; n += 1) {
      const at = 10_500 + n / 10
      const effects = [...subject.effects(tick(at)), ...subject.effects(advert(at, 0))]
      sent += types(effects).filter((type) => type === 'SendAdvert').length
      // Skew of priority 254, the shortest of any backup.
      assert.ok(at - subject.state().sentAt < 7.8125)
    }
    assert.ok(sent < 300, `${sent} adverts in a second`)
    assert.equal(subject.state().role, 'master')
  })
})
