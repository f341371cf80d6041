/** What is said of keywords that are read and have no effect yet: each with what follows from that. */
import type { Finding, Findings, Severity } from '../findings/diagnostic.ts'
import { alsoOn } from '../findings/places.ts'
import type { Keyword } from '../keywords/keywords.ts'
import type { Statement } from '../language/statement.ts'
import type { Position, Word } from '../language/text.ts'

export interface Enforcement {
  /** Takes note of one use; each keyword is said once, with all its places. */
  note(keyword: Keyword, at: Position): void
  /** Says at once that a block, or what `leftOut` calls it, does not run because of this use. */
  refuse(keyword: Keyword, at: Position, leftOut: string): void
  /** Says what was noted. */
  report(): void
}

export function watchEnforcement(findings: Findings): Enforcement {
  const uses = new Map<string, { keyword: Keyword; places: Position[] }>()
  return {
    note(keyword, at) {
      const key = keyword.path
      const use = uses.get(key)
      if (use === undefined) uses.set(key, { keyword, places: [at] })
      else use.places.push(at)
    },
    refuse(keyword, at, leftOut) {
      const { finding } = sayingOf(keyword, at)
      findings.error({ ...finding, message: `${finding.message}; ${leftOut}` })
    },
    report() {
      for (const { keyword, places } of uses.values()) reportUses(keyword, places, findings)
    },
  }
}

function reportUses(keyword: Keyword, [first, ...others]: readonly Position[], findings: Findings): void {
  if (first === undefined) return
  const { severity, finding } = sayingOf(keyword, first)
  const elsewhere = severity === 'note' ? null : alsoOn(first, others)
  const hint = [finding.hint ?? null, elsewhere].filter((part) => part !== null).join('; ')
  findings[severity]({ ...finding, hint: hint === '' ? null : hint })
}

/** Reports one use by itself. */
export function reportNotInForce(keyword: Keyword, at: Position, findings: Findings): void {
  reportUses(keyword, [at], findings)
}

function sayingOf(keyword: Keyword, at: Position): { severity: Severity; finding: Finding } {
  const name = keyword.name.replace('=', ' ')
  const say = (severity: Severity, message: string) => ({
    severity,
    finding: { code: 'NOT_IN_FORCE', at, keyword: name, message, hint: keyword.remedy },
  })
  switch (keyword.consequence) {
    case 'harmless':
      return say('note', `${name} is understood, but not in force yet in this version`)
    case 'unprotected':
      return say('warning', `${name} is not in force yet: ${keyword.outcome}`)
    case 'unsafe':
      return say('error', `${name} is not in force yet: ${keyword.outcome}`)
  }
}

/** An empty list, a switch turned off and a default written out are the same as nothing, in force or not. */
export function asksForNothing(
  { opens, args, fallback }: Keyword,
  statement: Statement,
  words: readonly Word[],
): boolean {
  const [word] = words
  if (opens === 'values') return statement.block?.length === 0
  if (args[0]?.kind === 'bool') return /^(off|false|no)$/.test(word?.value ?? '')
  return fallback !== null && words.length === 1 && word?.value === fallback
}

/** Where a keyword that is unsafe to go without stands, as what does not run then. */
export function leftOutText(path: string, statement: Statement | null): string {
  if (path === '') return 'nothing of this configuration runs'
  if (path === 'global_defs' || statement === null) return 'no vrrp_instance runs'
  return `${[statement.keyword, ...statement.args].map(({ value }) => value).join(' ')} is left out`
}
