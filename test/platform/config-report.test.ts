// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes ${NAME}
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Diagnostic, drawDiagnostic, formatDiagnostic, PLAIN } from '#platform/config/findings/diagnostic.ts'
import { asErrors, fullReportText, reportText, summaryOf, summaryText } from '#platform/config/findings/report.ts'
import { parsePart } from './config/parse.ts'

function finding(change: Partial<Diagnostic>): Diagnostic {
  const place = { file: '/a.conf', line: 1, column: 1, text: 'x y' }
  return { severity: 'error', code: 'X', keyword: null, message: 'it is wrong', hint: null, ...place, ...change }
}

test('what is wrong in the same way in many lines is said once, with all of them', () => {
  const diagnostics = [3, 5, 5, 9].map((line) => finding({ line, hint: 'mend it' }))
  assert.equal(
    reportText(diagnostics),
    '/a.conf:3:1: error: it is wrong\n 3 | x y\n   | ^ mend it; also on lines 5, 9\n',
  )
})

test('places beyond the eighth are only counted, and those in other files have their names', () => {
  const many = Array.from({ length: 11 }, (_, index) => finding({ line: index + 1 }))
  assert.match(reportText(many), /also on lines 2, 3, 4, 5, 6, 7, 8, 9 and 2 more\n$/)
  assert.match(reportText([finding({}), finding({ file: '/b.conf', line: 7 })]), /also on \/b\.conf:7\n$/)
})

test('the same words at another severity are another finding', () => {
  assert.equal(reportText([finding({}), finding({ severity: 'warning' })]).match(/it is wrong/g)?.length, 2)
})

test('text that does not belong to the file at all is one finding, and up to three unknown words are three', () => {
  const script = ['A=`ps -C x`', 'if [ $A -eq 0 ]; then', 'systemctl start x', 'fi', 'chmod +x y']
  const { diagnostics } = parsePart(`${script.join('\n')}\n`)
  assert.equal(diagnostics.length, 5)
  assert.equal(
    reportText(diagnostics),
    '/etc/failoverd.conf:1:1: error: A=`ps: unknown at the top level\n 1 | A=`ps -C x`\n   | ^~~~~ so are 4 more lines up to line 5: are they part of it?\n',
  )
  assert.equal(reportText(diagnostics.slice(0, 3)).match(/error:/g)?.length, 3)
})

test('the marks of an unfinished merge are one finding, whatever blocks they stand in', () => {
  const { diagnostics } = parsePart('global_defs {\n<<<<<<< a\n router_id a\n=======\n}\n>>>>>>> b\n')
  assert.match(
    reportText(diagnostics),
    /^.*:2:1: error: <{7}: .*\n.*\n.* this looks like the mark .*; also on lines 4, 6\n$/,
  )
})

test('a word that resembles a keyword is never hidden among others', () => {
  const { diagnostics } = parsePart('zz 1\nyy 2\nglobal_def {\n}\nxx 3\nww 4\n')
  assert.match(reportText(diagnostics), /did you mean global_defs\?/)
})

test('what there is of it on a single line is counted as such', () => {
  const { diagnostics } = parsePart(`${'a{}'.repeat(5_000)}\n`)
  const text = reportText(diagnostics)
  assert.match(text, /so are 4999 more on this line: are they part of it\?/)
  assert.ok(text.split('\n').length < 10)
})

const pending = (change: Partial<Diagnostic>) => {
  const keyword = change.keyword ?? 'k'
  return finding({
    code: 'NOT_IN_FORCE',
    keyword,
    message: `${keyword} is not in force yet: it does nothing`,
    ...change,
  })
}

test('what is not in force yet stands below what is wrong, a line each, what is left out for it first', () => {
  const found = [
    pending({ line: 2, severity: 'warning', keyword: 'a', hint: 'also on line 3' }),
    pending({ line: 4, severity: 'note', keyword: 'b' }),
    pending({ line: 5, message: 'c is not in force yet: it is bad; vrrp_instance x is left out', hint: 'mend it' }),
    finding({ line: 6 }),
    pending({ line: 7, message: 'c is not in force yet: it is bad; vrrp_instance y is left out', hint: 'mend it' }),
    pending({ line: 8, severity: 'note', keyword: 'd', file: '/b.conf' }),
  ]
  assert.equal(
    reportText(found),
    `/a.conf:6:1: error: it is wrong
 6 | x y
   | ^

Not in force yet in this version:
/a.conf:5:1: error: c: it is bad; vrrp_instance x is left out; mend it; also on line 7
/a.conf:2:1: warning: a: it does nothing; also on line 3
/a.conf:4:1: note: no effect, and no harm without it: b, d (/b.conf:8)
`,
  )
  assert.match(reportText(found.slice(0, 1)), /^Not in force yet/)
})

