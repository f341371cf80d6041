/** Keywords of virtual_server, virtual_server_group and real_server. Row format: see ../keyword-row.ts. */

const SCHEDULERS = 'rr|wrr|lc|wlc|lblc|sh|mh|dh|fo|ovf|lblcr|sed|nq|twos'

/** A forwarding method, with what a tunnel needs to know. */
const FORWARDING = 'method=enum:NAT|DR|TUN [type=enum:ipip|gue|gre] [port=int:1..65535] [checksum:nocsum|csum|remcsum]'

const UNCHECKED = `    : it checks nothing, and a real server without another check is never checked: it counts as up, whatever happens
    | a TCP_CHECK besides it is in force`

export const VIRTUAL_SERVER = `
+ real_server                 address=ip port=int:0..65535? block
    - A server that gets a part of the clients. Without a port it is that of the service. Each pair of address and port
      may be there once.
+ lvs_sched, lb_algo          enum:${SCHEDULERS} = wlc @lvs_sched
    - How clients are spread over the real servers: in turn (rr, wrr), to the one with the fewest connections (lc, wlc),
      by a hash of the client's address (sh, mh), and others of IPVS.
+ lvs_method, lb_kind         ${FORWARDING} = NAT @lvs_method
    - How packets reach the real servers: rewritten (NAT), with another hardware address only (DR), or in a tunnel (TUN)
      of a type and, with gue, to a port. It counts for each of them that does not say otherwise.
+ protocol                    enum:TCP|UDP|SCTP/i = UDP
    - The transport protocol of the service. A firewall mark stands for all of them, and takes none.
+ persistence_timeout         int:1..2678400?
    - For how many seconds after its last connection a client stays with its real server; 360 without a number. Not
      given, each connection is spread anew.
! persistence_granularity     word : clients are told apart by their whole addresses
    - Clients in one subnet count as one: a netmask for IPv4, a prefix length from 1 to 128 for IPv6. Switches persistence on.
! persistence_engine          word : clients are told apart by their addresses
    - What tells clients apart instead of their addresses; the kernel has sip, for call ids.
! ops                         flag : packets of one client port stay together on one real server
    - Spreads every UDP packet anew, even those of one client port.
! flag-1, flag-2, flag-3      flag : the scheduler runs without it
    - Turns on a switch of the scheduler, whatever that means to it.
! sh-port, mh-port            flag : the scheduler runs without it
    - Takes the client's port into the hash of sh, or mh. Stands below the line that chooses the scheduler.
! sh-fallback, mh-fallback    flag : the scheduler runs without it
    - Sends a client of a real server that is down to another one, with sh, or mh. Stands below the line that chooses the
      scheduler.
+ hashed                      flag
    - Understood, and without any effect, in keepalived as well.
+ weight                      int:1..2147483647 = 1
    - The weight of the real servers that give none themselves.
+ inhibit_on_failure          flag
    - A real server that fails keeps its place with weight 0, so that connections it has go on, rather than being removed.
! quorum                      int:1.. = 1 : the service stays up with any one real server
    - How much the weights of all live real servers have to add up to for the service to be up.
! hysteresis                  int:0.. = 0 : the service stays up with any one real server
    - How far that sum has to be above the quorum for the service to come up, and below it to go down.
! quorum_up                   script : it is never run
    - A command for the moment when the quorum is reached.
! quorum_down                 script : it is never run
    - A command for the moment when the quorum is lost.
! sorry_server                address=ip port=int:0..65535? : with no real server up, clients get no answer
    - Takes all clients while the quorum is lost. Without a port it is that of the service.
  sorry_server_inhibit        flag
    - Keeps the sorry_server in place with weight 0 while it is not needed. Stands below sorry_server.
  sorry_server_lvs_method     ${FORWARDING}
    - How packets reach the sorry_server, where that is not as for the real servers. Stands below sorry_server.
! alpha                       flag : its real servers are in service before their first check
    - Real servers count as down at the start until a check has succeeded, and the quorum as lost.
! omega                       flag : nothing is run or sent for it at a stop
    - A stop runs the commands, and sends the mail, of real servers and of a quorum that go down with it.
  ha_suspend                  flag
    - No checks, and no real servers, while the address of the service is not on this node.
+ connect_timeout             sec:0.000001..4294 = 5
    - How many seconds checks have to connect and be answered, where nothing nearer to them says so.
+ delay_loop                  sec:0.000001.. = 60
    - The time between checks in seconds, where nothing nearer to them says so.
+ retry                       int:1..
    - How many more tries a server has after a failed check, where nothing nearer says so. Else 1; DNS_CHECK 3, MISC_CHECK
      none.
+ delay_before_retry          sec:0..
    - The wait in seconds before each of these tries, where nothing nearer says so. Else 1; HTTP_GET and SSL_GET 3,
      DNS_CHECK its delay_loop.
+ warmup                      sec:0..
    - First checks are spread at random over this time in seconds, where nothing nearer says so. 0 starts all at once;
      else it is the delay_loop of the check.
+ smtp_alert                  bool = <smtp_alert_checker><global_defs.smtp_alert>off
    - Whether mail is sent when the quorum is reached or lost.
  virtualhost                 word lenient
    - The name of the host that HTTP_GET and SSL_GET ask for, where nothing nearer to them says so.
  snmp_name                   word lenient
    - What the service is called in the SNMP tables.
  ip_family                   enum:inet|inet6
    - The address family of a firewall mark whose real servers are all reached by tunnels, and so do not tell it.
`

