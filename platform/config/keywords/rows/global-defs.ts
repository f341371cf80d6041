/** Keywords of global_defs, by topic. Row format: see ../keyword-row.ts. */
import { FILES } from './global-files.ts'
import { GENERAL } from './global-general.ts'
import { LVS } from './global-lvs.ts'
import { MONITORING } from './global-monitoring.ts'
import { PROCESSES } from './global-processes.ts'
import { VRRP } from './global-vrrp.ts'

export const GLOBAL_DEFS = [GENERAL, VRRP, LVS, PROCESSES, MONITORING, FILES].join('')
