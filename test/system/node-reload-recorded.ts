// On a node's machine: `node-reload-recorded.ts STATE_DIR` prints the digest of the configuration that the log has last.
import { findNode } from '../../cli/failoverctl/node.ts'
import { lastRecorded } from '../../services/supervisor/adapters/config-record.ts'

const node = findNode(process.argv[2] ?? '')
process.stdout.write(`${await lastRecorded(node.bus, node)}`)
process.exit(0)
