/** Keywords of the health checks of a real_server. Row format: see ../keyword-row.ts. */

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
! bind_if                     word : checks leave by the interface that the routes say
! fwmark                      int:0..4294967295 = 0 : checks carry no mark
! alpha                       bool : its real server is in service before the first check
  log_all_failures            bool
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
