/** What a tracked file says: the number that it begins with, as C reads one. */

/** As much as keepalived reads. */
export const FILE_READ_BYTES = 127

const LARGEST = 2_147_483_647
const SMALLEST = -2_147_483_648

/**
 * Decimal, `0x` hexadecimal or with a leading 0 octal, white space and a sign in front; what follows does not matter.
 * What begins with no number is 0, and so is an empty file. null: out of the range of 32 bits.
 */
export function fileValue(text: string): number | null {
  const [, sign, hexadecimal, octal, decimal] =
    /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([\da-fA-F]+)|(0[0-7]*)|([1-9]\d*))/.exec(text) ?? []
  const digits = hexadecimal ?? octal ?? decimal
  if (digits === undefined) return 0
  const base = hexadecimal !== undefined ? 16 : octal !== undefined ? 8 : 10
  const size = Number.parseInt(digits, base)
  const value = sign === '-' ? -size : size
  return value < SMALLEST || value > LARGEST ? null : value + 0
}
