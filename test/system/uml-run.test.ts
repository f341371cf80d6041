import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../../cli/lab/uml-run.sh', import.meta.url))

/** 500 bytes of all values, 20 000 times: in a guest quicker to make than to read from a file. */
const NOISE =
  "process.stdout.write(Buffer.from(Array.from({length: 500}, (_, i) => i % 256).join(' ')).toString().repeat(9000))"

interface Result {
  status: number | null
  stdout: Buffer
  stderr: string
}

const options = { concurrency: 2, skip: process.getuid?.() === 0 ? false : 'only root gets a PID namespace' }

test('a command in a guest', options, async (t) => {
  await Promise.all([
    t.test('its exit status is the status of the run, and its two outputs stay apart', async () => {
      const { status, stdout, stderr } = await finished(start(['sh', '-c', 'echo out; echo err >&2; exit 7']))
      assert.equal(status, 7, stderr)
      assert.equal(stdout.toString(), 'out\n')
      assert.equal(stderr, 'err\n')
    }),

    t.test('arguments arrive as they were given', async () => {
      const args = ['a b', '', '*', "it's", '"', 'two\nlines', '$HOME']
      const { stdout } = await finished(start(['printf', '<%s>', ...args]))
      assert.equal(stdout.toString(), args.map((arg) => `<${arg}>`).join(''))
    }),

    t.test('much output arrives to the last byte', async () => {
      const inGuest = await finished(start([process.execPath, '-e', NOISE]))
      const here = await finished(spawn(process.execPath, ['-e', NOISE]))
      assert.equal(inGuest.stdout.length, here.stdout.length)
      assert.equal(digest(inGuest.stdout), digest(here.stdout))
    }),

    t.test('it is root on a kernel with IP_VS', async () => {
      const { stdout } = await finished(start(['sh', '-c', 'id -u; uname -r; head -n 1 /proc/net/ip_vs']))
      assert.match(stdout.toString(), /^0\n6\.1\.\d+\nIP Virtual Server/)
    }),

    t.test('it writes to the folders it was given, and nowhere else', async (t) => {
      const folder = temporaryFolder(t)
      const elsewhere = temporaryFolder(t)
      const script = `echo kept > ${folder}/file && echo lost > ${elsewhere}/file && cat ${elsewhere}/file`
      const { stdout } = await finished(start(['sh', '-c', script], ['-o', folder]))
      assert.equal(stdout.toString(), 'lost\n')
      assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'kept\n')
      assert.deepEqual(readdirSync(elsewhere), [])
    }),

    t.test('at its bound it is ended, with status 124', async () => {
      const { status, stdout, stderr } = await finished(start(['sh', '-c', 'echo begun; sleep 60'], ['-t', '8']))
      assert.equal(status, 124)
      assert.equal(stdout.toString(), 'begun\n')
      assert.match(stderr, /stopped after 8 s/)
    }),

    t.test('nothing of it outlives the script, even when that is killed', async () => {
      const run = start(['sh', '-c', 'echo begun; sleep 60'])
      await once(run.stdout ?? assert.fail('no output'), 'data')
      const before = descendants(run.pid ?? 0)
      assert.ok(before.length > 3, `a running guest has processes: ${before}`)
      run.kill('SIGKILL')
      await once(run, 'close')
      const deadline = performance.now() + 5_000
      while (before.some(isAlive)) assert.ok(performance.now() < deadline, `still there: ${before.filter(isAlive)}`)
    }),

    t.test('concurrent processes keep their own floating point state', async () => {
      // Linux 6.1 asks for less of it than a recent processor has; see cli/lab/uml-xstate.c.
      const sum = 'let s = 0; for (let i = 1; i < 4e6; i++) s += Math.sin(i) / i; console.log(s)'
      const script = 'for i in 1 2 3; do "$0" -e "$1" & done; wait'
      const inGuest = await finished(start(['sh', '-c', script, process.execPath, sum]))
      const here = await finished(spawn(process.execPath, ['-e', sum]))
      assert.equal(inGuest.stdout.toString(), here.stdout.toString().repeat(3))
    }),
  ])
})

function start(command: readonly string[], flags: readonly string[] = []): ChildProcess {
  return spawn(SCRIPT, [...flags, '--', ...command], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function finished(child: ChildProcess): Promise<Result> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  await once(child, 'close')
  return { status: child.exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), `fo${process.pid}-uml-`))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Every process below `pid`, from the kernel's own lists. */
function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').map(Number)
  return children.filter((child) => child > 0).flatMap((child) => [child, ...descendants(child)])
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
