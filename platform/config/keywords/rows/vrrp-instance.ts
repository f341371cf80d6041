/**
 * Keywords of vrrp_instance: who becomes master, with which addresses, and who is told; vrrp-adverts.ts has the rest.
 * Row format: see ../keyword-row.ts.
 */
import { ADVERTS, ANNOUNCEMENTS, DEVICES } from './vrrp-adverts.ts'

const ELECTION = `
+ state                       enum:MASTER|BACKUP = <priority=255>MASTER|BACKUP
    - Role wanted at the start. It decides only with priority 255; all others listen first. MASTER also turns nopreempt
      and preempt_delay off.
+ interface                   word<=15
    - Interface that adverts leave and arrive by, and that addresses are set on unless they name another. With
      unicast_peer it may be left out: that of the first address counts.
+ virtual_router_id           int:1..255 required
    - Number of the virtual router: the same on all its nodes, and unique on the interface for each address family.
+ priority                    int:1..255 = <state=MASTER>255|100
    - The highest becomes MASTER. 255 says that this node owns the addresses.
+ advert_int                  sec:0.01..255 = 1
    - Seconds between adverts, the same on all nodes. Version 2 counts whole seconds, version 3 hundredths up to 40.95.
+ version                     enum:2|3 = <vrrp_version>
    - Protocol version, the same on all nodes. IPv6 addresses need version 3.
+ preempt                     flag
    - Takes over from a MASTER of lower priority, as without it.
+ nopreempt                   flag
    - Leaves a MASTER of lower priority in its place. No effect with state MASTER or priority 255.
+ preempt_delay               sec:0..1000 = 0
    - Seconds to wait before taking over from a MASTER of lower priority. No effect with state MASTER or nopreempt.
+ down_timer_adverts          int:1..100 = <vrrp_down_timer_adverts>
    - How many advert intervals, and the skew, a BACKUP waits for an advert. The same on all nodes; the RFC has 3.
+ timer_expired_backup        int:1..254? since:2.2.8
    - With nopreempt: a MASTER that stood still for so long that a node of this priority (254 without a number) may have
      taken over becomes BACKUP. Without it failoverd reckons with a node of its own priority, whatever preempts.
+ thread_timer_expired        int:1..254? > timer_expired_backup @timer_expired_backup since:2.3.2
    - Steps back after standing still for too long.
+ strict_mode                 bool = <vrrp_strict>
    - Leaves out what the RFC does not have (passwords, extensions) and drops packets to addresses not owned.
+ debug                       int:0..4 = 0
    - Taken for the sake of old files; says nothing to keepalived or failoverd.
  kernel_rx_buf_size          int:0.. lenient
    - Size of this instance's receive buffer, in bytes. Without it: as vrrp_rx_bufs_policy says.
`

const ADDRESSES = `
+ virtual_ipaddress           values
    - Addresses that are here while this node is MASTER, all of one family, and told in the adverts. One a line.
+ virtual_ipaddress_excluded  values
    - Further addresses that come and go with the role, of either family, and are not told in the adverts. One a line.
+ no_virtual_ipaddress        flag since:2.2.8
    - Says that there are no addresses on purpose. Version 3 needs it then.
+ native_ipv6                 flag > -
    - Makes it an instance of IPv6. The addresses say so by themselves.
+ vip_lease                   int:2..86400 = <vip_lease>
    - Seconds that the kernel keeps an address which is not refreshed: how long a dead node may hold it. Without it
      here and in global_defs: three advert intervals, at least 2.
+ fast_detection              enabled=bool [interval=int:10..1000] [multiplier=int:2..50]
    - Whether the crash of a MASTER that runs failoverd is noticed by a BFD session with it (UDP port 3784) instead of
      by missing adverts; interval, milliseconds between packets, is 50 otherwise, and multiplier, how many may be
      missing, 3. Without it: as global_defs says.
+ flap_damping                enabled=bool [times=int:2..100] [within=int:10..86400]
    - Whether this instance, once it has become MASTER so many times within so many seconds, preempts nobody until that
      is no longer so. Without it: as global_defs says.
+ promote_secondaries         flag
    - Sets the interface's sysctl of this name, so that other addresses of a subnet stay when its first one leaves.
+ virtual_routes              values
    - Routes that are here while this node is MASTER. One a line.
+ virtual_rules               values
    - Routing rules that are here while this node is MASTER. One a line.
+ accept                      flag
    - Lets a MASTER that does not own the addresses answer packets sent to them, as it does unless strict.
+ no_accept                   flag
    - Drops packets sent to the addresses unless priority is 255: they serve as a gateway only.
`

const TRACKING = `
+ dont_track_primary          flag
    - Stays out of FAULT when the instance's own interface goes down.
+ track_interface             values
    - Further interfaces whose link counts: for FAULT, or with a weight for the priority. One a line.
+ track_script                values
    - Names of vrrp_script blocks whose result counts: for FAULT, or with a weight for the priority. One a line.
+ track_file                  values
    - Names of track_file blocks whose number changes the priority, or leads to FAULT. One a line.
+ track_process               values
    - Names of vrrp_track_process blocks that count: for FAULT, or with a weight for the priority. One a line.
+ track_bfd                   values
    - Names of bfd_instance blocks whose session counts: for FAULT, or with a weight for the priority. One a line.
+ track_src_ip                flag
    - Goes to FAULT while the address of mcast_src_ip or unicast_src_ip is not on the interface.
  linkbeat_use_polling        flag > linkbeat_interfaces
    - Asks the interface for its link, for drivers that do not report changes.
`

const NOTIFICATION = `
+ notify_master               script
    - Command run on becoming MASTER, and the account it runs under.
+ notify_backup               script
    - Command run on becoming BACKUP, and the account it runs under.
+ notify_fault                script
    - Command run on going to FAULT, and the account it runs under.
+ notify_stop                 script
    - Command run when failoverd stops, and the account it runs under.
+ notify                      script
    - Command run on every change, after the one for the role. INSTANCE, name, role and priority follow its arguments.
! notify_deleted              script? : it is never run
    - Command run when a reload removes the instance; tells notify DELETED instead of FAULT, which it does without a
      command as well.
! notify_master_rx_lower_pri  script : it is never run
    - Command run when a MASTER hears an advert of lower priority: another node was MASTER too.
+ smtp_alert                  bool = <smtp_alert_vrrp><smtp_alert>
    - Whether changes of role are mailed. Without it, here and in global_defs, failoverd mails, keepalived does not.
  notify_priority_changes     bool = <vrrp_notify_priority_changes>
    - Writes changes of the priority to the notify FIFOs as well.
! lvs_sync_daemon_interface   word<=15 > lvs_sync_daemon
    - Interface by which IPVS connections are copied to the other nodes.
    : connections are not copied, and break when the master changes
`

export const VRRP_INSTANCE = `${ELECTION}${ADVERTS}${DEVICES}${ADDRESSES}${ANNOUNCEMENTS}${TRACKING}${NOTIFICATION}`
