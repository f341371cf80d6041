/** global_defs: VRRP, its announcements, its packet filter and its interfaces. Row format: see ../keyword-row.ts. */
import { FAST_DETECTION, FLAP_DAMPING, VIP_LEASE, VIP_PROBE } from './own.ts'

export const VRRP = `
${VIP_LEASE}
${VIP_PROBE}
${FAST_DETECTION}
${FLAP_DAMPING}
+ vrrp_version                enum:2|3 = 2
    - Protocol version of instances that do not say. One with IPv6 addresses always speaks version 3.
+ vrrp_mcast_group4           ip4 = 224.0.0.18
    - IPv4 multicast group that adverts go to. All nodes of a virtual router need the same.
+ vrrp_mcast_group6           ip6 = ff02::12
    - IPv6 multicast group that adverts go to. All nodes of a virtual router need the same.
+ vrrp_garp_master_delay      int:0..4294 = 5
    - Seconds from becoming MASTER to the second burst of announcements; 0 leaves it out.
+ vrrp_garp_master_repeat     int:0.. = 5
    - How often each address is announced in a burst after becoming MASTER; 0 counts as 1.
+ vrrp_garp_master_refresh    int:0.. = 0
    - A MASTER announces its addresses again each so many seconds; 0: never.
+ vrrp_garp_master_refresh_repeat int:0.. = 1
    - How often each address is announced at such a refresh; 0 counts as 1.
+ vrrp_garp_lower_prio_delay  int:0..4294 = <vrrp_garp_master_delay>
    - Seconds to the second burst of announcements after a MASTER heard one of lower priority.
+ vrrp_garp_lower_prio_repeat int:0.. = <vrrp_garp_master_repeat>
    - How often each address is announced when a MASTER hears one of lower priority; 0: not at all.
+ vrrp_min_garp               bool = off
    - One announcement, no second burst and no refresh, for all of these that are not set to something else.
+ vrrp_lower_prio_no_advert   bool = off
    - A MASTER that hears a lower priority does not answer with an advert at once.
+ vrrp_higher_prio_send_advert bool = off
    - A MASTER that hears a higher priority sends a last advert before it becomes BACKUP.
+ vrrp_down_timer_adverts     int:1..100 = 3
    - How many advert intervals, and the skew, a BACKUP waits for an advert before it becomes MASTER.
+ vrrp_garp_interval          sec:0.000001..4294
    - Least pause between two gratuitous ARP messages on one interface, in seconds.
+ vrrp_gna_interval           sec:0.000001..4294
    - Least pause between two unsolicited neighbour advertisements on one interface, in seconds.
+ vrrp_garp_extra_if          which=enum:all? interval=int:1..86400 lenient
    - Announces addresses on interfaces other than the instance's own each so many seconds: VMACs only, or \`all\`.
+ vrrp_vmac_garp_intvl        which=enum:all? interval=int:1..86400 > vrrp_garp_extra_if lenient
    - Announces addresses on interfaces other than the instance's own each so many seconds.
+ vrrp_check_unicast_src      flag
    - Drops unicast adverts from addresses that are not among the peers of the instance.
+ vrrp_skip_check_adv_addr    bool = off
    - Does not compare the addresses in an advert when it comes from the same master as the one before.
+ vrrp_strict                 bool = off
    - Leaves out what the RFC does not have (passwords, extensions) and drops packets to addresses not owned.
+ v3_checksum_as_v2           flag since:2.2.8
    - Version 3 adverts over IPv4 get a checksum without the pseudo header, as RFC 9568 has it. Both forms are taken in
      any case.
+ vrrp_owner_ignore_adverts   bool = off since:2.3.3
    - An instance of priority 255 does not listen to adverts, as the RFC has it; two of them both stay MASTER.
+ vrrp_startup_delay          sec:0.001..4294
    - Seconds after the start, not after a reload, before any instance may become MASTER.
+ vrrp_delay_after_boot       sec:0.001..4294 since:2.4
    - Seconds that the machine has to be up before any instance may become MASTER; the longer of the two delays counts.
  log_unknown_vrids           flag
    - Logs adverts of virtual routers that are not configured on the interface they came in by.
+ dynamic_interfaces          enum:allow_if_changes?
    - Interfaces may be missing at the start, and come back; with allow_if_changes as another type or on another parent.
      failoverd always allows both.
+ default_interface           word = eth0 lenient
    - Interface of static addresses and routes that name none.
  disable_local_igmp          flag
    - Stops the kernel from reporting membership in link-local groups (224.0.0.0/24) by IGMP. Not changed at a reload.
+ vmac_prefix                 word = vrrp first
    - First part of the names of VMAC interfaces; the virtual router's number follows.
+ vmac_addr_prefix            word = <vmac_prefix> first
    - First part of the names of VMAC interfaces that are made for single addresses.
  nftables                    word? first
    - Filters with nftables for no_accept and VMACs, in a table of this name; \`keepalived\` where it is left out.
  nftables_priority           int:-2147483648..2147483647 = -1
    - Priority of the hooks of that table.
  nftables_ifindex            flag
    - Knows interfaces in that table by number instead of name. Needed for nft before 0.8.3.
  nftables_counters           flag
    - Counts packets at the rules of that table.
  vrrp_iptables               inbound=word? outbound=word? first
    - Filters with iptables for no_accept and VMACs, in these chains, which have to exist; INPUT and OUTPUT without names.
  vrrp_ipsets                 ipv4=word? ipv6=word? ipv6_interfaces=word? igmp=word? mld=word? nd=word? first
    - Names of the ipsets that go with vrrp_iptables; without any name no ipset is used.
`
