/** Parts of configurations, and what is said of them that spans statements. */
import assert from 'node:assert/strict'
import { parsePart } from './parse.ts'

/** An instance that is complete, with these statements besides. */
export function instance(name: string, statements = '', id = 51, address = `192.0.2.${id}`): string {
  return `vrrp_instance ${name} {\n interface eth0\n virtual_router_id ${id}\n virtual_ipaddress {\n ${address}\n }\n${statements}\n}\n`
}

/** A virtual_server of two real servers. */
export function service(statements: string, server = '', head = '192.0.2.80 80'): string {
  return `virtual_server ${head} {\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n${statements}
 real_server 192.0.2.90 80 {\n weight 2\n${server}\n }\n real_server 192.0.2.91 80 {\n }\n}\n`
}

/** `code: message` of everything the checks say of a file, without what is not in force. */
export function said(text: string): string[] {
  const { diagnostics } = parsePart(text)
  for (const { line, column } of diagnostics) assert.ok(line > 0 && column > 0)
  return diagnostics
    .filter(({ code }) => code !== 'NOT_IN_FORCE')
    .map(({ severity, code, message }) => `${severity} ${code}: ${message}`)
}
