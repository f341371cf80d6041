import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromEvent, fromKeepalived } from '../../../cli/lab/happenings.ts'

const event = (service: string, data: Record<string, unknown>) =>
  JSON.stringify({
    specversion: '1.0',
    id: `lab.vos2.${service}.b1.7`,
    source: `/lab/vos2/${service}`,
    type: `failoverd.${service}.fact.v1`,
    time: '2026-11-21T08:20:01.250Z',
    subject: 'VI_1',
    datacontenttype: 'application/json',
    data,
    sequence: 7,
    hlc: '019a00000000-0000-vos2',
    causationid: `lab.vos2.${service}.b1.6`,
    correlationid: 'c1',
    prevhash: '0'.repeat(64),
  })

const silence = {
  type: 'BecameMaster',
  instance: 'VI_1',
  priority: 100,
  reason: 'silence',
  previousMaster: { address: '192.168.105.201', priority: 150 },
  silentMs: 3609,
}

test("failoverd's event is told in its own sentence, at its own time, with its cause", () => {
  const happening = fromEvent('vos2', event('vrrp', silence))
  assert.equal(happening?.fact, 'became-master')
  assert.equal(happening?.at, Date.parse('2026-11-21T08:20:01.250Z'))
  assert.equal(happening?.causedBy, 'lab.vos2.vrrp.b1.6')
  assert.match(happening?.words ?? '', /VI_1 became MASTER .* for 3\.609 s/)
})

test('a real server that failoverd takes out is known by its name', () => {
  const data = {
    type: 'RealServerDown',
    virtualServer: '192.168.105.211:80/tcp',
    realServer: '192.168.105.203:80',
    check: 'TCP_CHECK 192.168.105.203:80',
    reason: 'timeout',
    detail: 'no answer in 3 s',
    attempts: 2,
  }
  const happening = fromEvent('vos2', event('checker', data))
  assert.deepEqual([happening?.fact, happening?.realServer], ['real-server-down', '192.168.105.203:80'])
})

test('chores of the processes are kept but not told', () => {
  const started = { type: 'ProcessStarted', process: 'vrrp', pid: 12, restarts: 0 }
  assert.equal(fromEvent('vos2', event('supervisor', started))?.told, false)
})

test('a line that is no event is nothing', () => assert.equal(fromEvent('vos2', 'starting'), null))

const said = (line: string) => {
  const { fact, realServer, told } = fromKeepalived('vos1', `Sat Nov 21 08:20:01 2026: ${line}`, 5)
  return { fact, realServer, told }
}

test("keepalived's turns of an election are known by its log", () => {
  assert.equal(said('(VI_1) Entering MASTER STATE').fact, 'became-master')
  assert.equal(said('(VI_1) Entering BACKUP STATE (init)').fact, 'became-backup')
})

test('a real server that keepalived takes out or puts back is known by its name', () => {
  const vs = 'VS [192.168.105.211]:tcp:80'
  assert.deepEqual(said(`Removing service [192.168.105.203]:tcp:80 from ${vs}`), {
    fact: 'real-server-down',
    realServer: '192.168.105.203:80',
    told: true,
  })
  assert.equal(said(`Adding service [192.168.105.203]:tcp:80 to ${vs}`).fact, 'real-server-up')
})

test("keepalived's objections to a packet are complaints", () => {
  for (const line of [
    '(VI_1) received an invalid passwd!',
    '(VI_1) Received VRRPv2 packet with invalid ttl 64',
    'bogus VRRP packet received on eth0 !!!',
    '(VI_1) ip address associated with VRID 51 not present in MASTER advert : 192.168.105.211',
  ])
    assert.equal(said(line).fact, 'complaint', line)
})

test("keepalived's ordinary words are no complaints", () => {
  for (const line of [
    'Registering Kernel netlink reflector',
    '(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.168.105.211',
    '(VI_1) received lower priority (100) advert from 192.168.105.202 - discarding',
    'Gained quorum 1+0=1 <= 2 for VS [192.168.105.211]:tcp:80',
    '(VI_1) Backup received priority 0 advertisement',
    '(VI_1) Master received advert from 192.168.105.201 with higher priority 150, ours 100',
    'Assigned address 192.168.105.201 for interface eth0',
    'WARNING - keepalived was built for newer Linux 6.1.119, running on Linux 6.1.0',
  ])
    assert.notEqual(said(line).fact, 'complaint', line)
})
