/**
 * Keywords of vrrp_instance: how adverts and announcements travel, and who believes them; with their blocks.
 * Row format: see ../keyword-row.ts.
 */

export const ADVERTS = `
+ mcast_src_ip                ip
    - Source address of adverts to the multicast group. Without it: the interface's first address.
+ mcast_dst_ip                ip
    - Multicast group of this instance, the same on all nodes. Without it: vrrp_mcast_group4 or vrrp_mcast_group6.
+ unicast_src_ip              ip
    - Source address of adverts to the peers. Without it: the interface's first address.
+ unicast_peer                values
    - Addresses of the other nodes, which get the adverts instead of the multicast group. One a line.
+ unicast_fault_no_peer       flag
    - Stays in FAULT when it is to use unicast and has no peer, instead of using multicast.
+ unicast_ttl                 int:0..255 = 255
    - TTL or hop limit of adverts to the peers. keepalived without it: 64 for IPv6.
+ check_unicast_src           flag
    - Drops adverts from addresses that are not among the peers. Without it: as vrrp_check_unicast_src says.
+ old_unicast_checksum        enum:never?
    - Version 3 adverts to peers have the checksum of keepalived before 1.3.7, which is taken from them, too. Without the
      word, and with never, it is not.
+ v3_checksum_as_v2           bool = <v3_checksum_as_v2> since:2.2.8
    - Version 3 adverts over IPv4 get a checksum without the pseudo header, as RFC 9568 has it. Both forms are taken in
      any case.
+ authentication              block
    - A simple password in version 2 adverts. It guards against mistakes, not attackers: everybody on the network can
      read it.
+ auth_hmac                   block since:2.4
    - Signs adverts of both versions with a shared key, and refuses recorded ones. Excludes authentication.
+ lower_prio_no_advert        bool = <vrrp_lower_prio_no_advert>
    - A MASTER that hears a lower priority does not answer with an advert at once.
+ higher_prio_send_advert     bool = <vrrp_higher_prio_send_advert>
    - A MASTER that hears a higher priority sends a last advert before it becomes BACKUP.
+ owner_ignore_adverts        bool = <vrrp_owner_ignore_adverts> since:2.3.3
    - With priority 255 a MASTER does not listen to adverts, as the RFC has it; two such nodes both stay MASTER.
+ skip_check_adv_addr         bool = <vrrp_skip_check_adv_addr>
    - Does not compare the addresses in an advert when it comes from the same master as the one before.
`

export const DEVICES = `
+ use_vmac                    [name=word<=15] name=word<=15? mac=mac? [netlink_notify_msg] [group=word]
    - Puts adverts and addresses on a macvlan of its own with the virtual router's hardware address. Name and address
      can be chosen; five octets get the virtual_router_id as the sixth. Without a name: vrrp. and that number. It is
      switched on while this node is MASTER only.
+ use_ipvlan                  [name=word<=15] name=word<=15? address=net? mode=enum:bridge|private|vepa? [group=word]
    - Puts adverts and addresses on an ipvlan of its own on the interface. An IPv4 instance needs an address for it.
+ use_vmac_addr               flag
    - Makes a macvlan for addresses on other interfaces, or of the other family, as well. Goes with use_vmac.
+ vmac_xmit_base              flag
    - Adverts leave and arrive by the interface below the macvlan. Unicast peers with use_vmac need it.
! vrf                         word<=15 : the interface is used as it is
    - The VRF that a unicast instance without an interface works in.
`

export const ANNOUNCEMENTS = `
+ garp_master_delay           int:0..4294 = <vrrp_garp_master_delay>
    - Seconds from becoming MASTER to the second burst of announcements; 0 leaves it out.
+ garp_master_repeat          int:0.. = <vrrp_garp_master_repeat>
    - How often each address is announced in a burst after becoming MASTER; 0 counts as 1.
+ garp_master_refresh         int:0.. = <vrrp_garp_master_refresh>
    - A MASTER announces its addresses again each so many seconds; 0: never.
+ garp_master_refresh_repeat  int:0.. = <vrrp_garp_master_refresh_repeat>
    - How often each address is announced at such a refresh; 0 counts as 1.
+ garp_lower_prio_delay       int:0..4294 = <vrrp_garp_lower_prio_delay>
    - Seconds to the second burst of announcements after a MASTER heard one of lower priority.
+ garp_lower_prio_repeat      int:0.. = <vrrp_garp_lower_prio_repeat>
    - How often each address is announced when a MASTER hears one of lower priority; 0: not at all.
+ garp_extra_if               which=enum:all? interval=int:0..86400 = <vrrp_garp_extra_if>
    - Announces addresses on interfaces other than the instance's own each so many seconds: VMACs only, or \`all\`.
      0: never.
+ vmac_garp_intvl             which=enum:all? interval=int:0..86400 > garp_extra_if @garp_extra_if
    - Announces addresses on interfaces other than the instance's own each so many seconds.
`

export const AUTHENTICATION = `
+ auth_type                   enum:PASS|AH required
    - PASS puts the password into each advert; AH signs adverts with it by IPsec.
x auth_type=AH
    - Signs adverts by an IPsec authentication header.
    : adverts would carry no AH header, the other nodes would drop them, and both would be master
    | use auth_hmac, or auth_type PASS, on all nodes
+ auth_pass                   word secret required
    - The password, the same on all nodes. Only its first 8 characters count.
`

export const AUTH_HMAC = `
+ key                         id=int:1..255 key=word each required secret
    - A shared key of 32 to 64 bytes and its number: as text, as hex: and digits, or as file: and the path of a file with
      either in it. All keys are good for receiving, so that a new one can be spread first.
+ active_key                  int:1..255 required
    - Number of the key that adverts are signed with.
+ time_window                 int:1..300
    - How far clocks of nodes may be apart, in seconds, when anti_replay is time. Without it: three advert intervals, at
      least 5.
+ anti_replay                 enum:time|monotonic = time
    - What tells a recorded advert from a new one: the time in it, or a counter that only grows.
+ mode                        enum:enforce|permissive|receive-only = enforce
    - What happens without a signature: enforce drops the advert, permissive takes it; receive-only checks, and
      signs none itself.
`

export const UNICAST_PEER = `
+ (entry)                     address=ip
    - Address of a node that the adverts go to, and come from.
+ min_ttl                     int:0..255 = 0
    - Adverts of this peer with a lower TTL are dropped; so are adverts from addresses that are no peers.
+ max_ttl                     int:0..255 = 255
    - Adverts of this peer with a higher TTL are dropped; so are adverts from addresses that are no peers.
`

export const GARP_GROUP = `
+ garp_interval               sec:0..4294
    - Least pause between two gratuitous ARP messages on all interfaces of the group together, in seconds.
+ gna_interval                sec:0..4294
    - Least pause between two neighbour advertisements on all interfaces of the group together, in seconds.
+ interface                   word<=15 first
    - The interface that this is for. Not together with interfaces.
+ interfaces                  values
    - Interfaces that share these pauses, such as all on one switch. One a line.
`
