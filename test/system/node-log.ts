// On a node's machine: `node-log.ts STATE_DIR`. Each line on standard input is answered with the whole event log, one
// event a line as it was published, then a line `end`, or `away` when the bus does not answer.
import { createInterface } from 'node:readline'
import { openReader } from '#platform/bus-reader.ts'
import { eventFilter } from '#schemas/subjects.ts'
import { findNode } from '../../cli/failoverctl/node.ts'

const [stateDir = ''] = process.argv.slice(2)

async function readAll(): Promise<string> {
  try {
    const node = findNode(stateDir)
    const reader = await openReader(node.bus)
    try {
      const lines = []
      for await (const { bytes } of reader.read({ filter: eventFilter(node) }))
        lines.push(`${new TextDecoder().decode(bytes)}\n`)
      return `${lines.join('')}end\n`
    } finally {
      await reader.close()
    }
  } catch {
    // The bus, its stream or the node's record is not there (yet): the test asks again.
    return 'away\n'
  }
}

for await (const _question of createInterface({ input: process.stdin })) process.stdout.write(await readAll())
