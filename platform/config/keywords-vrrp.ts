/** Keywords of vrrp_instance, its blocks, and what instances track. Row format: see keywords.ts. */

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
  use_vmac, use_ipvlan        word*
  use_vmac_addr, vmac_xmit_base flag
  unicast_peer                values
  unicast_src_ip              ip
  unicast_ttl                 int:0..255 = 255
  unicast_fault_no_peer, check_unicast_src flag
  old_unicast_checksum        word?
  vrf                         word
  dont_track_primary          flag
  track_interface, track_script, track_file, track_process, track_bfd values
  track_src_ip                flag
  promote_secondaries         flag
  linkbeat_use_polling        flag > linkbeat_interfaces
  v3_checksum_as_v2           bool
  virtual_routes, virtual_rules values
  accept, no_accept           flag
  skip_check_adv_addr, strict_mode bool
  notify_deleted              script?
  notify_master_rx_lower_pri  script
  notify_priority_changes     bool
  lvs_sync_daemon_interface   word > lvs_sync_daemon
  down_timer_adverts          int:1..100
  timer_expired_backup        int:1..254?
  thread_timer_expired        int:1..254? > timer_expired_backup
  garp_extra_if               word+
  vmac_garp_intvl             word+ > garp_extra_if
  owner_ignore_adverts        bool
  kernel_rx_buf_size          int:0..
  auth_hmac                   block
`

export const AUTHENTICATION = `
+ auth_type                   enum:PASS|AH
+ auth_pass                   word
`

export const AUTH_HMAC = `
  key                         int:1..255 word
  active_key                  int:1..255
  time_window                 int:1..300
  anti_replay                 enum:time|monotonic = time
  mode                        enum:enforce|permissive|receive-only = enforce
`

/** An entry's own options: they follow the entry on its line, and are no statements. */
export const UNICAST_PEER = `
  (entry)                     ip word*
  min_ttl, max_ttl            int:0..255
`

export const TRACKED = `
  (entry)                     word word*
`

export const ADDRESS_ENTRY = `
+ (entry)                     word word*
+ dev                         word
+ scope                       word = global
+ brd, broadcast              word
+ label                       word
  peer                        word
  home, -nodad, mngtmpaddr, noprefixroute, autojoin, no_track, use_vmac flag
  preferred_lft               word
  track_group                 word
`

export const SYNC_GROUP = `
  group                       values
  track_interface, track_script, track_file, track_process, track_bfd values
  notify_master, notify_backup, notify_fault, notify_stop, notify script
  smtp_alert, notify_priority_changes bool
  global_tracking             flag > -
  sync_group_tracking_weight  flag
`

export const VRRP_SCRIPT = `
  script                      script
  interval, timeout           sec:0.001.. = 1
  weight                      int:-253..253 word? = 0
  rise, fall                  int:1.. = 1
  user                        word word?
  init_fail                   flag
`

export const TRACK_PROCESS = `
  process                     word word*
  param_match                 enum:initial|partial?
  weight                      int:-254..254 word? = 0
  quorum                      int:1..65535 = 1
  quorum_max                  int:0..65535
  delay, terminate_delay, fork_delay sec:0.000001..3600
  full_command                flag
`

export const TRACK_FILE = `
  file                        word
  weight                      int:-254..254 word? = 1
  init_file                   word*
`

export const BFD_INSTANCE = `
  source_ip, neighbor_ip, neighbour_ip ip
  min_rx, min_tx              msec:1..4294967 = 10
  idle_tx                     msec:1000..4294967 = 1000
  multiplier                  int:1..255 = 5
  ttl, hoplimit               int:1..255
  passive, vrrp, checker      flag
  max_hops                    int:-1..255 = 0
  multihop                    bool
  weight                      int:-253..253 word? = 0
`

export const GARP_GROUP = `
  garp_interval, gna_interval sec:0..4294
  interface                   word
  interfaces                  values
`

export const TRACK_GROUP = `
  group                       values
`

export const TLS_MATERIAL = `
  password, ca, certificate, key word
`
