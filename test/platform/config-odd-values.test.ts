import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keywordsOf } from '#platform/config/keywords/keywords.ts'
import { parse } from './config/parse.ts'

/** Values at the edges of what some argument takes, and beyond. */
const VALUES = [
  ...['', '""', '" "', '"" x', 'x ""', '1 ""', '/24', '""/24', 'a'.repeat(300), '"é€漢"', "''", '"\\""', '\\'],
  ...['0', '-0', '+0', '1', '2', '3', '255', '65536', '4294967295', '4294967296', '.0000001', '0.004', '40.96', '1e3'],
  ...['1K', '3600s', '0.0.0.0', '::', '::ffff:1.2.3.4', '192.0.2.1/33', 'fe80::1/129', 'on', 'MASTER', 'PASS', 'TUN'],
  ...['192.0.2.1 dev ""', '192.0.2.1 label ""', '192.0.2.1 brd ""', '192.0.2.1 scope 300', '192.0.2.1 0'],
]

/** A file that is right, by the block in which another line goes into it. */
function around(path: string, version: 2 | 3): [string, string] {
  const address = version === 3 ? 'fe80::9' : '192.0.2.9'
  const head = `vrrp_instance a {\ninterface eth0\nvirtual_router_id 7\nversion ${version}\n`
  const tail = `\nvirtual_ipaddress {\n${address}\n}\n}\n`
  const service = 'virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n'
  const server = 'real_server 192.0.2.8 80 {\n'
  const [block = '', inner] = path.split('/').slice(-2)
  if (path === '') return ['', `\n${head}${tail}`]
  if (path === 'virtual_server') return [service, `\n${server}}\n}\n`]
  if (path === 'virtual_server/real_server') return [service + server, '\n}\n}\n']
  if (path.startsWith('virtual_server/')) return [`${service}${server}${inner} {\n`, '\n}\n}\n}\n']
  if (path === 'vrrp_instance') return [head, tail]
  if (block === 'vrrp_instance') return [`${head}${inner} {\n`, `\n}\n${tail}`]
  return [`${path.replace('/', ' {\n')} {\n`, `${path.replace(/[^/]/g, '').replace('/', '\n}')}\n}\n${head}${tail}`]
}

const PATHS = [
  ...['', 'global_defs', 'global_defs/notification_email', 'event_bus', 'vrrp_instance', 'virtual_server'],
  ...['virtual_ipaddress', 'virtual_ipaddress_excluded', 'authentication'].map((name) => `vrrp_instance/${name}`),
  ...['virtual_server/real_server', 'virtual_server/real_server/TCP_CHECK'],
]

test('no value that a keyword takes is one that the configuration cannot hold', () => {
  let files = 0
  for (const path of PATHS) {
    for (const version of [2, 3] as const) {
      const [before, after] = around(path, version)
      for (const name of keywordsOf(path).keys()) {
        for (const value of VALUES) {
          const line = `${name === '(entry)' ? '' : name} ${value}`
          const refused = parse(before + line + after).diagnostics.find(({ code }) => code === 'INVALID_CONFIGURATION')
          assert.equal(refused?.message, undefined, `${path}: ${line}`)
          files++
        }
      }
    }
  }
  assert.ok(files > 10_000)
})
