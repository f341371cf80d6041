/** Keywords of virtual_server, virtual_server_group and real_server. Row format: see ../keyword-row.ts. */

const SCHEDULERS = 'rr|wrr|lc|wlc|lblc|sh|mh|dh|fo|ovf|lblcr|sed|nq|twos'

export const VIRTUAL_SERVER = `
+ delay_loop                  sec:0.000001.. = 60
+ lvs_sched                   enum:${SCHEDULERS} = wlc
+ lb_algo                     enum:${SCHEDULERS} = wlc @lvs_sched
+ lvs_method                  enum:NAT|DR|TUN word* = NAT
+ lb_kind                     enum:NAT|DR|TUN word* = NAT @lvs_method
+ protocol                    enum:TCP|UDP|SCTP/i = UDP
+ persistence_timeout         int:1..2678400?
+ inhibit_on_failure          flag
+ weight                      int:1..2147483647 = 1
+ connect_timeout             sec:0.000001..4294 = 5
+ retry                       int:1..
+ delay_before_retry          sec:0..
+ warmup                      sec:0..
+ smtp_alert                  bool
+ real_server                 word word? block
+ hashed                      flag
  ip_family                   enum:inet|inet6
! ops                         flag : packets of one client port stay together on one real server
! flag-1, flag-2, flag-3, sh-port, sh-fallback, mh-port, mh-fallback flag : the scheduler runs without it
! persistence_engine          word : clients are told apart by their addresses
! persistence_granularity     word : clients are told apart by their whole addresses
  ha_suspend                  flag
! alpha                       flag : its real servers are in service before their first check
! omega                       flag : nothing is run or sent for it at a stop
  virtualhost, snmp_name      word
! quorum_up, quorum_down      script : it is never run
! quorum                      int:1.. = 1 : the service stays up with any one real server
! hysteresis                  int:0.. = 0 : the service stays up with any one real server
! sorry_server                ip word? : with no real server up, clients get no answer
  sorry_server_inhibit        flag
  sorry_server_lvs_method     enum:NAT|DR|TUN word*
`

export const VIRTUAL_SERVER_GROUP = `
  (entry)                     word word*
  fwmark                      int:1..4294967295 word?
`

export const REAL_SERVER = `
+ weight                      int:0..2147483647
+ inhibit_on_failure          bool
+ notify_up, notify_down      script
+ connect_timeout             sec:0.000001..4294
+ delay_loop                  sec:0.000001..
+ retry                       int:1..
+ delay_before_retry          sec:0..
+ warmup                      sec:0..
+ smtp_alert                  bool
+ TCP_CHECK                   block
x lvs_method                  enum:NAT|DR|TUN word*
    : its packets would be forwarded by the method of the virtual_server
    | give lvs_method in virtual_server, where it counts for all real servers
! uthreshold, lthreshold      int:0.. = 0 : there is no limit to its connections
! alpha                       bool : it is in service before its first check
  virtualhost, snmp_name      word
! HTTP_GET, SSL_GET, SMTP_CHECK, DNS_CHECK, MISC_CHECK, PING_CHECK, UDP_CHECK, BFD_CHECK, FILE_CHECK block
    : it checks nothing, and a real server without another check is never checked: it counts as up, whatever happens
    | a TCP_CHECK besides it is in force
`
