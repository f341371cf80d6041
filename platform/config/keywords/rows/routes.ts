/** Lines of virtual_routes and static_routes, in the words of iproute2. Row format: see ../keyword-row.ts. */

const TYPES = 'unicast|local|broadcast|multicast|throw|unreachable|prohibit|blackhole|nat'

/** Where packets leave: what routes and their nexthops have in common. */
const OUTPUT = `
+ via                         family=enum:inet|inet6? address=ip
    - The gateway. It may be of the other address family, which is then named in front of it.
+ onlink                      flag
    - Takes the gateway as reachable on the interface, although no route says so.
+ encap                       type=enum:ip|ip6|mpls|ila target=word? [id=num] [dst=ip] [src=ip] [tos=named:0..255]
      [dsfield=named:0..255] [tc=named:0..255] [ttl=int:0..255] [hoplimit=int:0..255] [flags=num:0..65535]
    - Sends packets in a tunnel: mpls with its labels (100/200) behind it, ila with its locator, ip and ip6 with dst or
      id, and src, tos, ttl (hoplimit for ip6) and flags where they are not to be copied from the packet.
+ realms                      realms
    - Realms for accounting and filters, as TO or FROM/TO: numbers up to 255, or names of rt_realms.
`

export const ROUTE = `
+ (entry), to                 type=enum:${TYPES}? destination=prefix @(entry) unordered lenient
    - Where the route leads: an address, a subnet with its prefix length, or default. A type in front of it, such as
      blackhole, replaces unicast. All options may also stand in front.
+ inet, inet6                 flag
    - The family of a route whose addresses do not tell it, such as default; without it that is IPv4.
+ dev, oif                    word @dev
    - The interface packets leave by.
${OUTPUT}
+ gw                          ip > via
    - The gateway.
+ or                          ip > nexthop
    - A second gateway, used in turn with the first.
+ nexthop                     parts each
    - One of several ways, each with options of its own: via, dev, weight, onlink, encap, realms. They stand at the end
      of the line.
+ src                         ip
    - The address that connections of the node itself start from when they use this route.
+ from                        net6
    - Only packets from this subnet use the route. IPv6 only.
+ table                       named:0.. = main
    - The routing table, by number or by its name in rt_tables. Another table needs rules that lead to it.
+ metric, priority, preference int:0.. @metric
    - Which of several routes to one destination is used: the one with the lowest number. Without it 0, IPv6 1024.
+ tos, dsfield                named:0..255 = 0 @tos
    - Only packets with this type of service use the route, by number or by name.
+ protocol                    named:0..255 = keepalived
    - Whom the route is marked to come from, by number or by its name in rt_protos. Anything but keepalived (18) needs
      no_track.
+ scope                       named:0..255
    - How far away the destination is: global, site, link, host, nowhere, or a number. Without it global, for local host.
+ mtu                         [lock] value=int:0..
    - The largest packet in bytes on this route; with lock no attempt is made to find out about a smaller one.
+ advmss                      [lock] value=int:0..
    - The largest TCP segment in bytes that is announced to the other side.
+ hoplimit                    int:0..255
    - The hop limit, or TTL, of packets on this route.
+ expires                     int:0..
    - After how many seconds the kernel removes the route. IPv6 only.
+ rtt, rttvar                 [lock] value=time
    - A first guess of the round trip time, or of how much it varies: with ms or s behind, or in units of the kernel.
+ rto_min                     [lock] value=time
    - The shortest time before TCP sends a segment again: with ms or s behind, or in milliseconds.
+ reordering                  [lock] value=int:0..
    - By how many places packets may be out of order before TCP takes one as lost.
+ window                      [lock] value=int:0..
    - The largest window in bytes that TCP offers the other side.
+ cwnd                        [lock] value=int:0..
    - The most segments that TCP may have on the way; only with lock.
+ ssthresh                    [lock] value=int:0..
    - The window, in segments, at which TCP goes from slow start to careful growth.
+ initcwnd, initrwnd          int:0..
    - With how many segments TCP begins a connection: that it sends, or that it offers to receive.
+ quickack                    int:0..1
    - 1 acknowledges every segment at once, 0 waits for more where it can.
+ congctl                     [lock] name=word
    - The algorithm for congestion control of TCP; with lock programs cannot choose another.
+ features                    enum:ecn
    - ecn asks for explicit congestion notification on connections that use the route.
+ fastopen_no_cookie          int:0..1
    - 1 lets TCP Fast Open work without a cookie on this route.
+ pref                        enum:low|medium|high = medium
    - The preference among default routers, as in RFC 4191. IPv6 only.
+ ttl-propagate               enum:enabled|disabled
    - Whether the TTL is carried over into MPLS labels.
! vrf                         word : the route goes to the table main
    - The VRF interface whose table the route goes to.
+ add, prepend, append        flag
    - Where the route goes among equal ones: prepend, without saying so, is in front of them, append behind them; add
      fails where there is one.
+ no_track                    flag
    - Nothing happens when somebody else removes the route; it comes back when the instance is master the next time.
`

export const NEXTHOP = `
${OUTPUT}
+ dev                         word
    - The interface packets leave by.
+ weight                      int:1..256 = 1
    - The share of this way: with 2 it gets twice as many flows as one with 1.
`

export const STATIC_ROUTE = `${ROUTE}
+ track_group                 word
    - A track_group whose instances go to FAULT when the interface of this route goes down.
`
