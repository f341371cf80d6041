import type { Findings } from '../findings/diagnostic.ts'
import { positionAt, slice, type Text } from './text.ts'

/** The line up to its comment, which starts at # or ! anywhere outside double quotes. */
export function withoutComment(line: Text, findings: Findings): Text {
  const { chars } = line
  let quoted = false
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index]
    if (char === '"') quoted = !quoted
    if (quoted || (char !== '#' && char !== '!')) continue
    if (chars[index - 1] !== '\\') return slice(line, 0, index)
    // keepalived's own processes disagree about \#: some keep the sign, those for VRRP and checks see a comment.
    findings.warning({
      code: 'ESCAPED_COMMENT',
      at: positionAt(line, index - 1),
      message: `\\${char} does not keep the sign: a comment starts here`,
      hint: 'put the word in double quotes',
    })
    return slice(line, 0, index - 1)
  }
  return line
}