export const VIRTUAL_SERVER_GROUP = `
  (entry)                     address=span port=int:0..65535?
    - An address, a subnet without host bits (all its addresses count), or a range, FIRST-LAST or FIRST- and only the last
      part of LAST, which is hexadecimal in IPv6; with a port, or without for all ports.
  fwmark                      mark=int:1..4294967295 family=enum:inet|inet6? leading
    - Packets with this firewall mark. The family is needed where all real servers are reached by tunnels.
`

export const REAL_SERVER = `
+ weight                      int:0..2147483647 = <weight>
    - How large its part of the clients is, next to the others: with 0 it gets no new ones.
+ inhibit_on_failure          bool = <inhibit_on_failure>
    - It keeps its place with weight 0 when it fails, so that connections it has go on, rather than being removed.
+ notify_up                   script
    - A command for the moment when it comes up.
+ notify_down                 script
    - A command for the moment when it goes down.
+ smtp_alert                  bool = <smtp_alert_checker><global_defs.smtp_alert>on
    - Whether mail is sent when it comes up or goes down.
+ TCP_CHECK                   block
    - Whether a TCP connection can be made.
+ connect_timeout             sec:0.000001..4294 = <connect_timeout>
    - How many seconds its checks have to connect and be answered.
+ delay_loop                  sec:0.000001.. = <delay_loop>
    - The time between its checks in seconds.
+ retry                       int:1.. = <retry>
    - How many more tries it has after a failed check.
+ delay_before_retry          sec:0.. = <delay_before_retry>
    - The wait in seconds before each of these tries.
+ warmup                      sec:0.. = <warmup>
    - Its first checks are spread at random over this time in seconds.
x lvs_method                  ${FORWARDING} = <lvs_method>
    - How packets reach this server, where that is not as for the others.
    : its packets would be forwarded by the method of the virtual_server
    | give lvs_method in virtual_server, where it counts for all real servers
! uthreshold                  int:0.. = 0 : there is no limit to its connections
    - With more connections than this it gets no new ones. 0 sets no limit.
! lthreshold                  int:0.. = 0 : there is no limit to its connections
    - Once it had too many, it gets new ones again with fewer connections than this. 0 leaves that to IPVS.
! alpha                       bool = <alpha> : it is in service before its first check
    - It counts as down at the start until a check has succeeded.
  virtualhost                 word lenient = <virtualhost>
    - The name of the host that its HTTP_GET and SSL_GET ask for.
  snmp_name                   word lenient
    - What the server is called in the SNMP tables.
! HTTP_GET, SSL_GET           block
    - Fetches pages over HTTP, or HTTPS, and looks at the status, the digest or the text of what comes back.
${UNCHECKED}
! SMTP_CHECK                  block
    - Whether a mail server greets and can be talked to.
${UNCHECKED}
! DNS_CHECK                   block
    - Whether a name server answers a question.
${UNCHECKED}
! MISC_CHECK                  block
    - What a command of your own says by its exit status.
${UNCHECKED}
! PING_CHECK                  block
    - Whether it answers an ICMP echo request.
${UNCHECKED}
! UDP_CHECK                   block
    - Sends a UDP packet, and looks at the answer, or that there is no refusal.
${UNCHECKED}
! BFD_CHECK                   block
    - Whether a bfd_instance is up.
${UNCHECKED}
! FILE_CHECK                  block
    - What the number in a track_file says.
${UNCHECKED}
`
