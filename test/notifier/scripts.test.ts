import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialState, type Notice } from '../../services/notifier/core/state.ts'
import {
  ABOUT,
  becameBackup,
  becameFault,
  becameMaster,
  config,
  instance,
  offered,
  resumed,
  run,
  serverDown,
  serverUp,
  stopped,
  withRealServer,
} from './given.ts'

const acknowledged = { type: 'Acknowledge', channel: 'scripts', about: ABOUT }

function scriptsOf(notice: Notice, using = config()) {
  const { effects } = run([offered('scripts', notice)], initialState(using))
  return effects.flatMap((effect) => (effect.type === 'RunScript' ? [effect.run] : []))
}

const lines = (notice: Notice, using = config()) => scriptsOf(notice, using).map(({ argv }) => argv.join(' '))

test('the specific script gets its own arguments only, the generic one after it four more', () => {
  assert.deepEqual(lines(becameMaster), ['/opt/master --fast', '/opt/any --site a INSTANCE VI_1 MASTER 150'])
  assert.deepEqual(lines(becameBackup), ['/opt/backup', '/opt/any --site a INSTANCE VI_1 BACKUP 150'])
  assert.deepEqual(lines(becameFault), ['/opt/fault', '/opt/any --site a INSTANCE VI_1 FAULT 150'])
  assert.deepEqual(lines(stopped), ['/opt/stop', '/opt/any --site a INSTANCE VI_1 STOP 150'])
})

test('the event is acknowledged when its last script has been started', () => {
  const { facts, effects } = run([offered('scripts', becameMaster)])
  assert.deepEqual(
    facts.map(({ type }) => type),
    ['ScriptStarted', 'ScriptStarted'],
  )
  assert.deepEqual(
    effects.map(({ type }) => type),
    ['RunScript', 'RunScript', 'Acknowledge'],
  )
})

test('scripts of a stop have one second, all others the time they need', () => {
  assert.deepEqual(
    scriptsOf(stopped).map(({ limitMs }) => limitMs),
    [1_000, 1_000],
  )
  assert.deepEqual(
    scriptsOf(becameFault).map(({ limitMs }) => limitMs),
    [null, null],
  )
})

test('a resumed mastership runs nothing, and the event is done', () => {
  assert.deepEqual(run([offered('scripts', resumed)]).effects, [acknowledged])
})

test('an instance that the configuration does not know runs nothing', () => {
  assert.deepEqual(run([offered('scripts', { ...stopped, instance: 'VI_9' })]).effects, [acknowledged])
})

test('an instance that a reload took away ends as a fault', () => {
  const reload = { type: 'ConfigurationReloaded', config: config({ instances: [] }) } as const
  const { effects } = run([reload, offered('scripts', stopped)])
  assert.deepEqual(
    effects.flatMap((effect) => (effect.type === 'RunScript' ? [effect.run.argv.join(' ')] : [])),
    ['/opt/fault', '/opt/any --site a INSTANCE VI_1 FAULT 150'],
  )
})

test('a real server has a script for each direction', () => {
  assert.deepEqual(lines(serverDown), ['/opt/down'])
  assert.deepEqual(lines(serverUp), ['/opt/up'])
  assert.deepEqual(lines(serverUp, withRealServer({ notifyUp: null })), [])
})

test('a living server that was only reported for want of a log runs nothing', () => {
  assert.deepEqual(lines({ ...serverUp, previously: 'unknown' }), [])
})

test('a script runs as its own user, else as script_user, else as the default account', () => {
  const own = { argv: ['/opt/master'], user: 'bob', group: 'ops' }
  const notify = { ...instance().notify, master: own }
  const accounts = (using = config()) => scriptsOf(becameMaster, using).map(({ account }) => account)
  assert.deepEqual(accounts(), [null, null])
  const scriptUser = { user: 'eve', group: null }
  assert.deepEqual(accounts(config({ scriptUser, instances: [instance({ notify })] })), [
    { user: 'bob', group: 'ops' },
    { user: 'eve', group: null },
  ])
})

test('an event that is offered again runs only the scripts that are not known to have ended', () => {
  const result = { status: 0, detail: null }
  const { state } = run([{ type: 'ScriptFinished', about: ABOUT, argv: ['/opt/master', '--fast'], result }])
  const { effects } = run([offered('scripts', becameMaster)], state)
  assert.deepEqual(
    effects.flatMap((effect) => (effect.type === 'RunScript' ? [effect.run.argv[0]] : [])),
    ['/opt/any'],
  )
})

test('an event whose scripts this run has started is acknowledged without a second start', () => {
  const { effects } = run([offered('scripts', becameMaster), offered('scripts', becameMaster)])
  assert.deepEqual(effects, [acknowledged])
})

test('the end of a script is recorded with its status', () => {
  const result = { status: 3, detail: null }
  assert.deepEqual(run([{ type: 'ScriptFinished', about: ABOUT, argv: ['/opt/x'], result }]).facts, [
    { type: 'ScriptEnded', about: ABOUT, argv: ['/opt/x'], status: 3, detail: null },
  ])
})
