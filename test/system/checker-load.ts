/**
 * `checker-load.ts CHECKS PORT SECONDS`: that many checks a second against 127.0.0.1:PORT with the real roster and the
 * real probes. Prints what it cost.
 */
import { systemClock } from '#platform/clock.ts'
import { createLog } from '#platform/log.ts'
import type { VirtualServer } from '#schemas/config.ts'
import type { Envelope } from '#schemas/envelope.ts'
import { networkProbes } from '../../services/checker/adapters/probes.ts'
import { createRoster } from '../../services/checker/roster.ts'
import { tcpCheck } from '../checker/given.ts'

const [checks = 0, port = 0, seconds = 0] = process.argv.slice(2).map(Number)
const clock = systemClock()
const real = networkProbes(clock)
const tally = { begun: 0, passed: 0, failed: 0, events: 0, slowestMs: 0 }
const roster = createRoster({
  clock,
  log: createLog('checker', 'info'),
  random: Math.random,
  probes: {
    probe(check, onEnd) {
      tally.begun += 1
      real.probe(check, (result) => {
        if (result.outcome === 'passed') tally.slowestMs = Math.max(tally.slowestMs, result.tookMs)
        tally[result.outcome === 'passed' ? 'passed' : 'failed'] += 1
        onEnd(result)
      })
    },
  },
  publish() {
    tally.events += 1
    return { envelope: { id: 'x', correlationid: 'x' } as Envelope, stored: Promise.resolve() }
  },
})

const check = tcpCheck({ connectAddress: '127.0.0.1', connectPort: port, delayLoopMs: 1_000, warmupMs: 1_000 })
const notify = { notifyUp: null, notifyDown: null, smtpAlert: false }
const realServers = Array.from({ length: checks }, (_, index) => ({
  ...{ address: '127.0.0.1', port: index + 1, weight: 1, inhibitOnFailure: false, checks: [check] },
  ...notify,
}))
const server: VirtualServer = {
  ...{ address: '192.0.2.100', port: 80, family: 4, protocol: 'TCP' },
  ...{ scheduler: 'rr', forwarding: 'DR', persistenceTimeoutS: null, realServers },
}
roster.historyRead()
roster.apply([server])
// Warmed up: every check has begun.
clock.at(clock.now() + 3_000, () => {
  const before = process.cpuUsage()
  const begun = tally.begun
  const from = clock.now()
  clock.at(from + seconds * 1_000, () => {
    const { user, system } = process.cpuUsage(before)
    const tookMs = clock.now() - from
    const probes = tally.begun - begun
    const cpuPercent = (user + system) / 10 / tookMs
    console.log(JSON.stringify({ ...tally, probes, cpuPercent, perProbeUs: (user + system) / probes, tookMs }))
    process.exit(0)
  })
})
