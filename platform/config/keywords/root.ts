/** What may stand outside all blocks. Row format: see ../keyword-row.ts. */

export const ROOT = `
+ global_defs                 block
+ vrrp_instance               word block
+ virtual_server              word word? word? block
! virtual_server=fwmark, virtual_server=group : the service is left out: nobody gets an answer there
+ site                        word
! event_bus                   block : failoverd's own server is used
! alert_sink                  word block : nothing is sent to it
  instance                    word
x net_namespace               word
    : everything would happen in the network namespace that failoverd is started in
    | remove it, and start failoverd in the namespace: ip netns exec NAME failoverd ...
x net_namespace_ipvs          word?
    : the virtual servers would be set up in the network namespace that failoverd is started in
    | remove it, and start a failoverd -C of its own in that namespace
  namespace_with_ipsets, use_pid_dir, linkbeat_use_polling flag
  child_wait_time             int:0.. = 5
! vrrp_sync_group             word block : each member changes its state alone, so that they may end on different nodes
! track_group                 word block : its instances do not follow the addresses, routes and rules that name it
  vrrp_script, vrrp_track_process, track_file word block
  vrrp_track_file             word block > track_file
! bfd_instance                word block : there is no session, which the neighbour may take for a failure
! virtual_server_group        word values : the services that name it are left out
! static_ipaddress            values : these addresses are never set
! static_routes               values : these routes are never set
! static_rules                values : these rules are never set
! interface_up_down_delays    values : an interface that goes down or up counts at once
! garp_group                  block : announcements leave without a pause between them
  linkbeat_interfaces         values
  SSL                         block
+ include, includer, includem, includew, includeb, includea word
`
