import assert from 'node:assert/strict'
import { test } from 'node:test'
import { needsMoreRights } from '#platform/service.ts'
import type { Trackers } from '#schemas/tracking.ts'
import { identityOf } from '../../services/supervisor/identities.ts'
import { exampleConfig, NO_TRACKERS } from '../configuration.ts'

const script: Trackers['scripts'][number] = {
  ...{ name: 's', argv: ['/bin/true'], opensFile: null, user: null, group: null },
  ...{ intervalMs: 1_000, timeoutMs: 1_000, rise: 1, fall: 1, initFail: false },
}

/** What vrrp keeps besides what it always has. */
function further(trackers: Partial<Trackers>): string[] {
  const config = exampleConfig({ trackers: { ...NO_TRACKERS, ...trackers } })
  const [always = [], kept = []] = [exampleConfig(), config].map((each) => identityOf('vrrp', true, each)?.capabilities)
  return kept.filter((name) => !always.includes(name))
}

test('vrrp may become somebody else only with scripts, and read what it likes only with files', () => {
  assert.deepEqual(further({}), [])
  assert.deepEqual(further({ scripts: [script] }), ['CAP_SETUID', 'CAP_SETGID', 'CAP_KILL'])
  assert.deepEqual(further({ files: [{ name: 'f', path: '/f', init: null }] }), ['CAP_DAC_READ_SEARCH'])
})

test('other processes have the same rights whatever is tracked, and nobody has any who stays root', () => {
  const config = exampleConfig({ trackers: { ...NO_TRACKERS, scripts: [script] } })
  assert.deepEqual(identityOf('ipvs', true, config), identityOf('ipvs', true, exampleConfig()))
  assert.equal(identityOf('vrrp', false, config), null)
})

test('a process lacks rights only when it has given up some that are wanted', () => {
  const own = (...capabilities: string[]) => ({ uid: 1, gid: 1, capabilities })
  assert.equal(needsMoreRights(own('A'), own('A', 'B')), true)
  assert.equal(needsMoreRights(own('A', 'B'), own('A')), false)
  assert.equal(needsMoreRights(null, own('A')), false)
  assert.equal(needsMoreRights(own('A'), null), false)
})
