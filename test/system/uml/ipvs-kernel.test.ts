/** Wants a kernel with IP_VS: `cli/lab/uml-run.sh -t 300 node --test test/system/uml/ipvs-kernel.test.ts` brings one. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { KernelChange, KernelDestination, KernelService } from '../../../services/ipvs/ports.ts'

interface Outcome {
  failures: { kind: string; code: string | null; message: string }[]
  dump: KernelService[]
  /** What `ipvsadm -Sn` prints, its lines sorted. */
  saved: string[]
  tookMs: number[]
  dumpMs: number
}

const NAMESPACE = `fo${process.pid}-ipvs`
const PROGRAM = join(import.meta.dirname, 'ipvs-program.ts')
const options = { skip: unable() }

const web: Omit<KernelService, 'destinations'> = {
  protocol: 'TCP',
  address: '192.168.105.211',
  port: 80,
  family: 4,
  scheduler: 'rr',
  persistenceTimeoutS: null,
}
const direct = (last: number, weight: number): KernelDestination => ({
  address: `192.168.105.${last}`,
  port: 80,
  forwarding: 'DR',
  weight,
})
const add = (service: Omit<KernelService, 'destinations'>, ...destinations: KernelDestination[]): KernelChange[] => [
  { kind: 'add-service', service },
  ...destinations.map((destination): KernelChange => ({ kind: 'add-destination', service, destination })),
]

before(() => {
  if (options.skip !== false) return
  for (const line of ip('netns', 'list').split('\n')) {
    const [name, pid] = /^fo(\d+)-ipvs/.exec(line) ?? []
    if (name !== undefined && !existsSync(`/proc/${pid}`)) ip('netns', 'del', name)
  }
})
after(() => clear())

test('the lab has in the kernel exactly what ipvsadm would put there', options, () => {
  const { failures, saved, dump } = inKernel(add(web, direct(203, 1), direct(204, 3)))
  assert.deepEqual(failures, [])
  assert.deepEqual(saved, [
    '-A -t 192.168.105.211:80 -s rr',
    '-a -t 192.168.105.211:80 -r 192.168.105.203:80 -g -w 1',
    '-a -t 192.168.105.211:80 -r 192.168.105.204:80 -g -w 3',
  ])
  assert.deepEqual(dump.map(sorted), [{ ...web, destinations: [direct(203, 1), direct(204, 3)] }])
})

test(
  'every protocol, family, way of forwarding and persistence comes back from the kernel as it went in',
  options,
  () => {
    const services: KernelService[] = [
      {
        ...web,
        persistenceTimeoutS: 360,
        scheduler: 'wrr',
        destinations: [{ ...direct(203, 5), forwarding: 'NAT', port: 8080 }],
      },
      {
        ...web,
        protocol: 'UDP',
        port: 53,
        scheduler: 'wlc',
        destinations: [{ ...direct(204, 0), port: 53, forwarding: 'TUN' }],
      },
      { ...web, protocol: 'SCTP', port: 2905, scheduler: 'lc', destinations: [] },
      {
        ...web,
        address: '2001:db8::211',
        family: 6,
        persistenceTimeoutS: 50,
        destinations: [{ address: '2001:db8::203', port: 80, forwarding: 'DR', weight: 65_535 }],
      },
    ]
    const { failures, saved, dump } = inKernel(
      services.flatMap(({ destinations, ...service }) => add(service, ...destinations)),
    )
    assert.deepEqual(failures, [])
    assert.deepEqual(saved, [
      '-A --sctp-service 192.168.105.211:2905 -s lc',
      '-A -t 192.168.105.211:80 -s wrr -p 360',
      '-A -t [2001:db8::211]:80 -s rr -p 50',
      '-A -u 192.168.105.211:53 -s wlc',
      '-a -t 192.168.105.211:80 -r 192.168.105.203:8080 -m -w 5',
      '-a -t [2001:db8::211]:80 -r [2001:db8::203]:80 -g -w 65535',
      '-a -u 192.168.105.211:53 -r 192.168.105.204:53 -i -w 0 --tun-type ipip',
    ])
    assert.deepEqual(byName(dump), byName(services))
  },
)

test('changes change only what they name, and removals leave nothing behind', options, () => {
  const setUp = add(web, direct(203, 1), direct(204, 1))
  const changed = inKernel(setUp, [
    { kind: 'update-service', service: { ...web, scheduler: 'wrr', persistenceTimeoutS: 30 } },
    { kind: 'update-destination', service: web, destination: direct(203, 7) },
    { kind: 'remove-destination', service: web, destination: direct(204, 1) },
  ])
  assert.deepEqual(changed.failures, [])
  assert.deepEqual(changed.saved, [
    '-A -t 192.168.105.211:80 -s wrr -p 30',
    '-a -t 192.168.105.211:80 -r 192.168.105.203:80 -g -w 7',
  ])
  const { failures, saved } = inKernel(setUp, [{ kind: 'remove-service', service: web }])
  assert.deepEqual([failures, saved], [[], []])
})

