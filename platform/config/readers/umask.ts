/** The value of `umask`: a number in any base of C, or names of rights with | between them. */

const DIGITS: Readonly<Record<string, number>> = { R: 4, W: 2, X: 1, RWX: 7 }
const PLACES: Readonly<Record<string, number>> = { USR: 0o100, U: 0o100, GRP: 0o10, G: 0o10, OTH: 1, O: 1 }

/** The rights that are taken away, 0 to 0o777, or null for what is no umask. `IRWXG` stands for all three of a group. */
export function parseUmask(text: string): number | null {
  if (/^\d/.test(text)) return numberOf(text)
  let mask = 0
  for (const name of text.split('|')) {
    const [, right = '', place = ''] =
      /^I(R|W|X)(USR|GRP|OTH)$|^I(RWX)(U|G|O)$/.exec(name.trim())?.filter(Boolean) ?? []
    const bits = (DIGITS[right] ?? 0) * (PLACES[place] ?? 0)
    if (bits === 0) return null
    mask |= bits
  }
  return mask
}

function numberOf(text: string): number | null {
  const [, hex, octal, decimal] = /^(?:0x([\da-f]+)|(0[0-7]*)|([1-9]\d*))$/i.exec(text) ?? []
  const digits = hex ?? octal ?? decimal
  if (digits === undefined) return null
  const mask = Number.parseInt(digits, hex !== undefined ? 16 : octal !== undefined ? 8 : 10)
  return mask <= 0o777 ? mask : null
}
