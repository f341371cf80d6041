import { runControl } from './failoverctl/run.ts'

// `failoverctl events | head`: nobody reads on, and that is no failure.
process.stdout.on('error', () => process.exit(0))
// At once: a connection that a stopped server never answers would keep the process for ten seconds more.
process.exit(await runControl(process.argv))
