/** Lines of virtual_ipaddress, virtual_ipaddress_excluded and static_ipaddress. Row format: see ../keyword-row.ts. */

const ADDRESS = `
+ (entry)                     address=net
    - An address and the length of its subnet's prefix; without a length it is that of a single host, /32 or /128.
+ dev                         word lenient
    - The interface the address is put on, instead of that of the vrrp_instance. For static addresses it is the
      default_interface where there is no dev.
+ scope                       named:0..255 = global lenient
    - How far away the address may be used from: global, site, link, host, nowhere, or a number of iproute2.
+ brd, broadcast              word @broadcast lenient
    - The IPv4 broadcast address that goes with it; + sets all host bits of the subnet, - clears them. Without it there
      is none.
+ label                       word<=15 lenient
    - Name of an IPv4 address as ifconfig shows it, such as eth0:1.
+ peer                        net lenient
    - The address at the other end of a point-to-point link. The address itself is then given without a prefix length.
+ -nodad                      flag
    - Looks for another holder of an IPv6 address before it is used, which takes about a second. Normally that is left
      out, so that a takeover is not delayed.
+ noprefixroute               flag
    - Keeps the kernel from adding a route to the subnet of the address.
+ autojoin                    flag
    - Lets the kernel join a group on the interface when the address is one of multicast.
+ no_track                    flag
    - Nothing happens when somebody else removes the address; it comes back when the instance is master the next time.
+ preferred_lft               named:0.. = forever lenient
    - For how many seconds connections of the node itself may start from the address; 0 is never, forever always. IPv6
      addresses with /128 are never used so unless this says something else.
+ home                        flag
    - Marks an IPv6 address as the home address of a mobile node.
+ mngtmpaddr                  flag
    - Lets the kernel make temporary IPv6 addresses after the pattern of this one.
`

export const VIRTUAL_ADDRESS = `${ADDRESS}
+ use_vmac                    flag
    - Puts the address on an interface with the virtual router's hardware address, above the one that dev names.
`

export const STATIC_ADDRESS = `${ADDRESS}
+ track_group                 word lenient
    - A track_group whose instances go to FAULT when the interface of this address goes down.
`
