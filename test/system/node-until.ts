/**
 * Waits for a condition, looking every 10 ms. Returns how many milliseconds it took.
 *
 * @throws Error naming the condition when it does not come in time
 */
export async function until(
  what: string,
  withinMs: number,
  holds: () => boolean | Promise<boolean>,
  everyMs = 10,
): Promise<number> {
  const began = performance.now()
  while (!(await holds())) {
    if (performance.now() - began > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((done) => setTimeout(done, everyMs))
  }
  return performance.now() - began
}
