import { runControl } from './failoverctl/run.ts'

process.exitCode = await runControl(process.argv)
