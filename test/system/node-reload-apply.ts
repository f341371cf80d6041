// On a node's machine: `node-reload-apply.ts STATE_DIR [--replace] [FILE]` runs `failoverctl config apply`.
import { applyConfig } from '../../cli/failoverctl/config-apply.ts'

const [stateDir = '', ...rest] = process.argv.slice(2)
const file = rest.find((arg) => arg !== '--replace')
const print = (line: string) => process.stdout.write(`${line}\n`)
const where = { stateDir, replace: rest.includes('--replace'), print }
process.exit(await applyConfig(file === undefined ? where : { ...where, file }))
