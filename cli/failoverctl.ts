import { runControl } from './failoverctl/run.ts'

// `failoverctl events | head`: nobody reads on, and that is no failure.
process.stdout.on('error', () => process.exit(0))
const status = await runControl(process.argv)
// A pipe takes 64 KiB at a time: what was written has to be out, on both.
await new Promise<unknown>((resolve) => process.stdout.write('', resolve))
await new Promise<unknown>((resolve) => process.stderr.write('', resolve))
// At once: a connection that a stopped server never answers would keep the process for ten seconds more.
process.exit(status)
