/** Mail that is asked for, and that nothing says how to send. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, boolOf, hasSetting, settingOf } from '../statements/block.ts'

const ALERTS = ['smtp_alert', 'smtp_alert_vrrp', 'smtp_alert_checker']

/** Said once, where mail is first asked for; when half of what it takes is there global-defs.ts says it. */
export function checkMail(root: Block, findings: Findings): void {
  const globals = blocksOf(root, 'global_defs')
  const server = globals.some((block) => hasSetting(block, 'smtp_server') || block.damaged.has('smtp_server'))
  if (server || globals.some((block) => blocksOf(block, 'notification_email').length > 0)) return
  const services = blocksOf(root, 'virtual_server')
  const places = [
    ...globals,
    ...blocksOf(root, 'vrrp_instance'),
    ...blocksOf(root, 'vrrp_sync_group'),
    ...services,
    ...services.flatMap((service) => blocksOf(service, 'real_server')),
  ]
  for (const block of places) {
    const keyword = ALERTS.find((name) => boolOf(block, name))
    const word = keyword === undefined ? undefined : settingOf(block, keyword)?.statement.keyword
    if (word === undefined) continue
    const message = `no mail is sent: ${word.value} has neither smtp_server nor notification_email`
    const hint = 'both stand in global_defs'
    findings.note({ code: 'MAIL', at: wordPosition(word), keyword: word.value, message, hint })
    return
  }
}
