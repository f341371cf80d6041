/** failoverd's own keywords, which keepalived does not know. Row format: see ../keyword-row.ts. */

export const SITE = `
+ site                        word
    - Name of the site, a part of every event's subject. --site on the command line counts more. Without it: local.
`

export const VIP_LEASE = `
+ vip_lease                   int:2..86400
    - Seconds that the kernel keeps a VIP which is not refreshed: how long a dead node may hold it. Without it: three
      advert intervals, at least 2.
`

export const VIP_PROBE = `
+ vip_probe_interval          int:0..3600 = 3
    - Seconds between two questions of a MASTER whether another host has one of its addresses as well; 0: it never asks.
      More than a hundred addresses are asked for more rarely.
`

export const FAST_DETECTION = `
+ fast_detection              enabled=bool [interval=int:10..1000] [multiplier=int:2..50]
    - Whether the crash of a MASTER that runs failoverd is noticed by a BFD session with it (UDP port 3784) instead of
      by missing adverts; interval, milliseconds between packets, is 50 otherwise, and multiplier, how many may be
      missing, 3. Other programs are not affected. Without it: on, where it is faster than adverts.
`

export const FLAP_DAMPING = `
+ flap_damping                enabled=bool [times=int:2..100] [within=int:10..86400]
    - Whether an instance that has become MASTER so many times within so many seconds preempts nobody until that is no
      longer so, and one that comes out of FAULT time and again waits with it. It takes over as ever where no other
      MASTER is heard. Without it: on, times 6 within 300; off with strict_mode.
`

export const ROOT_OWN = `
${SITE}
+ event_bus                   block
    - The event log: how much of it this node keeps, and how it reaches servers other than its own.
! alert_sink                  name=word block : nothing is sent to it
    - A place that alerts are sent to, with a name of its own for \`failoverctl sinks\`. Several stand side by side.
`

export const EVENT_BUS = `
+ max_age                     duration:1h..520w
    - Events older than this leave the log. Keep it longer than the longest absence of who reads it. Without it: never.
+ max_size                    size:16M..64T
    - The log's size; the oldest events leave when it is reached. More than the disk has free is lowered, with a warning.
! server                      word each : failoverd's own server is used
    - URL of a NATS server to use instead of failoverd's own, such as tls://192.0.2.5:4222. One line for each of a cluster.
! hub                         word each : the events of this node reach no hub
    - URL of a hub that this node's server joins as a leaf node; the hub collects the events of all nodes.
  domain                      word
    - JetStream domain of this node, by which the hub finds its log. Without it: the node's name.
  credentials                 word
    - File with the account for server and hub (NATS credentials: a JWT and its key).
  tls_ca                      word
    - File with the authorities that the certificates of server and hub are checked against, in PEM.
  tls_cert                    word
    - File with the certificate that this node shows to server and hub, in PEM. Needs tls_key.
  tls_key                     word
    - File with the private key of tls_cert, in PEM.
`

/** Which alerts, how many, and how often each is tried. */
const DELIVERY = `
  type                        enum:smtp|webhook|slack|teams|pagerduty|alertmanager|syslog|file|command|nats|module required
    - How alerts travel; says which of the other keywords count.
  match                       word+ each
    - Subjects of the events that are sent, with NATS wildcards, such as ha.*.*.vrrp.>. Without it: everything.
  min_severity                enum:info|warning|error|critical = warning
    - What is less severe than this is not sent. The end of an alert counts as severe as its beginning.
  resolve                     bool = on
    - Says as well when the cause of an alert is over.
  group_by                    enum:site|node|service|instance|virtual_server|real_server|cause+
    - Alerts that agree in all of these, and come together, are one message with their number.
  group_wait                  duration:0..1h = 2
    - How long a group waits for further members, before it is sent.
  rate                        alerts=int:1..1000000 per=duration:1s..1d
    - At most so many messages in so long a time; what is more waits, and is put together.
  timeout                     sec:0.1..3600 = 10
    - How long one attempt may take, in seconds.
  retry                       int:0..1000000 = 100
    - How often a failed delivery is tried again, ever more slowly, before the alert is laid aside as a dead letter.
  retry_delay                 sec:0.1..3600 = 1
    - Pause before the first repetition, in seconds; it doubles with each.
  retry_delay_max             sec:0.1..86400 = 300
    - Longest pause between two repetitions, in seconds.
  escalate_to                 sink=word after=duration:1s..30d
    - Another alert_sink, which gets the alert when this one has not taken it in time.
  language                    enum:en|zh = en
    - Language of texts.
  template                    word
    - File with the text of a message, with fields of the event in it. Without it: failoverd's own text.
`

const CONNECTION = `
  url                         word each
    - Where to send: https://, smtp://, smtps://, nats://, and udp://, tcp:// or tls:// for syslog. Several: in turn.
  header                      name=word value=rest each secret
    - A header of each HTTP request, such as Authorization.
  secret                      word secret
    - Key of the HMAC-SHA256 signature of a webhook, or the routing key of pagerduty.
  secret_file                 word
    - File that holds what secret would say, for files that are shared with others.
  user                        word
    - Account at the mail or HTTP server.
  password                    word secret
    - Password of that account.
  starttls                    enum:required|offered|off = required
    - Whether smtp:// and tcp:// are encrypted: always, where the server offers it, or never.
  tls_ca                      word
    - File with the authorities that the server's certificate is checked against, in PEM. Without it: the system's.
  tls_cert                    word
    - File with the certificate shown to the server, in PEM. Needs tls_key.
  tls_key                     word
    - File with the private key of tls_cert, in PEM.
  tls_server_name             word
    - Name that the server's certificate has to be for, where it is not that of the URL.
`

/** What single types need. */
const TYPES = `
  from                        word
    - smtp: sender. Without it: notification_email_from.
  to                          word+ each
    - smtp: recipients. Without it: notification_email.
  subject                     word
    - nats: subject that alerts are published to.
  facility                    enum:kern|user|mail|daemon|auth|syslog|cron|local0|local1|local2|local3|local4|local5|local6|local7
      = daemon
    - syslog: facility of the messages.
  path                        word
    - file: where alerts are appended, as JSON, one a line.
  rotate_size                 size:64K..1T = 16M
    - file: the size at which a new one is begun.
  rotate_keep                 int:0..10000 = 5
    - file: how many old ones stay.
  command                     script
    - command: program that gets the alert as JSON on its standard input; exit status 0 says that it took it.
  module                      word
    - module: path of an ES module with a sink of your own.
  option                      name=word value=rest each
    - module: a setting that is handed to it.
`

export const ALERT_SINK = `${DELIVERY}${CONNECTION}${TYPES}`
