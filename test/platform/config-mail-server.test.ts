import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { collectFindings } from '#platform/config/findings/diagnostic.ts'
import { checkMailServer, type Resolution, resolveHost } from '#platform/config/machine/mail-server-check.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS, PATH } from './config/parse.ts'

/** What is said of this server, and which names were asked for. */
function check(server: string, resolution: Resolution, above = '') {
  const text = `${above}global_defs {\nnotification_email {\na@example.com\n}\nsmtp_server ${server}\n}\n`
  const { root, config } = parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS)
  assert.ok(config)
  const findings = collectFindings()
  const asked: string[] = []
  checkMailServer(root, config, findings, (host) => {
    asked.push(host)
    return resolution
  })
  return { said: findings.list().map(({ severity, line, message }) => `${severity} ${line}: ${message}`), asked }
}

test('a mail server whose name leads nowhere, or nowhere in time, is a warning at that name', () => {
  assert.deepEqual(check('mail.example 25', 'unknown'), {
    said: ['warning 5: smtp_server: mail.example has no address: mail cannot be sent now'],
    asked: ['mail.example'],
  })
  assert.match(check('mail.example', 'no-answer').said.join(), /has no address after 2 seconds/)
  assert.deepEqual(check('mail.example', 'found').said, [])
})

test('nobody is asked for an address, or from outside of the network namespace', () => {
  for (const address of ['192.0.2.25', '2001:db8::25']) assert.deepEqual(check(address, 'unknown').asked, [])
  assert.deepEqual(check('mail.example', 'unknown', 'net_namespace blue\n'), { said: [], asked: [] })
})

test('a lookup is given up after two seconds, and says nothing where it cannot be made', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-getent-'))
  const path = process.env.PATH
  t.after(() => {
    process.env.PATH = path
    rmSync(folder, { recursive: true })
  })
  writeFileSync(join(folder, 'getent'), '#!/bin/sh\nexec /bin/sleep 30\n')
  chmodSync(join(folder, 'getent'), 0o755)
  process.env.PATH = folder
  const before = performance.now()
  assert.equal(resolveHost('mail.example'), 'no-answer')
  assert.ok(performance.now() - before < 10_000)
  rmSync(join(folder, 'getent'))
  assert.equal(resolveHost('mail.example'), 'found')
})
