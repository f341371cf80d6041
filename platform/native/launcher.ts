import { fileURLToPath } from 'node:url'

/** What starts a program that must not outlive this process; its own words follow. launch.c says how. */
export function launcher(): readonly string[] {
  return [fileURLToPath(new URL('./launch', import.meta.url)), String(process.pid)]
}
