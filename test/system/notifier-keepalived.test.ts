/** The same script and file under failoverd and under Debian's keepalived: what it finds around it. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from './bus-harness.ts'

const PREFIX = /^fo(\d+)-nka$/
const namespace = `fo${process.pid}-nka`
const program = fileURLToPath(new URL('../../cli/failoverd.ts', import.meta.url))
const UNABLE =
  process.getuid?.() !== 0
    ? 'needs root for a namespace'
    : spawnSync('keepalived', ['--version']).error === undefined
      ? false
      : 'keepalived is not installed'

const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8' })
const folder = mkdtempSync(join(tmpdir(), `fo${process.pid}-nka-`))
const path = (name: string) => join(folder, name)

function removeLeftovers(): void {
  for (const name of existsSync('/run/netns') ? readdirSync('/run/netns') : []) {
    const pid = PREFIX.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) ip('netns', 'del', name)
  }
}

/** Writes down one thing a line; the outputs themselves are looked at before anything is written. */
const RECORDER = `#!/bin/sh
exec 9> "$OUT.$1"
for each in 0 1 2; do echo "output $each: $(readlink /proc/$$/fd/$each)" >&9; done
echo "folder: $(pwd)" >&9
echo "umask: $(umask)" >&9
echo "kept: $KEPT" >&9
set -- $(cat /proc/$$/stat)
echo "own group: $([ $5 = $1 ] && echo yes || echo no), niceness \${19}, policy \${41}" >&9
grep -E '^(SigBlk|SigIgn|Uid|Gid|CapEff)' /proc/self/status >&9
echo "address: $(ip -o -4 address show dev eth0 | grep -c 10.9.9.9/32)" >&9
echo "left out: $(tr '\\0' '\\n' < /proc/$$/environ | grep -cE '^(IFS|LD_PRELOAD|LD_LIBRARY_PATH|NODE_OPTIONS)=')" >&9
echo end >&9
`

function configFile(globals: string, script: string): string {
  const notify = ['master', 'backup', 'stop'].map((word) => `notify_${word} "${script} ${word}"`).join('\n')
  writeFileSync(
    path('c.conf'),
    `global_defs {\nrouter_id x\n${globals}\n}\nvrrp_instance VI_1 {\ninterface eth0\nstate BACKUP\nvirtual_router_id 5
priority 200\nadvert_int 1\nvirtual_ipaddress {\n10.9.9.9/32\n}\n${notify}\n}\n`,
  )
  return path('c.conf')
}

