/**
 * Words of route and rule entries, which follow iproute2. They are known by name only for now: routes and rules are
 * not in force yet, so their lines are not taken apart. Row format: see keywords.ts.
 */

export const ROUTE_ENTRY = `
  (entry), (type)             word word*
  inet, inet6, to, default, src, via, from, tos, dsfield, table, protocol, scope word
  gw                          word > via
  or                          word > nexthop
  metric, priority, preference, dev, oif, encap, expires, mtu, hoplimit, advmss word
  rtt, rttvar, reordering, window, cwnd, ssthresh, realms, rto_min, initcwnd, initrwnd word
  features, quickack, congctl, pref, ttl-propagate, fastopen_no_cookie, nexthop, vrf word
  onlink, add, prepend, append, no_track flag
  track_group                 word
`

export const RULE_ENTRY = `
  (entry)                     word word*
  inet, inet6, not, l3mdev, nop, blackhole, unreachable, prohibit, no_track flag
  from, to, table, lookup, preference, order, priority, tos, dsfield, fwmark, realms word
  suppress_prefixlength, sup_pl, suppress_ifgroup, sup_group, dev, iif, oif, tunnel-id word
  uidrange, protocol, ipproto, sport, dport, goto word
  track_group                 word
`
