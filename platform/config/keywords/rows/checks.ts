/** Health checks of a real_server, but for those of pages (http-checks.ts). Row format: see ../keyword-row.ts. */
import { connection, idle, timing } from './check-connection.ts'

export const TCP_CHECK = connection()

export const SMTP_CHECK = `${idle(`${connection()}
  helo_name                   word = smtpchecker.keepalived.org lenient
    - Name that the check gives as its own in HELO.
`)}
  host                        block > -
    - Where old versions had the address and the timing of the check; they now stand in SMTP_CHECK itself.
    | write what stands in host into SMTP_CHECK itself
`

export const CONNECTION_HOST = idle(connection())

export const DNS_CHECK = idle(`${connection({ retry: '3', pause: '<delay_loop>' })}
  type                        enum:A|NS|CNAME|SOA|MX|TXT|AAAA|RRSIG|DNSKEY/i = SOA
    - Type of the record to ask for.
  name                        word = .
    - Name to ask for; a dot alone is the root. Any answer without an error will do.
`)

export const PING_CHECK = idle(connection())

export const UDP_CHECK = idle(`${connection()}
  payload                     hex+ lenient
    - Bytes to send, two digits each; a digit alone between blanks is a byte too. Without it: 32 fixed bytes.
  require_reply               hexmask*
    - The server has to answer, and if there are bytes here the answer has to begin like them; x is any digit.
  min_reply_length            int:0..65535 = 0
    - The fewest bytes an answer may have. Counts only where require_reply has bytes.
  max_reply_length            int:0..65535 = 255
    - The most bytes an answer may have. Counts only where require_reply has bytes.
`)

export const MISC_CHECK = idle(`${timing({ retry: '0' })}
  misc_path                   script required last lenient
    - Command that checks the server. Status 0: up; 1 and, without misc_dynamic, anything above: down.
  misc_timeout                int:0..4294 = <delay_loop>
    - How long the command may run before it is ended and the server counts as down, in seconds.
  misc_dynamic                flag
    - Lets the command set the server's weight: an exit status from 2 on is the weight plus 2; 0 leaves it as it is.
  user                        user=word group=word? = <script_user> lenient
    - Account that the command runs under.
`)

export const BFD_CHECK = `
  name                        word required first lenient
    - The bfd_instance to follow: the server is up while its session is. It must not be kept for vrrp alone.
  alpha                       bool = <alpha>off
    - Whether the server counts as down until the session is up. Otherwise it is in service at the start.
`

export const FILE_CHECK = `
  track_file                  word required
    - The track_file block whose number decides; it stands at the top level of the configuration.
  weight                      value=int:-2147483647..2147483647 [reverse] [noreverse] lenient
    - What the number is multiplied by before it is added to the weight of the server. 0: down unless the number is 0.
      reverse turns the sign of the number, noreverse undoes the reverse of the track_file.
`
