/** Keywords of virtual_server, real_server and the checks. Row format: see keywords.ts. */

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
  ops, flag-1, flag-2, flag-3, sh-port, sh-fallback, mh-port, mh-fallback flag
  persistence_engine          word
  persistence_granularity     word
  ha_suspend, alpha, omega    flag
  virtualhost, snmp_name      word
  quorum_up, quorum_down      script
  quorum                      int:1.. = 1
  hysteresis                  int:0.. = 0
  sorry_server                ip word?
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
  lvs_method                  enum:NAT|DR|TUN word*
  uthreshold, lthreshold      int:0.. = 0
  alpha                       bool
  virtualhost, snmp_name      word
  HTTP_GET, SSL_GET, SMTP_CHECK, DNS_CHECK, MISC_CHECK, PING_CHECK, UDP_CHECK, BFD_CHECK, FILE_CHECK block
`

const TIMING = `
  retry                       int:0..
  delay_before_retry, warmup  sec:0..
  delay_loop                  sec:0.000001..
  alpha, log_all_failures     bool
`

const CONNECTION = `${TIMING}
  connect_ip, bindto          ip
  connect_port, bind_port     int:1..65535
  bind_if                     word
  connect_timeout             sec:0.000001..4294
  fwmark                      int:0..4294967295
`

export const TCP_CHECK = `
+ connect_ip, bindto          ip
+ connect_port                int:1..65535
+ connect_timeout             sec:0.000001..4294
+ retry                       int:0..
+ delay_before_retry, warmup  sec:0..
+ delay_loop                  sec:0.000001..
  bind_port                   int:1..65535
  bind_if                     word
  fwmark                      int:0..4294967295
  alpha, log_all_failures     bool
`

export const HTTP_GET = `${CONNECTION}
  nb_get_retry                int:0.. > retry
  virtualhost, sni_name       word
  http_protocol               enum:1.0|1.0C|1.1
  enable_sni, fast_recovery   bool
  url                         block
`

export const SSL_GET = `${HTTP_GET}
  tls_compliant               bool
`

export const URL = `
  path, virtualhost           word
  digest                      word
  status_code                 word+
  regex                       word+
  regex_no_match              flag
  regex_options               word+
  regex_min_offset, regex_max_offset int:0..
  regex_stack                 word+
`

export const SSL_URL = `${URL}
  tls_compliant               bool
`

export const SMTP_CHECK = `${CONNECTION}
  helo_name                   word
  host                        block > -
`

export const CONNECTION_HOST = CONNECTION

export const DNS_CHECK = `${CONNECTION}
  type                        enum:A|NS|CNAME|SOA|MX|TXT|AAAA|RRSIG|DNSKEY = SOA
  name                        word
`

export const MISC_CHECK = `${TIMING}
  misc_path                   script
  misc_timeout                int:0..4294
  misc_dynamic                flag
  user                        word word?
`

export const PING_CHECK = CONNECTION

export const UDP_CHECK = `${CONNECTION}
  payload                     word+
  require_reply               word*
  min_reply_length            int:0..65535 = 0
  max_reply_length            int:0..65535 = 255
`

export const BFD_CHECK = `
  name                        word
  alpha                       bool
`

export const FILE_CHECK = `
  track_file                  word
  weight                      int:-2147483647..2147483647 word?
`
