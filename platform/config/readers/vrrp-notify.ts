/** The notify scripts that instances and sync groups have in common. */
import type { VrrpInstance } from '#schemas/config.ts'
import { type Block, scriptOf } from '../statements/block.ts'

export function readNotify(block: Block): VrrpInstance['notify'] {
  return {
    master: scriptOf(block, 'notify_master'),
    backup: scriptOf(block, 'notify_backup'),
    fault: scriptOf(block, 'notify_fault'),
    stop: scriptOf(block, 'notify_stop'),
    any: scriptOf(block, 'notify'),
  }
}
