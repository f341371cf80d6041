/** global_defs: IPVS. Row format: see ../keyword-row.ts. */

export const LVS = `
! lvs_timeouts                [tcp=int:0..2678400] [tcpfin=int:0..2678400] [udp=int:0..2678400]
    - How long IPVS remembers a silent connection, in seconds: TCP, TCP after FIN, UDP. One of them at least.
    : the kernel's timeouts stay as they are
! lvs_flush                   flag : virtual servers that others have set up stay
    - Removes every virtual server from IPVS at the start, whoever has set it up.
! lvs_flush_on_stop           enum:VS? : virtual servers that others have set up stay
    - Empties IPVS at the stop in one step; with VS only virtual servers of its own, with their real servers.
! lvs_flush_onstop            enum:VS? > lvs_flush_on_stop : virtual servers that others have set up stay
    - Empties IPVS at the stop in one step.
! lvs_sync_daemon             interface=word instance=word? [inst=word] [id=int:0..255] [maxlen=int:1..65507] lenient
      [port=int:1..65535] [ttl=int:1..255] [group=ip] first
    - Copies IPVS connections between the nodes over an interface: to others while the instance is MASTER, from them
      otherwise; both ways without an instance. Port 8848 and group 224.0.0.81 where nothing else is said.
    : connections are not copied, and break when the master changes
  checker_log_all_failures    bool = off
    - Logs every check that fails, not only those that change the state of a server.
  nftables_ipvs               word? first
    - Lets nftables mark the packets of each virtual_server_group, in a table of this name; \`keepalived_ipvs\` without.
  nftables_ipvs_priority      int:-2147483648..2147483647 = -1
    - Priority of the hook of that table.
  nftables_ipvs_start_fwmark  int:1..4294967295 = 1000
    - The first mark that is used for it; each further group takes the next.
`
