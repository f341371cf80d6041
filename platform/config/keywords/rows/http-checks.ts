/** Checks that request pages, over TLS or without. Row format: see ../keyword-row.ts. */
import { connection, idle } from './check-connection.ts'

const REGEX_OPTIONS = [
  'allow_empty_class|alt_bsux|alt_circumflex|alt_verbnames|anchored|auto_callout|caseless|dollar_endonly|dotall|dupnames',
  'endanchored|extended|extended_more|firstline|literal|match_invalid_utf|match_unset_backref|multiline',
  'never_backslash_c|never_ucp|never_utf|no_auto_capture|no_auto_possess|no_dotstar_anchor|no_start_optimize',
  'ucp|ungreedy|use_offset_limit|utf',
].join('|')

export const HTTP_GET = idle(`${connection({ pause: '3' })}
  nb_get_retry                int:0.. > retry @retry
    - What retry was called in old versions.
  virtualhost                 word = <virtualhost> lenient
    - Host that requests ask for. Where no block says one it is the address and port of the server.
  http_protocol               enum:1.0|1.0C|1.1/i = 1.0 lenient
    - HTTP version of the requests. 1.0C is 1.0 that asks for the connection to be closed; 1.1 always does.
  enable_sni                  bool = off
    - Whether the TLS handshake names the virtualhost, for servers with several certificates.
  sni_name                    word since:2.4 lenient
    - Server name for the TLS handshake, whatever the virtualhost is.
  fast_recovery               bool = off
    - Whether the urls of a server that is down follow each other at once, instead of one each delay_loop.
  url                         block required each
    - A page to request. The server is up when all of them, in their order, are as they should be.
`)

export const SSL_GET = `${HTTP_GET}
  tls_compliant               bool = off since:2.2.8
    - Whether TLS connections end as the standard asks, with a notice, so that servers log no errors.
`

export const URL = `
  path                        word required
    - What to request, with the query if there is one: /health?full=1.
  digest                      hex:32..32 first
    - MD5 of the page that is expected, in 32 hexadecimal digits. Any other page is a failure.
  status_code                 ranges:100..599+ = 200-299 lenient
    - HTTP status codes that are a success, single ones or FROM-TO.
  virtualhost                 word = <virtualhost> lenient
    - Host to ask for, where this page is on another one.
  regex                       rest lenient
    - Pattern (PCRE) that has to be found in the page. Quote it: # and ! begin comments elsewhere.
  regex_no_match              flag
    - Turns regex round: the check fails where the pattern is found.
  regex_options               enum:${REGEX_OPTIONS}+ lenient
    - How PCRE takes the pattern, by the names it has for that in small letters: caseless, multiline, dotall...
  regex_min_offset            int:0.. = 0 lenient
    - Bytes of the page to skip before the pattern is looked for.
  regex_max_offset            int:0.. lenient
    - Byte of the page behind which a match may no longer begin. Without it: anywhere.
  regex_stack                 start=int max=int lenient
    - Memory for patterns that need much of it, in bytes: at the start, and at most. PCRE has 32 kB by itself.
`

export const SSL_URL = `${URL}
  tls_compliant               bool = <tls_compliant> since:2.2.8
    - The same for this page only, whatever the check says.
`
