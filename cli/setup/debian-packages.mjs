import { existsSync, readdirSync } from 'node:fs'
import { findProgram, run, SetupError } from './commands.mjs'
import { hasIpvs } from './kernel.mjs'
import { withoutServiceStarts } from './service-starts.mjs'

/**
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {readonly string[]} proofs programs on PATH, or absolute paths, that show it is installed
 * @property {string} why
 */

/** @type {readonly DebianPackage[]} */
const ALWAYS = [
  { name: 'gcc', proofs: ['cc'], why: 'compiles the native addon' },
  { name: 'libc6-dev', proofs: ['/usr/include/stdio.h'], why: 'compiles the native addon' },
  { name: 'iproute2', proofs: ['ip'], why: 'builds the network of the lab' },
  { name: 'iputils-ping', proofs: ['ping'], why: 'the lab asks whether a machine is up' },
]

/** @type {readonly DebianPackage[]} */
const OWN_KERNEL = [
  { name: 'user-mode-linux', proofs: ['linux.uml', '/usr/lib/uml/modules'], why: 'this kernel has no IP_VS' },
  { name: 'kmod', proofs: ['modprobe'], why: 'loads IP_VS inside User-Mode Linux' },
]

/** @type {readonly DebianPackage[]} */
const TESTS = [
  { name: 'keepalived', proofs: ['keepalived'], why: 'the other router in tests and benchmarks' },
  { name: 'frr', proofs: ['/usr/lib/frr/bfdd'], why: 'the other BFD speaker in tests; 23 MB' },
  { name: 'tshark', proofs: ['tshark'], why: 'judges our packets' },
  { name: 'tcpdump', proofs: ['tcpdump'], why: 'captures our packets' },
  { name: 'nftables', proofs: ['nft'], why: 'drops packets where a test wants it' },
  { name: 'ipvsadm', proofs: ['ipvsadm'], why: 'shows IPVS independently of our code' },
  { name: 'curl', proofs: ['curl'], why: 'the client of the tests' },
  { name: 'procps', proofs: ['ps', 'sysctl'], why: 'reads processes and kernel settings' },
]

/** Those that come with a service of their own. */
const DAEMONS = ['keepalived', 'frr']

/**
 * Debian's packages for a purpose.
 *
 * @param {'start' | 'test'} purpose
 * @returns {import('./commands.mjs').Step}
 */
export function debianPackages(purpose) {
  const lacking = () => [...ALWAYS, ...(purpose === 'test' ? TESTS : []), ...kernelPackages()].filter(isLacking)
  return {
    missing() {
      const reasons = lacking().map(({ name, why }) => `${name} (${why})`)
      return reasons.length === 0 ? undefined : `Debian packages ${reasons.join(', ')}`
    },
    install() {
      installPackages(lacking().map(({ name }) => name))
    },
  }
}

/** @param {DebianPackage} wanted */
function isLacking({ proofs }) {
  return proofs.some((proof) => (proof.startsWith('/') ? !existsSync(proof) : findProgram(proof) === undefined))
}

function kernelPackages() {
  // Asking the kernel may load a module: not when there is nothing left to install anyway.
  return OWN_KERNEL.some(isLacking) && !hasIpvs() ? OWN_KERNEL : []
}

/** @param {readonly string[]} names */
function installPackages(names) {
  const command = `apt-get install --no-install-recommends ${names.join(' ')}`
  if (findProgram('apt-get') === undefined) {
    throw new SetupError(`there is no apt-get here: install what Debian calls ${names.join(', ')} by hand`)
  }
  if (process.getuid?.() !== 0) throw new SetupError(`not root, so install them by hand: sudo ${command}`)
  withoutServiceStarts(() => {
    if (!hasPackageLists()) refreshPackageLists()
    try {
      aptGet('install', ...names)
    } catch {
      // Lists that are old name files that the mirror no longer has.
      refreshPackageLists()
      aptGet('install', ...names)
    }
    // They are here for the tests: they must not come up with the machine either.
    for (const daemon of DAEMONS) if (names.includes(daemon)) run(['update-rc.d', daemon, 'disable'])
  })
}

function hasPackageLists() {
  const folder = '/var/lib/apt/lists'
  return existsSync(folder) && readdirSync(folder).some((name) => name.includes('_Packages'))
}

function refreshPackageLists() {
  aptGet('update')
}

/** @param {string[]} args */
function aptGet(...args) {
  const options = ['-qq', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']
  return run(['apt-get', ...options, ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
}
