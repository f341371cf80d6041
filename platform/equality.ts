import { isDeepStrictEqual } from 'node:util'

/** Whether two values have the same content, however deep; a core may ask, since it only computes. */
export function isEqual(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b)
}
