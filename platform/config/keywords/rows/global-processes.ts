/** global_defs: the processes of keepalived, their scheduling and their buffers. Row format: see ../keyword-row.ts. */

export const PROCESSES = `
  process_names               flag
    - Names the processes keepalived_vrrp, keepalived_ipvs and keepalived_bfd instead of one name for all.
  process_name                word<=15 = keepalived
    - Name of the parent process in ps(1).
  vrrp_process_name           word<=15
    - Name of the VRRP process in ps(1).
  checker_process_name        word<=15
    - Name of the health checker's process in ps(1).
  lvs_process_name            word<=15 > checker_process_name
    - Name of the health checker's process in ps(1).
  bfd_process_name            word<=15
    - Name of the BFD process in ps(1).
  vrrp_priority               int:-20..19 = 0 lenient
    - Niceness of the VRRP process; below 0 it goes before others.
  checker_priority            int:-20..19 = 0 lenient
    - Niceness of the health checker's process; below 0 it goes before others.
  bfd_priority                int:-20..19 = 0 lenient
    - Niceness of the BFD process; below 0 it goes before others.
  vrrp_no_swap                flag
    - Keeps the memory of the VRRP process from being swapped out.
  checker_no_swap             flag
    - Keeps the memory of the health checker's process from being swapped out.
  bfd_no_swap                 flag
    - Keeps the memory of the BFD process from being swapped out.
  vrrp_rt_priority            int:1..99 lenient
    - Runs the VRRP process in real time (SCHED_RR) at this priority.
  checker_rt_priority         int:1..99 lenient
    - Runs the health checker's process in real time (SCHED_RR) at this priority.
  bfd_rt_priority             int:1..99 lenient
    - Runs the BFD process in real time (SCHED_RR) at this priority.
  vrrp_cpu_affinity           int:0..1023+ lenient
    - Processors that the VRRP process may run on, by number.
  checker_cpu_affinity        int:0..1023+ lenient
    - Processors that the health checker's process may run on, by number.
  bfd_cpu_affinity            int:0..1023+ lenient
    - Processors that the BFD process may run on, by number.
  vrrp_rlimit_rttime          int:1.. = 10000
    - Longest that a VRRP process in real time may compute without waiting, in microseconds, before the kernel ends it.
  vrrp_rlimit_rtime           int:1.. > vrrp_rlimit_rttime
    - Longest that a VRRP process in real time may compute without waiting, in microseconds.
  checker_rlimit_rttime       int:1.. = 10000
    - Longest that a health checker in real time may compute without waiting, in microseconds, before the kernel ends it.
  checker_rlimit_rtime        int:1.. > checker_rlimit_rttime
    - Longest that a health checker in real time may compute without waiting, in microseconds.
  bfd_rlimit_rttime           int:1.. = 10000
    - Longest that a BFD process in real time may compute without waiting, in microseconds, before the kernel ends it.
  bfd_rlimit_rtime            int:1.. > bfd_rlimit_rttime
    - Longest that a BFD process in real time may compute without waiting, in microseconds.
  max_auto_priority           int:-1..99? = 0
    - How far late timers may raise a process in real time: 0 not at all, without a number to the top, -1 neither nor warned.
  min_auto_priority_delay     int:1..10000000 = 1000000 lenient
    - How late a timer has to be, in microseconds, to raise the priority by one.
  vrrp_netlink_cmd_rcv_bufs   int:0.. lenient
    - Receive buffer for the kernel's answers to VRRP, in bytes. Without it: the kernel's own size.
  vrrp_netlink_cmd_rcv_bufs_force bool = off
    - That buffer may be larger than net.core.rmem_max.
  vrrp_netlink_monitor_rcv_bufs int:0.. lenient
    - Receive buffer for the kernel's news of interfaces and addresses, in bytes.
  vrrp_netlink_monitor_rcv_bufs_force bool = off
    - That buffer may be larger than net.core.rmem_max.
  lvs_netlink_cmd_rcv_bufs    int:0.. lenient
    - Receive buffer for the kernel's answers to the health checker, in bytes.
  lvs_netlink_cmd_rcv_bufs_force bool = off
    - That buffer may be larger than net.core.rmem_max.
  lvs_netlink_monitor_rcv_bufs int:0.. lenient
    - Receive buffer for the kernel's news to the health checker, in bytes.
  lvs_netlink_monitor_rcv_bufs_force bool = off
    - That buffer may be larger than net.core.rmem_max.
  process_monitor_rcv_bufs    int:0.. lenient
    - Receive buffer for the kernel's news of processes, in bytes. Used by vrrp_track_process.
  process_monitor_rcv_bufs_force bool = off
    - That buffer may be larger than net.core.rmem_max.
  vrrp_rx_bufs_policy         by=enum:MTU|ADVERT? size=int:0..?
    - Receive buffer of adverts: as many as vrrp_rx_bufs_multiplier of the interface's MTU or of an advert, or in bytes.
  vrrp_rx_bufs_multiplier     int:1.. = 3 lenient
    - How many packets the buffer of vrrp_rx_bufs_policy has room for.
`
