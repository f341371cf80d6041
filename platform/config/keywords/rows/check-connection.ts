/** What all checks have in common: when they run, and how they reach the server. Row format: see ../keyword-row.ts. */

/** When a check runs and what its failure means. `retry` and `pause` are its own defaults, where nothing around it says. */
export function timing({ retry = '1', pause = '1' } = {}): string {
  return `
+ retry                       int:0.. = <retry>${retry}
    - How many times a failed check of a server in service is repeated before the server counts as down.
+ delay_before_retry          sec:0.. = <delay_before_retry>${pause}
    - Pause before each of those repetitions, in seconds.
+ delay_loop                  sec:0.000001.. = <delay_loop>
    - Pause between the end of one check and the start of the next, in seconds.
+ warmup                      sec:0.. = <warmup><delay_loop>
    - The first check waits a random time of up to so many seconds, so that not all start at once. 0: no wait.
! alpha                       bool = <alpha>off
    - Whether the server counts as down until this check has succeeded once. Otherwise it is in service at the start.
    : its real server is in service before the first check
  log_all_failures            bool = <checker_log_all_failures>
    - Whether every failed attempt is logged, and not just that the server went down or came back.
`
}

const REACH = `
+ connect_ip                  ip
    - Address to check instead of that of the real server; it may be of the other family.
+ connect_port                int:1..65535
    - Port to check instead of that of the real server.
+ bindto                      ip
    - Address that checks come from, of the same family as the one checked. Without it the kernel chooses.
  bind_port                   int:1..65535
    - Port that checks come from. Without it the kernel chooses.
! bind_if                     word<=15
    - Interface that checks leave by; link-local IPv6 addresses need it.
    : checks leave by the interface that the routes say
+ connect_timeout             sec:0.000001..4294 = <connect_timeout>
    - How long the connection, and each answer after it, may take before the check has failed, in seconds.
! fwmark                      int:0..4294967295 = 0
    - Mark on the packets of the check, for rules of routing and filtering. 0: none.
    : checks carry no mark
`

/** A check that goes over the network. */
export function connection(defaults: Parameters<typeof timing>[0] = {}): string {
  return `${REACH}${timing(defaults)}`
}

/** Rows of a check that does not run yet: none of them is in force, and what follows from that its block says. */
export function idle(rows: string): string {
  return rows.replace(/^[+!x] /gm, '  ').replace(/^ +[:|] .*\n/gm, '')
}
