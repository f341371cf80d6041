/** Keywords of global_defs. Row format: see ../keyword-row.ts. */

export const GLOBAL_DEFS = `
+ router_id                   word?
+ site                        word
+ vip_lease                   int:2..86400
+ notification_email_from     word
+ notification_email          values
+ smtp_server                 word int:1..65535? = 25
+ smtp_helo_name              word
+ smtp_connect_timeout        int:0..4294 = 30
+ smtp_alert, smtp_alert_vrrp, smtp_alert_checker bool
+ script_user                 word word?
+ vrrp_version                enum:2|3 = 2
+ vrrp_mcast_group4           ip4 = 224.0.0.18
+ vrrp_mcast_group6           ip6 = ff02::12
+ vrrp_garp_master_delay      int:0..4294 = 5
+ vrrp_garp_master_repeat     int:0.. = 5
+ vrrp_garp_master_refresh    int:0.. = 0
+ vrrp_garp_master_refresh_repeat int:0.. = 1
+ vrrp_garp_lower_prio_delay  int:0..4294
+ vrrp_garp_lower_prio_repeat int:0..
+ vrrp_min_garp               bool
+ vrrp_lower_prio_no_advert, vrrp_higher_prio_send_advert bool
+ include_check               word*
! vrrp_down_timer_adverts     int:1..100 = 3 : a backup waits for three intervals and the skew
! vrrp_garp_interval, vrrp_gna_interval sec:0.000001..4294 : announcements leave without a pause between them
! vrrp_garp_extra_if          word+ : nothing is announced there
! vrrp_vmac_garp_intvl        word+ > vrrp_garp_extra_if : nothing is announced there
  vrrp_check_unicast_src, vrrp_no_swap flag
! vrrp_strict                 bool : nothing is checked against the standard, and packets to the addresses are let in
  vrrp_skip_check_adv_addr, vrrp_notify_priority_changes, vrrp_owner_ignore_adverts bool
  vrrp_priority               int:-20..19 = 0
  vrrp_rt_priority            int:1..99
  vrrp_cpu_affinity           word+
  vrrp_rlimit_rttime          int:1.. = 10000
  vrrp_rlimit_rtime           int:1.. > vrrp_rlimit_rttime
  vrrp_iptables, vrrp_ipsets  word*
! vrrp_startup_delay, vrrp_delay_after_boot sec:0.001..4294 : instances take part at once
  vrrp_rx_bufs_policy         word
  vrrp_rx_bufs_multiplier     int:1.. = 3
  vrrp_netlink_cmd_rcv_bufs, vrrp_netlink_monitor_rcv_bufs, process_monitor_rcv_bufs int:0..
  vrrp_netlink_cmd_rcv_bufs_force, vrrp_netlink_monitor_rcv_bufs_force, process_monitor_rcv_bufs_force bool
  lvs_netlink_cmd_rcv_bufs, lvs_netlink_monitor_rcv_bufs int:0..
  lvs_netlink_cmd_rcv_bufs_force, lvs_netlink_monitor_rcv_bufs_force bool
  process_names, no_email_faults, disable_local_igmp, log_unknown_vrids flag
x v3_checksum_as_v2           flag
    : adverts would have the checksum of RFC 5798, which other nodes with this setting may drop
    | remove it on all nodes, or use version 2
  process_name, vrrp_process_name, checker_process_name, bfd_process_name word
  lvs_process_name            word > checker_process_name
  use_symlink_paths, set_supplementary_groups, checker_log_all_failures bool
! startup_script, shutdown_script script : it is never run
  startup_script_timeout, shutdown_script_timeout int:1..1000 = 10
  max_auto_priority           int:-1..99? = 0
  min_auto_priority_delay     int:1..10000000 = 1000000
  dynamic_interfaces          word?
  default_interface           word = eth0
! lvs_timeouts                word+ : the kernel's timeouts stay as they are
! lvs_flush                   flag : virtual servers that others have set up stay
! lvs_flush_on_stop           word? : virtual servers that others have set up stay
! lvs_flush_onstop            word? > lvs_flush_on_stop : virtual servers that others have set up stay
! lvs_sync_daemon             word+ : connections are not copied, and break when the master changes
  nftables, nftables_ipvs     word?
  nftables_priority, nftables_ipvs_priority int:-2147483648..2147483647 = -1
  nftables_ifindex, nftables_counters flag
  nftables_ipvs_start_fwmark  int:1..4294967295 = 1000
! notify_fifo, vrrp_notify_fifo, lvs_notify_fifo word word? word? : nothing is written to it
! notify_fifo_script, vrrp_notify_fifo_script, lvs_notify_fifo_script script : it is never run
  fifo_write_vrrp_states_on_reload flag
  checker_priority, bfd_priority int:-20..19 = 0
  checker_no_swap, bfd_no_swap flag
  checker_rt_priority, bfd_rt_priority int:1..99
  checker_cpu_affinity, bfd_cpu_affinity word+
  checker_rlimit_rttime, bfd_rlimit_rttime int:1.. = 10000
  checker_rlimit_rtime        int:1.. > checker_rlimit_rttime
  bfd_rlimit_rtime            int:1.. > bfd_rlimit_rttime
  snmp_socket                 word
  enable_traps, enable_snmp_vrrp, enable_snmp_rfc, enable_snmp_rfcv2, enable_snmp_rfcv3, enable_snmp_checker flag
  enable_snmp_keepalived      flag > enable_snmp_vrrp
  snmp_vs_stats_update_interval, snmp_rs_stats_update_interval sec:0.001..30 = 5
  enable_dbus                 flag
  dbus_service_name, dbus_no_interface_name word
+ enable_script_security      flag
! rs_init_notifies            bool : servers that are up at the start are not told of
  no_checker_emails           bool
  vmac_prefix, vmac_addr_prefix word
  umask                       word+
  random_seed                 int:0..4294967295
  reload_check_config         word?
! reload_file                 word? : it is never made, so that whoever waits for it waits in vain
! reload_time_file            word : no time is read from it
  reload_repeat               flag
  config_save_dir, tmp_config_directory word
  data_use_instance           bool
  json_version                enum:1|2 = 1
  iproute_usr_dir, iproute_etc_dir word
  state_dump_file, stats_dump_file, json_dump_file word
`
