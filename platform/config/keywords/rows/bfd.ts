/** Keywords of bfd_instance (RFC 5880). Row format: see ../keyword-row.ts. */

export const BFD_INSTANCE = `
+ neighbor_ip, neighbour_ip   ip required @neighbor_ip lenient
    - Address of the neighbour that the session is with.
+ source_ip                   ip
    - Own address of the session, of the same family. Without it the kernel chooses.
+ min_rx                      msec:1..4294967 = 10
    - Least pause between packets that this side can take, in milliseconds.
+ min_tx                      msec:1..4294967 = 10
    - Least pause between packets that this side wants to send, in milliseconds. The slower of both sides counts.
+ idle_tx                     msec:1000..4294967 = 1000
    - Pause between packets while the session is not up, in milliseconds.
+ multiplier                  int:1..255 = 5
    - How many packets in a row may be missing before the session is down.
+ passive                     flag
    - Waits for the neighbour to begin.
+ ttl, hoplimit               int:1..255 @ttl
    - TTL or hop limit of packets sent. Without it: 255 for IPv4, 64 for IPv6.
+ max_hops                    int:-1..255 = 0
    - How far below the own ttl that of received packets may be; 255 takes all.
+ multihop                    bool = off since:2.2.8
    - The neighbour is behind routers: uses port 4784 instead of 3784 (RFC 5883). max_hops has to allow for them.
+ weight                      value=int:-253..253 [reverse] = 0
    - Above 0: added to the priority of who tracks it while it is up. Below: subtracted while it is down. 0: FAULT while
      it is down. reverse swaps up and down.
+ vrrp                        flag
    - For instances only. Without this and checker: for both.
+ checker                     flag
    - For real servers only. Without this and vrrp: for both.
`
