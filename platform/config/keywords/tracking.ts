/** What instances track, how they are grouped, and what else concerns several of them. Row format: see ../keyword-row.ts. */

export const TRACKED = `
  (entry)                     word word*
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
