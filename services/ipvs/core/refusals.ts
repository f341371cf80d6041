/** What the kernel refuses, told once. */
import type { Fact, State } from './state.ts'

/** Each refusal once, however often the same thing is tried again. */
export function refusals(failed: { entity: string; code: string; message: string }[], state: State): Fact[] {
  return failed
    .filter(({ entity, code }) => state.refused[entity] !== code)
    .flatMap(({ entity, code, message }): Fact[] => [
      { type: 'RefusalNoted', entity, code },
      { type: 'KernelRefused', entity, code, message },
    ])
}
