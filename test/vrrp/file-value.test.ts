import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileValue } from '../../services/vrrp/core/file-value.ts'

test('a file is the number it begins with, in any base of C', () => {
  const values: Record<string, number | null> = {
    ...{ '5\n': 5, '-20': -20, '+7 and more': 7, ' \t\n12x': 12, '0': 0, '-0': 0, '08': 0 },
    ...{ '0x1F': 31, '-0X10': -16, '010': 8, '-017': -15 },
    ...{ '': 0, hello: 0, '-': 0, x5: 0, '0x': 0, '1e3': 1, '2.9': 2 },
    ...{ '2147483647': 2_147_483_647, '-2147483648': -2_147_483_648 },
    // Out of range: whoever asked keeps what he had.
    ...{ '2147483648': null, '-2147483649': null, '99999999999999999999999': null },
  }
  for (const [text, value] of Object.entries(values)) assert.equal(fileValue(text), value, JSON.stringify(text))
})
