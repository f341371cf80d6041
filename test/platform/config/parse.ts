/** Configurations from strings: the parser's port with nothing behind it. */
import { type Diagnostic, exitStatus } from '#platform/config/findings/diagnostic.ts'
import type { ConfigFiles } from '#platform/config/language/files.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import type { VrrpInstance } from '#schemas/config.ts'

export const PATH = '/etc/failoverd.conf'

export const OPTIONS = {
  configId: 'alpha',
  environment: { REGION: 'west' },
  random: () => 0,
  hostName: 'alpha.example',
  userName: 'root',
}

/** Files by path; a value that is no string stands for one that cannot be used. */
export function memoryFiles(contents: Record<string, string | 'directory'>): ConfigFiles {
  return {
    read(path) {
      const text = contents[path]
      if (text === undefined) return { ok: false, reason: 'missing' }
      return text === 'directory' ? { ok: false, reason: 'directory' } : { ok: true, text }
    },
    match(pattern) {
      const wanted = new RegExp(`^${pattern.replace(/[.+^$()|{}\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`)
      return Object.keys(contents)
        .filter((path) => wanted.test(path))
        .sort()
    },
  }
}

export function parse(text: string, others: Record<string, string> = {}) {
  const { config, diagnostics, scripts } = parseConfig(memoryFiles({ ...others, [PATH]: text }), PATH, OPTIONS)
  return { config, diagnostics, scripts, status: exitStatus(diagnostics, config) }
}

/** A part of a file, of which nobody expects that there is something to run. */
export function parsePart(text: string, others: Record<string, string> = {}) {
  const { config, diagnostics: all } = parse(text, others)
  const diagnostics = all.filter(({ code }) => code !== 'NOTHING_TO_DO')
  return { config, diagnostics, status: exitStatus(diagnostics, config) }
}

/** `line:column CODE keyword` of everything but notes. */
export function complaints(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics
    .filter(({ severity }) => severity !== 'note')
    .map(({ line, column, code, keyword }) => `${line}:${column} ${code} ${keyword}`)
}

/** An instance with these statements besides what every instance needs. */
export function instanceWith(statements: string, globals = '') {
  const text = `global_defs {
${globals}
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.10
    }
${statements}
}
`
  const result = parse(text)
  return { ...result, instance: onlyInstance(result.config?.instances) }
}

function onlyInstance(instances: VrrpInstance[] | undefined): VrrpInstance {
  const [instance] = instances ?? []
  if (instance === undefined) throw new Error('no instance came out')
  return instance
}
