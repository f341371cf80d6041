/** Lines of virtual_rules and static_rules, in the words of iproute2. Row format: see ../keyword-row.ts. */

export const RULE_ENTRY = `
  (entry)                     word word*
  inet, inet6, not, l3mdev, nop, blackhole, unreachable, prohibit, no_track flag
  from, to, table, lookup, preference, order, priority, tos, dsfield, fwmark, realms word
  suppress_prefixlength, sup_pl, suppress_ifgroup, sup_group, dev, iif, oif, tunnel-id word
  uidrange, protocol, ipproto, sport, dport, goto word
  track_group                 word
`