test('on a small screen what is not in force yet does not push away what is wrong', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']
  const warnings = names.map((keyword, index) => pending({ line: index + 1, severity: 'warning', keyword }))
  const found = [
    ...warnings,
    pending({ line: 20, keyword: 'x' }),
    ...[21, 22, 23].map((line) => finding({ line, hint: `${line}` })),
  ]
  const text = reportText(found, { ...PLAIN, height: 24 })
  assert.ok(text.split('\n').length <= 22)
  assert.match(
    text,
    /\n\/a\.conf:20:1: error: x: it does nothing\n\/a\.conf:1:1: warning: .*: a, b \(line 2\), .*l \(line 12\)\n$/,
  )
  const alone = reportText(warnings, { ...PLAIN, height: 10 })
  assert.equal(alone.match(/it does nothing/g)?.length, 12, 'nothing else is to be read')
  assert.equal(reportText(found).match(/it does nothing/g)?.length, 13)
})

test('what does not fit the screen with its source line takes one line, in the order of the file', () => {
  const many = Array.from({ length: 20 }, (_, index) =>
    finding({ line: index + 1, message: `no ${index}`, hint: 'mend it' }),
  )
  const rows = (height: number, found = many) =>
    reportText(found, { ...PLAIN, height })
      .trimEnd()
      .split('\n')
  assert.equal(rows(63).length, 60)
  assert.equal(rows(62).length, 58)
  assert.equal(rows(40).length, 36)
  assert.deepEqual(rows(40).slice(22, 25), [' 8 | x y', '   | ^ mend it', '/a.conf:9:1: error: no 8; mend it'])
  assert.equal(rows(24).length, 26, 'three are shown in full, however small the screen')
  const rest = rows(40, [...many, pending({}), pending({ keyword: 'other', severity: 'warning' })])
  assert.ok(rest.length <= 37)
  assert.match(rest.at(-1) ?? '', /warning: other/)
})

test('a long message takes as many rows as it does on the screen', () => {
  const found = Array.from({ length: 6 }, (_, index) =>
    finding({ line: index + 1, message: `${index}${'x'.repeat(100)}` }),
  )
  const withCaret = (width: number) => reportText(found, { ...PLAIN, width, height: 24 }).match(/^ {3}\| \^/gm)?.length
  assert.deepEqual([withCaret(140), withCaret(70)], [6, 4])
})

test('more than a hundred findings are counted, and all of them are there for those who ask', () => {
  const many = Array.from({ length: 21_000 }, (_, index) =>
    finding({ line: 1, column: index + 1, message: `no ${index}` }),
  )
  assert.match(reportText(many), /: no 99\nand 20900 more; all of them: failoverctl config check --verbose\n$/)
  assert.equal(fullReportText(many).split('\n').length, 63_001)
  assert.match(fullReportText([pending({})]), /k is not in force yet: it does nothing\n 1 \| x y/)
})

test('a note takes one line: it asks for nothing', () => {
  assert.equal(reportText([finding({ severity: 'note' })]), '/a.conf:1:1: note: it is wrong\n')
})

test('a long line is shown around the word in question', () => {
  const text = `${'a'.repeat(300)} wrong ${'b'.repeat(300)}`
  const [, line = '', caret = ''] = formatDiagnostic(finding({ text, column: 302 })).split('\n')
  assert.ok(line.length <= PLAIN.width + 6, line)
  assert.equal(line.slice(caret.indexOf('^'), caret.indexOf('^') + 5), 'wrong')
  assert.match(line, /^ 1 \| …a+ wrong b+…$/)
  const [, start = ''] = formatDiagnostic(finding({ text, column: 1 })).split('\n')
  assert.match(start, /^ 1 \| a+…$/)
  const [, end = ''] = formatDiagnostic(finding({ text, column: 308 })).split('\n')
  assert.match(end, /^ 1 \| …a* wrong b+(…)?$/)
})

test('a hint stands behind the caret, or below where it is too long', () => {
  const hint = 'do this '.repeat(9).trim()
  const wide = drawDiagnostic(finding({ hint }), { ...PLAIN, width: 80 }).split('\n')
  assert.deepEqual(wide.slice(2), [`   | ^ ${hint}`])
  const narrow = drawDiagnostic(finding({ hint, column: 3, text: '\tx y' }), { ...PLAIN, width: 80 }).split('\n')
  assert.deepEqual(narrow.slice(2), ['   | \t ^', `   = ${hint}`])
})

test('the caret marks the whole of an undefined name', () => {
  const { diagnostics } = parsePart('router_id ${NAME} x\n')
  assert.match(reportText(diagnostics), /\| {11}\^~{6} /)
})

test('severity and caret have the colour of the severity', () => {
  const paint = (severity: string, text: string) => `<${severity}>${text}</>`
  assert.equal(
    drawDiagnostic(finding({ severity: 'warning' }), { ...PLAIN, paint, width: 80 }),
    '/a.conf:1:1: <warning>warning:</> it is wrong\n 1 | x y\n   | <warning>^</>',
  )
})

test('the summary counts every finding, also those that are not shown by themselves', () => {
  const all = [finding({}), finding({ line: 2 }), finding({ severity: 'warning' }), finding({ severity: 'note' })]
  assert.equal(summaryText(summaryOf(all)), '2 errors, 1 warning, 1 note')
  assert.equal(summaryText(summaryOf([])), 'no findings')
})

test('the strict see warnings as errors, and notes as notes', () => {
  const all = [finding({ severity: 'warning' }), finding({ severity: 'note' })]
  assert.deepEqual(
    asErrors(all).map(({ severity }) => severity),
    ['error', 'note'],
  )
})
