/** global_defs: SNMP and D-Bus. Row format: see ../keyword-row.ts. */

export const MONITORING = `
  snmp_socket                 word = unix:/var/agentx/master first lenient
    - Where the SNMP master agent listens (AgentX), such as udp:192.0.2.1:705.
  enable_traps                flag
    - Sends SNMP notifications of changes of state.
  enable_snmp_vrrp            flag
    - Answers SNMP for instances, in KEEPALIVED-MIB.
  enable_snmp_keepalived      flag > enable_snmp_vrrp
    - Answers SNMP for instances, in KEEPALIVED-MIB.
  enable_snmp_checker         flag
    - Answers SNMP for virtual and real servers, in KEEPALIVED-MIB.
  enable_snmp_rfc             flag
    - Answers SNMP for instances, in both standard MIBs (RFC 2787 and RFC 6527).
  enable_snmp_rfcv2           flag
    - Answers SNMP for instances of version 2, in VRRP-MIB (RFC 2787).
  enable_snmp_rfcv3           flag
    - Answers SNMP for instances of version 3, in VRRPV3-MIB (RFC 6527).
  snmp_vs_stats_update_interval sec:0.001..30 = 5 since:2.3
    - How old the counters of virtual servers may be in an answer, in seconds.
  snmp_rs_stats_update_interval sec:0.001..30 = <snmp_vs_stats_update_interval> since:2.3
    - How old the counters of real servers may be in an answer, in seconds.
  enable_dbus                 flag
    - Offers the instances on the system D-Bus.
  dbus_service_name           word = org.keepalived.Vrrp1 lenient
    - Name on the D-Bus. Several daemons on one machine need different ones.
  dbus_no_interface_name      word = none since:2.3
    - What stands for the interface in the D-Bus path of an instance that has none.
`
