/** Keywords of vrrp_instance, and of its blocks about authentication and peers. Row format: see ../keyword-row.ts. */

export const VRRP_INSTANCE = `
+ state                       enum:MASTER|BACKUP = BACKUP
+ interface                   word
+ virtual_router_id           int:1..255
+ priority                    int:1..255 = 100
+ advert_int                  sec:0.01..255 = 1
+ version                     enum:2|3
+ authentication              block
+ virtual_ipaddress, virtual_ipaddress_excluded values
+ no_virtual_ipaddress        flag
+ native_ipv6                 flag > -
+ mcast_src_ip                ip
+ mcast_dst_ip                ip
+ preempt, nopreempt          flag
+ preempt_delay               sec:0..1000 = 0
+ vip_lease                   int:2..86400
+ garp_master_delay, garp_lower_prio_delay int:0..4294
+ garp_master_repeat, garp_master_refresh, garp_master_refresh_repeat, garp_lower_prio_repeat int:0..
+ lower_prio_no_advert, higher_prio_send_advert bool
+ notify_master, notify_backup, notify_fault, notify_stop, notify script
+ smtp_alert                  bool
+ debug                       int:0..4
+ unicast_src_ip              ip
x unicast_peer                values
    : adverts would go to the multicast group, unicast peers would not hear them, and both nodes would be master
    | without unicast_peer on all nodes they use multicast; where that is not possible, keep keepalived for now
x unicast_fault_no_peer       flag
    : without peers the instance has to stay in FAULT, and it would run by multicast
    | remove it to run the instance by multicast
x use_vmac, use_ipvlan        word*
    : the addresses would be on the interface itself, with its own hardware address, unlike on the other nodes
    | remove it on all nodes: gratuitous ARP tells the neighbours then
! use_vmac_addr               flag : its addresses have the hardware address of the interface they are on
  vmac_xmit_base              flag
  unicast_ttl                 int:0..255 = 255
  check_unicast_src           flag
  old_unicast_checksum        word?
! vrf                         word : the interface is used as it is
! dont_track_primary          flag : the instance goes to FAULT all the same when its interface goes down
! track_interface             values : these interfaces may go down, and the node stays master
! track_script                values : the script is never run, and whatever it would find, the node stays master
! track_file, track_process   values : it is never looked at, and whatever is in it, the node stays master
! track_bfd                   values : the session may go down, and the node stays master
! track_src_ip                flag : the source address may go away without FAULT
! promote_secondaries         flag : when an address leaves, the kernel may remove others of its subnet with it
  linkbeat_use_polling        flag > linkbeat_interfaces
x v3_checksum_as_v2           bool
    : its adverts would have the checksum of RFC 5798, which other nodes with this setting may drop
    | remove it on all nodes, or use version 2
! virtual_routes              values : these routes are never set
! virtual_rules               values : these rules are never set
  accept                      flag
! no_accept                   flag : packets to the addresses reach this node even when it does not own them
  skip_check_adv_addr         bool
! strict_mode                 bool : nothing is checked against the standard, and packets to the addresses are let in
! notify_deleted              script? : it is never run
! notify_master_rx_lower_pri  script : it is never run
  notify_priority_changes     bool
! lvs_sync_daemon_interface   word > lvs_sync_daemon : connections are not copied, and break when the master changes
! down_timer_adverts          int:1..100 : a backup waits for three intervals and the skew
! timer_expired_backup        int:1..254? : a master that stood still too long goes on as master
! thread_timer_expired        int:1..254? > timer_expired_backup : a master that stood still too long goes on as master
! garp_extra_if               word+ : nothing is announced there
! vmac_garp_intvl             word+ > garp_extra_if : nothing is announced there
  owner_ignore_adverts        bool
  kernel_rx_buf_size          int:0..
x auth_hmac                   block
    : adverts would carry no HMAC, the other nodes would drop them, and both would be master
    | remove it on all nodes, or keep keepalived for now
`

export const AUTHENTICATION = `
+ auth_type                   enum:PASS|AH
x auth_type=AH
    : adverts would carry no AH header, the other nodes would drop them, and both would be master
    | use auth_type PASS on all nodes, or keep keepalived for now
+ auth_pass                   word
`

export const AUTH_HMAC = `
  key                         int:1..255 word
  active_key                  int:1..255
  time_window                 int:1..300
  anti_replay                 enum:time|monotonic = time
  mode                        enum:enforce|permissive|receive-only = enforce
`

export const UNICAST_PEER = `
  (entry)                     ip word*
  min_ttl, max_ttl            int:0..255
`
