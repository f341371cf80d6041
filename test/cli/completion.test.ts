import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { bashCompletion } from '../../cli/failoverctl/completion.ts'
import { controlCommand } from '../../cli/failoverctl/run.ts'
import { daemonCommand } from '../../cli/failoverd/options.ts'

const script = bashCompletion([controlCommand(() => {}), daemonCommand('')])

/** What bash offers behind this line. */
function offers(line: string): string[] {
  const words = line.split(' ')
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _${words[0]}; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })
  assert.deepEqual([status, stderr], [0, ''])
  return stdout.split('\n').filter((word) => word !== '')
}

test('bash completes commands, the commands below them, and their options', () => {
  assert.deepEqual(offers('failoverctl sta'), ['status'])
  assert.deepEqual(offers('failoverctl --state-dir /x config che'), ['check'])
  assert.deepEqual(offers('failoverctl config fmt --'), ['--check', '--write', '--help'])
  assert.ok(offers('failoverctl ').includes('why'))
  assert.deepEqual(offers('failoverd --str'), ['--strict'])
})

test('bash completes keywords behind config reference', () => {
  assert.deepEqual(offers('failoverctl config reference preempt'), ['preempt', 'preempt_delay'])
})

test('bash is left to complete files where one is expected', () => {
  assert.deepEqual(offers('failoverctl config check a'), [])
})
