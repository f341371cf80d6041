import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '#schemas/config.ts'
import type { ServiceName } from '#schemas/subjects.ts'
import { type TestServer, testSettings } from './bus-harness.ts'

export interface ServiceProcess {
  pid: number
  /** What it has logged, one JSON object a line. */
  output(): string
  reload(config: Config): void
  /** Ends with this signal; resolves with the exit status when it is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** A service as the supervisor starts it, under our own account, with its files below the server's folder. */
export function startProcess(server: TestServer, service: ServiceName, config: Config): ServiceProcess {
  const path = join(server.folder, `${service}.json`)
  const own = { version: '0', logLevel: 'info', configDigest: '' }
  const write = (next: Config) =>
    writeFileSync(path, JSON.stringify({ ...testSettings(server, service), ...own, config: next }))
  write(config)
  const program = join(import.meta.dirname, `../../services/${service}/main.ts`)
  const child: ChildProcess = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => {
      output += text.toString()
    })
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    pid: child.pid ?? 0,
    output: () => output,
    reload(next) {
      write(next)
      child.kill('SIGHUP')
    },
    end(signal) {
      child.kill(signal)
      return gone
    },
  }
}
