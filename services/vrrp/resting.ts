import type { Loop } from '#platform/loop.ts'

/** The same loop, which tells after an input, and all that followed from it, that it has come to rest. */
export function resting<State, Input, Fact>(
  loop: Loop<State, Input, Fact>,
  onRest: () => void,
): Loop<State, Input, Fact> {
  let depth = 0
  return {
    ...loop,
    dispatch(input, cause) {
      depth += 1
      try {
        loop.dispatch(input, cause)
      } finally {
        depth -= 1
      }
      if (depth === 0) onRest()
    },
  }
}
