import { spawn } from 'node:child_process'
import { HaError } from '#platform/errors.ts'

export interface Outcome {
  /** Exit status; 127 when the program could not be started, 128 when a signal ended it. */
  status: number
  stdout: string
  stderr: string
}

/** Runs a program to its end, `input` on its standard input, and never rejects for its exit status. */
export function runCommand(argv: readonly string[], input = ''): Promise<Outcome> {
  const [program = '', ...args] = argv
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text
    })
    child.on('error', (cause) => resolve({ status: 127, stdout: '', stderr: cause.message }))
    child.on('close', (status) => resolve({ status: status ?? 128, ...output }))
    // A program that ends without reading is judged by its status, not by the broken pipe.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/**
 * Runs a program that must succeed.
 *
 * @throws HaError LAB_COMMAND with what the program said
 */
export async function mustRun(argv: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await runCommand(argv, input)
  if (status === 0) return stdout
  const said = (stderr || stdout).trim()
  throw new HaError('LAB_COMMAND', `${argv.join(' ')}: exit status ${status}${said === '' ? '' : `: ${said}`}`)
}
