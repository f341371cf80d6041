import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaints, instanceWith, parse } from './config/parse.ts'

test('a tracked interface has no weight unless its line gives one', () => {
  const { instance, diagnostics } = instanceWith(
    'track_interface {\n eth1\n eth2 weight -20\n eth3 weight 5 reverse\n eth4 weight 5 reverse noreverse\n}',
  )
  assert.deepEqual(diagnostics, [])
  assert.deepEqual(
    instance.tracked.map(({ kind, name, weight, reverse }) => [kind, name, weight, reverse]),
    [
      ['interface', 'eth1', 0, false],
      ['interface', 'eth2', -20, false],
      ['interface', 'eth3', 5, true],
      ['interface', 'eth4', 5, false],
    ],
  )
})

test('an interface that is named twice, or is the own one, is tracked once, or not', () => {
  const { instance } = instanceWith('track_interface {\n eth0\n eth1 weight 5\n}\ntrack_interface {\n eth1\n}')
  assert.deepEqual(instance.tracked, [{ kind: 'interface', name: 'eth1', weight: 5, reverse: false }])
})

test('dont_track_primary and track_src_ip', () => {
  assert.equal(instanceWith('').instance.trackPrimary, true)
  assert.equal(instanceWith('dont_track_primary').instance.trackPrimary, false)
  assert.deepEqual(instanceWith('track_src_ip').instance.tracked, [])
  assert.deepEqual(instanceWith('track_src_ip\nmcast_src_ip 192.0.2.7').instance.tracked, [
    { kind: 'address', name: '192.0.2.7 dev eth0', weight: 0, reverse: false },
  ])
})

test('delays of links are in seconds, down first, and end before a backup takes over', () => {
  const delays = (lines: string) => {
    const instance =
      'vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.10\n}\n}\n'
    const { config, diagnostics } = parse(`${instance}interface_up_down_delays {\n${lines}\n}\n`)
    return { delays: config?.trackers.linkDelays, complaints: complaints(diagnostics) }
  }
  assert.deepEqual(delays('eth0 1.5\neth7 20 30'), {
    delays: [
      { interface: 'eth0', downMs: 1_500, upMs: 0 },
      { interface: 'eth7', downMs: 20_000, upMs: 30_000 },
    ],
    complaints: [],
  })
  assert.deepEqual(delays('eth0 1 3'), {
    delays: [{ interface: 'eth0', downMs: 1_000, upMs: 2_000 }],
    complaints: ['9:1 ROUNDED interface_up_down_delays'],
  })
})

const INSTANCE = (track: string) =>
  `vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.10\n}\n${track}\n}\n`

function trackedIn(blocks: string, track: string) {
  const { config, diagnostics } = parse(`${blocks}\n${INSTANCE(track)}`)
  return { tracked: config?.instances[0]?.tracked, trackers: config?.trackers, complaints: complaints(diagnostics) }
}

test('a script has the documented defaults, and its timeout is its interval', () => {
  const {
    trackers,
    tracked,
    complaints: said,
  } = trackedIn('vrrp_script s {\nscript "/bin/true a"\n}', 'track_script {\ns\n}')
  assert.deepEqual([tracked, said], [[{ kind: 'script', name: 's', weight: 0, reverse: false }], []])
  assert.deepEqual(trackers?.scripts, [
    {
      ...{ name: 's', argv: ['/bin/true', 'a'], opensFile: null, user: null, group: null },
      ...{ intervalMs: 1_000, timeoutMs: 1_000, rise: 1, fall: 1, initFail: false },
    },
  ])
  const more = 'interval 2.5\nrise 2\nfall 3\ninit_fail\nuser nobody nogroup'
  assert.deepEqual(
    trackedIn(`vrrp_script s {\nscript /bin/true\n${more}\n}`, 'track_script {\ns\n}').trackers?.scripts,
    [
      {
        ...{ name: 's', argv: ['/bin/true'], opensFile: null, user: 'nobody', group: 'nogroup' },
        ...{ intervalMs: 2_500, timeoutMs: 2_500, rise: 2, fall: 3, initFail: true },
      },
    ],
  )
})