before(() => {
  if (UNABLE !== false) return
  removeLeftovers()
  chmodSync(folder, 0o755)
  mkdirSync(path('start'))
  writeFileSync(path('record.sh'), RECORDER)
  chmodSync(path('record.sh'), 0o755)
  ip('netns', 'add', namespace)
  ip('-n', namespace, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1')
  for (const device of ['lo', 'eth0', 'eth1']) ip('-n', namespace, 'link', 'set', device, 'up')
  ip('-n', namespace, 'address', 'add', '10.9.9.1/24', 'dev', 'eth0')
})
after(() => {
  // There only when a test failed in between.
  if (existsSync(path('f.pid'))) process.kill(Number(readFileSync(path('f.pid'), 'utf8')), 'SIGTERM')
  if (UNABLE === false) ip('netns', 'del', namespace)
  rmSync(folder, { recursive: true, force: true })
})

const KEEPALIVED = ['keepalived', '-P', '-p', path('k.pid'), '-r', path('vrrp.pid'), '-f', path('c.conf')]
const FAILOVERD = [process.execPath, program, '-f', path('c.conf'), '--state-dir', path('state')]
const ENVIRONMENT = { ...process.env, KEPT: '1', IFS: ' ', LD_LIBRARY_PATH: '/none' }

function start(command: string[], who: string): ChildProcess {
  return spawn('ip', ['netns', 'exec', namespace, ...command], {
    cwd: path('start'),
    env: { ...ENVIRONMENT, OUT: path(who) },
    stdio: 'ignore',
  })
}

const recorded = (who: string, word: string) => {
  const text = existsSync(path(`${who}.${word}`)) ? readFileSync(path(`${who}.${word}`), 'utf8') : ''
  return text.endsWith('end\n') ? text.trim().split('\n') : null
}

/** Lets it become backup and master, ends it, and returns what its scripts saw. */
async function lifeOf(who: string, command: string[]) {
  const child = start(command, who)
  const gone = new Promise((resolve) => child.once('exit', resolve))
  await until(`${who} has told of its mastership`, () => recorded(who, 'master') !== null, 30_000)
  child.kill('SIGTERM')
  await gone
  await until(`${who} has told of its stop`, () => recorded(who, 'stop') !== null)
  return Object.fromEntries(['backup', 'master', 'stop'].map((word) => [word, recorded(who, word) ?? []]))
}

describe('scripts under failoverd and under keepalived', { skip: UNABLE }, () => {
  test('find the same around them, with the addresses in place as master and gone otherwise', async () => {
    configFile('script_user root', path('record.sh'))
    const theirs = await lifeOf('keepalived', [...KEEPALIVED, '-n', '-l'])
    const ours = await lifeOf('failoverd', [...FAILOVERD, '-n', '-l'])
    // Debian's 2.2.7 still hands on what misleads shell and linker; later ones do not.
    const same = (lines: string[] = []) => lines.filter((line) => !line.startsWith('left out'))
    for (const word of ['backup', 'master', 'stop']) assert.deepEqual(same(ours[word]), same(theirs[word]), word)
    for (const [word, count] of Object.entries({ backup: 0, master: 1, stop: 0 }))
      assert.ok(ours[word]?.includes(`address: ${count}`), `${word}: ${ours[word]}`)
    assert.ok(ours.master?.includes('left out: 0'))
    assert.ok(ours.master?.includes(`folder: ${path('start')}`))
  })

  test('run in the root folder when the daemon went into the background', async () => {
    configFile('script_user root', path('record.sh'))
    const relative = [process.execPath, program, '-f', '../c.conf', '--state-dir', '../state', '-p', '../f.pid']
    await once(start(relative, 'background'), 'exit')
    await until('it is master', () => recorded('background', 'master') !== null, 30_000)
    process.kill(Number(readFileSync(path('f.pid'), 'utf8')), 'SIGTERM')
    await until('it has ended', () => recorded('background', 'stop') !== null && !existsSync(path('f.pid')), 20_000)
    assert.ok(recorded('background', 'master')?.includes('folder: /'))
  })

  test('a configuration test ends with the same status where scripts are all that is wrong', () => {
    mkdirSync(path('open'))
    chmodSync(path('open'), 0o777)
    writeFileSync(path('open/run.sh'), '#!/bin/sh\n')
    chmodSync(path('open/run.sh'), 0o755)
    const statusOf = (command: string[]) => spawnSync('ip', ['netns', 'exec', namespace, ...command, '-t']).status
    const both = (globals: string, script: string) => {
      configFile(globals, script)
      return [statusOf(KEEPALIVED), statusOf(FAILOVERD)]
    }
    assert.deepEqual(both('script_user root', path('record.sh')), [6, 6])
    assert.deepEqual(both('script_user root', path('open/run.sh')), [6, 6])
    assert.deepEqual(both('', path('record.sh')), [6, 6])
    assert.deepEqual(both('script_user root\nenable_script_security', path('record.sh')), [0, 0])
    assert.deepEqual(both('enable_script_security', path('record.sh')), [5, 5])
    // Said by us only: keepalived drops these without a word.
    assert.deepEqual(both('script_user root\nenable_script_security', path('open/run.sh')), [0, 5])
    assert.deepEqual(both('script_user root', '/none/x.sh'), [0, 5])
  })
})
