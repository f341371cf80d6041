/** Lines of virtual_routes and static_routes, in the words of iproute2. Row format: see ../keyword-row.ts. */

export const ROUTE_ENTRY = `
  (entry), (type)             word word*
  inet, inet6, to, default, src, from, tos, dsfield, table, protocol, scope word
  gw                          word > via
  or                          word > nexthop
  metric, priority, preference, dev, oif, encap, expires, mtu, hoplimit, advmss word
  rtt, rttvar, reordering, window, cwnd, ssthresh, realms, rto_min, initcwnd, initrwnd word
  features, quickack, congctl, pref, ttl-propagate, fastopen_no_cookie, vrf word
  via                         family=enum:inet|inet6? address=ip
  onlink, nexthop, add, prepend, append, no_track flag
  track_group                 word
`
