/** What may stand outside all blocks. Row format: see ../keyword-row.ts. */
import { ROOT_OWN } from './own.ts'

export const ROOT = `
+ global_defs                 block
    - Settings of the whole process and defaults for instances and servers. Several such blocks count as one.
+ vrrp_instance               name=word block lenient
    - One virtual router on one interface, with the addresses that move with it. The name must be unique.
+ virtual_server              address=ip? port=int:0..65535? [fwmark=int:1..4294967295] [group=word] block
    - A service that IPVS spreads over real servers: an address and port, \`fwmark N\`, or \`group NAME\`. Without a port,
      or with 0, it is one for all ports, and persistent.
! virtual_server=fwmark, virtual_server=group : the service is left out: nobody gets an answer there
    - A service by the packets' mark, or by a list of addresses with a name.
${ROOT_OWN}
  instance                    word first lenient
    - Name of this daemon where several run on one machine; process id and dump files carry it.
+ net_namespace               word first lenient
    - The network namespace to work in, by its name below /run/netns. A reload cannot change it.
x net_namespace_ipvs          word? first
    - The network namespace of the virtual servers, where it is not that of VRRP; without a name that of process 1.
    : the virtual servers would be set up in the network namespace that failoverd is started in
    | remove it, and start a failoverd -C of its own in that namespace
  namespace_with_ipsets       flag
    - Goes on using ipsets in a network namespace on kernels before 3.13, where they did not keep apart.
  use_pid_dir                 flag
    - Keeps process id files in a folder of their own below the run directory. Implied by instance and net_namespace.
  linkbeat_use_polling        flag
    - Asks each interface for its link by MII, ETHTOOL or ioctl in turn, for drivers that do not report changes.
  child_wait_time             int:0.. = 5
    - How long children may take to end at a stop, in seconds, before they are killed.
+ vrrp_sync_group             name=word block lenient
    - Instances that change state together: one in FAULT takes the others along.
+ track_group                 name=word block lenient
    - Instances that go to FAULT when a static address, route or rule that names this group is lost.
+ vrrp_script                 name=word block
    - A command that is run at an interval and whose exit status instances track (track_script).
+ vrrp_track_process          name=word block
    - Processes that have to be running, which instances track (track_process).
+ track_file                  name=word block
    - A file whose number changes the priority of instances or the weight of real servers.
+ vrrp_track_file             name=word block > track_file
    - A file whose number changes the priority of instances.
+ bfd_instance                name=word<=31 block lenient
    - A BFD session with one neighbour (RFC 5880), which instances and real servers can track.
! virtual_server_group        name=word values : the services that name it are left out
    - Addresses, address ranges and marks that \`virtual_server group NAME\` serves as one.
+ static_ipaddress            values
    - Addresses set at the start and removed at the stop, whatever the state of any instance.
+ static_routes               values
    - Routes set at the start and removed at the stop, whatever the state of any instance.
+ static_rules                values
    - Routing rules set at the start and removed at the stop, whatever the state of any instance.
+ interface_up_down_delays    values
    - How long an interface has to be down, or up again, before instances take notice. One interface a line.
+ garp_group                  block
    - Interfaces that share one limit on how fast gratuitous ARP and neighbour advertisements leave.
  linkbeat_interfaces         values
    - Interfaces whose link is asked for, and how, because their drivers do not report changes. One interface a line.
  SSL                         block
    - Client certificate and authorities for all SSL_GET checks.
+ include                     word lenient
    - Reads the files that match here. What cannot be read is left out, and said, unless include_check asks for more.
+ includer                    word lenient
    - As include, and a match that is a folder, executable or unreadable ends the start.
+ includem                    word lenient
    - As includer, and a name that matches nothing ends the start; a pattern with wildcards may match nothing.
+ includew                    word lenient
    - As includem, and a pattern with wildcards has to match something as well.
+ includeb                    word lenient
    - As includer, and every alternative between braces has to match something.
+ includea                    word lenient
    - As include, with all checks of the other forms.
`

export const LINKBEAT_INTERFACES = `
  (entry)                     interface=word method=enum:MII|ETHTOOL|IOCTL?
    - An interface, and how its link is asked for: MII first where nothing is said, then ETHTOOL, then ioctl.
`

export const UP_DOWN_DELAYS = `
  (entry)                     interface=word down=sec:0..255? up=sec:0..255?
    - An interface, and for how many seconds it has to be down, and up again, before that counts. Without a second
      number it counts as up at once.
`