test('a script after a < is a file to open', () => {
  for (const text of ['</run/ready', '"< /run/ready"']) {
    const script = trackedIn(`vrrp_script s {\nscript ${text}\n}`, 'track_script {\ns\n}').trackers?.scripts[0]
    assert.deepEqual([script?.argv, script?.opensFile], [[], '/run/ready'])
  }
})

test('weight and reverse are those of the script unless the line has its own', () => {
  const weights = (line: string) => {
    const { tracked } = trackedIn(
      'vrrp_script s {\nscript /bin/true\nweight -20 reverse\n}',
      `track_script {\n${line}\n}`,
    )
    return tracked?.map(({ weight, reverse }) => [weight, reverse])
  }
  assert.deepEqual(weights('s'), [[-20, true]])
  assert.deepEqual(weights('s weight 5'), [[5, true]])
  assert.deepEqual(weights('s weight 5 noreverse'), [[5, false]])
})

test('a script that nobody tracks, or that has no command, is not run', () => {
  assert.deepEqual(trackedIn('vrrp_script s {\nscript /bin/true\n}', '').trackers?.scripts, [])
  const without = trackedIn('vrrp_script s {\nweight 5\n}', 'track_script {\ns\n}')
  assert.deepEqual([without.tracked, without.trackers?.scripts], [[], []])
})

test('a tracked file multiplies by 1 unless it says otherwise, under either name of its block', () => {
  const file = (body: string, block = 'track_file', line = 'f') =>
    trackedIn(`${block} f {\nfile /run/f\n${body}\n}`, `track_file {\n${line}\n}`)
  const plain = file('')
  assert.deepEqual(plain.tracked, [{ kind: 'file', name: 'f', weight: 1, reverse: false }])
  assert.deepEqual(plain.trackers?.files, [{ name: 'f', path: '/run/f', init: null }])
  assert.equal(file('', 'vrrp_track_file').trackers?.files.length, 1)
  assert.deepEqual(file('weight -2', 'track_file', 'f weight 3 reverse').tracked?.[0], {
    ...{ kind: 'file', name: 'f', weight: 3, reverse: true },
  })
  assert.deepEqual(file('init_file').trackers?.files[0]?.init, { value: 0, overwrite: false })
  assert.deepEqual(file('init_file -7 overwrite').trackers?.files[0]?.init, { value: -7, overwrite: true })
})

test('a process counts by its name, unless something asks for its command line', () => {
  const process = (body: string) =>
    trackedIn(`vrrp_track_process p {\n${body}\n}`, 'track_process {\np\n}').trackers?.processes[0]
  assert.deepEqual(process('process nginx'), {
    ...{ name: 'p', command: 'nginx', parameters: [], match: 'name', quorum: 1, quorumMax: null },
    ...{ terminateDelayMs: 0, forkDelayMs: 0 },
  })
  const match = (body: string) => process(body)?.match
  assert.equal(match('process nginx -g x'), 'exact')
  assert.equal(match('process /usr/sbin/nginx'), 'exact')
  assert.equal(match('process nginx\nfull_command'), 'exact')
  assert.equal(match('process nginx -g\nparam_match partial'), 'partial')
  assert.equal(match('process nginx -g\nparam_match initial'), 'initial')
  const delays = (body: string) => [process(body)?.terminateDelayMs, process(body)?.forkDelayMs]
  assert.deepEqual(delays('process x\ndelay 2'), [2_000, 2_000])
  assert.deepEqual(delays('process x\ndelay 2\nfork_delay 0.5'), [2_000, 500])
})

test('of two quorums that contradict each other the first counts, and quorum_max 0 asks that there be none', () => {
  const quorums = (body: string) => {
    const found = trackedIn(`vrrp_track_process p {\nprocess x\n${body}\n}`, 'track_process {\np\n}').trackers
      ?.processes[0]
    return [found?.quorum, found?.quorumMax]
  }
  assert.deepEqual(quorums('quorum 2\nquorum_max 5'), [2, 5])
  assert.deepEqual(quorums('quorum 5\nquorum_max 2'), [5, null])
  assert.deepEqual(quorums('quorum_max 2\nquorum 5'), [1, 2])
  assert.deepEqual(quorums('quorum_max 0'), [0, 0])
})
