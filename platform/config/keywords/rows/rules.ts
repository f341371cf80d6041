/** Lines of virtual_rules and static_rules, in the words of iproute2. Row format: see ../keyword-row.ts. */

export const RULE = `
+ (entry)                     flag unordered
    - What packets the rule is about, and what happens to them: a table to look in, a jump, or an end. Options in any
      order; a preference says which rule comes first.
+ from, to                    prefix
    - Only packets from, or to, this address or subnet.
+ inet, inet6                 flag
    - The family of a rule whose addresses do not tell it; without it that is IPv4.
+ not                         flag
    - Packets that the rest does not describe.
+ table, lookup               named:1.. @table
    - Looks in this routing table, by number or by its name in rt_tables; where it has no route the next rule follows.
+ preference, order, priority num:0.. @preference
    - The place among all rules, the lowest first. Without it one is assigned downwards from 16384, in no order to rely
      on.
+ tos, dsfield                named:0..255 @tos
    - Only packets with this type of service, by number or by name.
+ fwmark                      mark
    - Only packets with this firewall mark, as MARK or MARK/MASK; numbers in any base of C.
+ realms                      realms
    - Realms that packets get for accounting, as TO or FROM/TO: numbers up to 255, or names of rt_realms.
+ suppress_prefixlength, sup_pl int:0.. @suppress_prefixlength
    - Goes on with the next rule where the route that was found has a prefix no longer than this. 0 passes over default
      routes.
+ suppress_ifgroup, sup_group named:0.. @suppress_ifgroup
    - Goes on with the next rule where the route that was found leads to an interface of this group.
+ iif, dev                    word @iif
    - Only packets that came in by this interface; lo stands for those of the node itself.
+ oif                         word
    - Only packets of programs that are bound to this interface.
+ tunnel-id                   int:0..9007199254740991
    - Only packets that came out of a tunnel with this number.
+ uidrange                    ranges:0..
    - Only packets of users in this range, FIRST-LAST.
+ l3mdev                      flag
    - Looks in the table of the VRF that the packet belongs to.
+ protocol                    int:0..255 = 18
    - Whom the rule is marked to come from, by its number in rt_protos. Anything but 18, keepalived, needs no_track.
+ ipproto                     named:0..255
    - Only packets of this IP protocol, by number or by name.
+ sport, dport                ranges:0..65535
    - Only packets from, or to, these ports, FIRST-LAST.
+ goto                        int:0..
    - Goes on with the rule of this preference, which has to be higher than its own.
+ nop                         flag
    - Does nothing: a place to jump to.
+ blackhole                   flag
    - Drops the packets without a word.
+ unreachable                 flag
    - Refuses the packets: the sender is told that the network is unreachable.
+ prohibit                    flag
    - Refuses the packets: the sender is told that communication is prohibited.
+ no_track                    flag
    - Nothing happens when somebody else removes the rule; it comes back when the instance is master the next time.
`

export const STATIC_RULE = `${RULE}
+ track_group                 word
    - A track_group whose instances go to FAULT when the interface of this rule goes down.
`
