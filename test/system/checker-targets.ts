/**
 * Runs inside a network namespace of its own (`unshare --net`): nothing of it is left behind, however it ends. Prints
 * what a probe says of a silent server, of one that cannot be reached and of one without a route.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { systemClock } from '#platform/clock.ts'
import { probeTcp } from '../../services/checker/adapters/tcp-probe.ts'
import type { ProbeResult } from '../../services/checker/ports.ts'
import { tcpCheck } from '../checker/given.ts'

const clock = systemClock()
const run = (line: string) => execFileSync('/bin/sh', ['-c', line], { stdio: ['ignore', 'ignore', 'inherit'] })
run('ip link set lo up')
run('ip route add unreachable 198.51.100.0/24')
run("nft 'table ip t { chain c { type filter hook input priority 0; ip daddr 127.0.0.9 tcp dport 80 drop; }; }'")

function probe(connectAddress: string, bindAddress: string | null = null): Promise<ProbeResult> {
  const check = tcpCheck({ connectAddress, bindAddress, connectTimeoutMs: 300 })
  return new Promise((resolve) => probeTcp(check, clock, resolve))
}

/** The timers of a process that was stopped are due before it has looked at its sockets. */
async function probeThroughStall(): Promise<ProbeResult> {
  const server = createServer().listen(8080, '127.0.0.1')
  await once(server, 'listening')
  const check = tcpCheck({ connectAddress: '127.0.0.1', connectPort: 8080, connectTimeoutMs: 300 })
  const result = new Promise<ProbeResult>((resolve) => probeTcp(check, clock, resolve))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  const ended = await result
  server.close()
  return ended
}

const results = {
  silent: await probe('127.0.0.9'),
  unreachable: await probe('198.51.100.7'),
  noRoute: await probe('203.0.113.7'),
  foreignSource: await probe('127.0.0.1', '192.0.2.1'),
  stalled: await probeThroughStall(),
}
console.log(JSON.stringify(results))
