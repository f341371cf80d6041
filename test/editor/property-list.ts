/** Values as an XML property list: what Sublime Text and TextMate read. */

type Plain = string | readonly Plain[] | { readonly [name: string]: Plain | undefined }

export function propertyList(value: Plain): string {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">'
  return `${head}\n${element(value, '')}\n</plist>\n`
}

function element(value: Plain, indent: string): string {
  if (typeof value === 'string') return `${indent}<string>${escaped(value)}</string>`
  const inner = `${indent} `
  if (isList(value))
    return [`${indent}<array>`, ...value.map((each) => element(each, inner)), `${indent}</array>`].join('\n')
  const pairs = Object.entries(value).flatMap(([name, each]) =>
    each === undefined ? [] : [`${inner}<key>${escaped(name)}</key>`, element(each, inner)],
  )
  return [`${indent}<dict>`, ...pairs, `${indent}</dict>`].join('\n')
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
