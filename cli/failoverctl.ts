import { runControl } from './failoverctl/run.ts'

// At once: a connection that a stopped server never answers would keep the process for ten seconds more.
process.exit(await runControl(process.argv))
