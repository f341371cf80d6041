import { runDaemon } from './failoverd/run.ts'

process.exitCode = await runDaemon(process.argv)
