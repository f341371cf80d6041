import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Debian asks this program before an installation starts a service; exit status 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d'
const SET_ASIDE = `${POLICY}.before-failoverd`
const MARK = '# written by the set-up of failoverd, for the time of one installation'
const FORBIDDEN = 101

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * Calls `work` while no installation may start a service, and leaves the machine's own policy as it was.
 *
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
export function withoutServiceStarts(work) {
  restorePolicy()
  if (forbidsStarts()) return work()
  // A signal reaches apt-get too, which ends and so returns here: the policy is put back either way.
  const wait = () => {}
  for (const signal of SIGNALS) process.on(signal, wait)
  try {
    if (existsSync(POLICY)) renameSync(POLICY, SET_ASIDE)
    writeFileSync(POLICY, `#!/bin/sh\n${MARK}\nexit ${FORBIDDEN}\n`, { mode: 0o755 })
    return work()
  } finally {
    restorePolicy()
    for (const signal of SIGNALS) process.off(signal, wait)
  }
}

/** Also mends what a run that was killed has left. */
function restorePolicy() {
  if (existsSync(POLICY) && readFileSync(POLICY, 'utf8').includes(MARK)) rmSync(POLICY)
  if (existsSync(SET_ASIDE)) renameSync(SET_ASIDE, POLICY)
}

function forbidsStarts() {
  return existsSync(POLICY) && spawnSync(POLICY, ['keepalived', 'start']).status === FORBIDDEN
}
