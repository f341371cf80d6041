/** Lines of virtual_ipaddress, virtual_ipaddress_excluded and static_ipaddress. Row format: see ../keyword-row.ts. */

export const ADDRESS_ENTRY = `
+ (entry)                     address=net
+ dev                         word
+ scope                       word = global
+ brd, broadcast              word
+ label                       word<=15
! peer                        word : the address is an ordinary one, without a peer
! -nodad                      flag : nobody looks for another holder of the address
! noprefixroute               flag : the address brings a route to its subnet along
! autojoin                    flag : the multicast group is not joined
! no_track                    flag : a master that loses the address resigns
! use_vmac                    flag : the address has the hardware address of the interface it is on
! preferred_lft               word : the node may use the address for connections of its own
  home, mngtmpaddr            flag
  track_group                 word
`