test('adding what is there sets it to what was wanted, and removing what is not there is done already', options, () => {
  const { failures, saved } = inKernel(
    add({ ...web, scheduler: 'wlc' }, direct(203, 9)),
    [...add(web, direct(203, 1)), { kind: 'remove-destination', service: web, destination: direct(250, 1) }],
    [{ kind: 'remove-service', service: { ...web, port: 81 } }],
  )
  assert.deepEqual(failures, [])
  assert.deepEqual(saved, ['-A -t 192.168.105.211:80 -s rr', '-a -t 192.168.105.211:80 -r 192.168.105.203:80 -g -w 1'])
})

test('each refused change is named with its own errno, and the others of its batch are done', options, () => {
  const { failures, saved } = inKernel([
    ...add({ ...web, scheduler: 'nonsense' }),
    ...add({ ...web, port: 81 }, direct(203, 1)),
    { kind: 'update-destination', service: { ...web, port: 81 }, destination: direct(250, 1) },
    { kind: 'add-destination', service: { ...web, port: 82 }, destination: direct(203, 1) },
    { kind: 'add-destination', service: { ...web, port: 81 }, destination: direct(204, 1) },
  ])
  assert.deepEqual(
    failures.map(({ kind, code }) => [kind, code]),
    [
      ['add-service', 'ENOENT'],
      ['update-destination', 'ENOENT'],
      ['add-destination', 'ESRCH'],
    ],
  )
  assert.match(
    failures[0]?.message ?? '',
    /192\.168\.105\.211:80\/tcp: no scheduler nonsense, load it with `modprobe ip_vs_nonsense`/,
  )
  assert.match(failures[2]?.message ?? '', /192\.168\.105\.203:80 of 192\.168\.105\.211:82\/tcp/)
  assert.equal(saved.length, 3)
})

test('thousands of destinations go in and come back in batches', options, () => {
  const services = Array.from({ length: 50 }, (_, index) => ({ ...web, port: 1_000 + index }))
  const many = services.flatMap((service) =>
    add(service, ...Array.from({ length: 100 }, (_, last) => direct(last + 1, 1))),
  )
  const { failures, dump, tookMs, dumpMs } = inKernel(many)
  assert.deepEqual(failures, [])
  assert.equal(dump.length, 50)
  assert.ok(dump.every(({ destinations }) => destinations.length === 100))
  console.log(
    `# 50 services of 100 destinations: written in ${tookMs[0]?.toFixed(0)} ms, read in ${dumpMs.toFixed(0)} ms`,
  )
})

/** Applies the lists of changes in a fresh namespace. */
function inKernel(...batches: KernelChange[][]): Outcome {
  clear()
  ip('netns', 'add', NAMESPACE)
  // Without any local address the kernel takes every server's address for a broadcast and refuses it.
  ip('-n', NAMESPACE, 'link', 'set', 'lo', 'up')
  const command = ['netns', 'exec', NAMESPACE, process.execPath, PROGRAM]
  const outcome = JSON.parse(
    execFileSync('ip', command, { input: JSON.stringify(batches), encoding: 'utf8', maxBuffer: 64 << 20 }),
  )
  const saved: string = outcome.saved
  return {
    ...outcome,
    saved: saved
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .sort(),
  }
}

function clear(): void {
  if (options.skip === false && ip('netns', 'list').includes(NAMESPACE)) ip('netns', 'del', NAMESPACE)
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' })
}

/** In the order of their addresses: the kernel's is its own. */
function sorted(service: KernelService): KernelService {
  return { ...service, destinations: service.destinations.toSorted((a, b) => a.address.localeCompare(b.address)) }
}

function byName(services: KernelService[]): [string, KernelService][] {
  const named = services.map((service): [string, KernelService] => [
    `${service.protocol} ${service.address}:${service.port}`,
    sorted(service),
  ])
  return named.sort(([a], [b]) => a.localeCompare(b))
}

function unable(): string | false {
  if (process.getuid?.() !== 0) return 'needs root for namespaces'
  if (!existsSync('/proc/net/ip_vs')) return 'this kernel has no IP_VS; run inside User-Mode Linux'
  return existsSync('/usr/sbin/ipvsadm') || existsSync('/sbin/ipvsadm') ? false : 'ipvsadm is not installed'
}
