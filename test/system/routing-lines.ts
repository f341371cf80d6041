/** Routes and rules with every option, for keepalived and for us. */
import { VIP } from './ipvs-director.ts'

export const ROUTES = `
    192.168.1.0/24 via 192.0.2.9 dev eth0 src ${VIP} metric 5 table 100
    src ${VIP} to 192.168.2.0/24 via 192.0.2.9
    192.168.3.0/24 via 198.51.100.9 mtu lock 1400 advmss 1300 rtt 300ms rttvar 250ms rto_min 300ms window 5000
    192.168.3.0/25 via 198.51.100.9 cwnd lock 10 ssthresh 20 initcwnd 11 initrwnd 12 quickack 1 congctl lock cubic
    192.168.3.0/26 via 198.51.100.9 features ecn hoplimit 33 reordering 5 fastopen_no_cookie 1 tos 0x10 scope global
    192.168.4.0/24 nexthop via 192.0.2.9 dev eth0 weight 3 nexthop via 198.51.100.9 weight 5 onlink dev eth1
    192.168.5.0/24 via 192.0.2.9 or 198.51.100.9
    unreachable 192.168.6.0/24
    prohibit 192.168.7.0/24
    throw 192.168.8.0/24 table 100
    blackhole 192.168.9.0/24 metric 7
    192.168.10.0/24 dev eth1 scope link
    192.168.11.0/24 via 172.16.0.1 dev eth0 onlink
    192.168.12.0/24 via 192.0.2.9 realms 3/4
    192.168.13.0/24 via 192.0.2.9 protocol static no_track
    192.168.14.0/24 via 192.0.2.9 ttl-propagate enabled
    192.168.15.0/24 dev eth1 append
    192.168.15.0/24 dev eth0 prepend
    192.168.16.0/24 dev eth1 add
    192.168.17.0/24 via 192.0.2.9 encap ip id 7 dst 203.0.113.7 src ${VIP} tos 0x10 ttl 30
    multicast 224.5.0.0/16 dev eth1
    2001:db8:9::/48 via 2001:db8::9 dev eth0 pref high expires 100 mtu 1300
    2001:db8:a::/48 nexthop via 2001:db8::9 weight 2 nexthop via 2001:db8:1::9 weight 4
    blackhole 2001:db8:b::/48
    2001:db8:c::/48 dev eth0 metric 77
    2001:db8:d::/48 from 2001:db8:77::/48 via 2001:db8::9
    default via 192.0.2.9 metric 500
    default6 via 2001:db8::9`
export const RULES = `
    from 10.20.0.0/16 table 100
    to 10.21.0.0/16 lookup 101 preference 900
    fwmark 0x10/0xff table 102 priority 901 not
    iif eth0 oif eth1 table 103 tos 0x10 order 902
    from 10.22.0.0/16 goto 2000 priority 1000
    nop priority 2000
    from 10.23.0.0/16 blackhole
    from 10.24.0.0/16 prohibit
    from 10.25.0.0/16 unreachable
    from 2001:db8:f::/48 table 104
    ipproto tcp sport 80-90 dport 443-443 table 105
    uidrange 100-200 table 106
    table main suppress_prefixlength 0 priority 31000
    table 107 suppress_ifgroup 3
    from 10.26.0.0/16 table 100 realms 3/5
    l3mdev priority 3000
    tunnel-id 99 table 300
    protocol 4 from 10.27.0.0/16 table 5 no_track priority 13`
const STATICS = `
static_ipaddress {
    203.0.113.77/32 dev eth1
}
static_routes {
    10.77.0.0/16 via 198.51.100.7 dev eth1
    unreachable 10.78.0.0/16
}
static_rules {
    from 10.55.0.0/16 table 77
}`
/** What keepalived 2.2.7 refuses although the kernel would take it. */
export const OURS_ROUTES = `
    192.168.20.0/24 via inet6 2001:db8::9 dev eth0
    local 192.168.21.0/24 dev eth1 table 200
    192.168.22.77/24 dev eth1
    2001:db8:e::/48 via 2001:db8::9 encap ip6 id 7 dst 2001:db8::77 hoplimit 30 tc 4
    192.168.23.0/24 nexthop via 192.0.2.9 dev eth0 nexthop via 203.0.113.9 dev eth2
    inet6 default dev eth1 metric 9`
export const OURS_RULES = `
    dport 443 ipproto udp table 105 priority 50
    inet6 iif lo table 109 priority 51`

export function configuration(routes: string, rules: string, interval: number): string {
  return `${STATICS}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 255
  version 3
  advert_int ${interval}
  virtual_ipaddress {
    ${VIP}/32
  }
  virtual_routes {${routes}
  }
  virtual_rules {${rules}
  }
}
`
}
