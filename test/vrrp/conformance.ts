/**
 * The conformance list (sections 1 to 5 and 7), statement by statement: the tests that show it, or why none does.
 * Titles are those of tests in test/vrrp and test/system.
 */
export type Proof = { tests: readonly string[] } | { notHere: string }

const by = (...tests: string[]): Proof => ({ tests })
const not = (notHere: string): Proof => ({ notHere })

export const CONFORMANCE: Readonly<Record<string, Proof>> = {
  // 1. Packet format
  F1: by('F1: the first byte carries the version above the type, which is always 1'),
  F2: by('F2: another type than 1 is dropped'),
  F3: by('F3: a virtual router id of 0 or 256 is refused, and its instance left out'),
  F4: by('F4: the priority byte carries what the state machine says, from 0 for a resignation to 255 for the owner'),
  F5: by('F5: an advert without addresses is dropped'),
  F6: by('F6: reserved bits of a version 3 advert are ignored'),
  F7: by('F7: a version 3 interval is 12 bits of hundredths of a second'),
  F8: by('F8: a version 2 advert has the auth type and the interval in seconds in bytes 4 and 5'),
  F9: by('F9: a version 2 advert always ends in 8 bytes of auth data, zero without authentication'),
  F10: by('F10: a version 3 advert carries no auth data'),
  F11: by(
    'F11: addresses go out in configured order',
    'F11: the order of the addresses does not matter to the receiver',
  ),
  F12: by('F12: an IPv6 instance that begins with another address than a link-local one is told of when strict'),
  F13: by('F13: an address of the other family than the first is refused'),
  F14: by('F14: over IPv6 version 3 is spoken whatever is written, and that is said'),
  F15: by(
    'F15: a padded advert is accepted, as far as Ethernet pads',
    'F15: a message padded to the least Ethernet frame decodes, one padded beyond it does not',
  ),
  F16: by(
    'F16: an advert that is cut off anywhere is dropped',
    'F16: a message that is cut off anywhere decodes to nothing',
  ),
  F17: by('F17: IPv4 and IPv6 routers of one id on one interface do not know each other'),

  // 2. Checksum
  C1: by('C1: the version 2 checksum covers the whole message with its auth data'),
  C2: by('C2: with the checksum of RFC 9568 a version 3 advert over IPv4 is summed up without its IP header'),
  C3: by('GV5: an advert is encoded to the bytes of the golden vector'),
  C4: by('C4: keepalived drops it and becomes master too, we take its adverts, and say what differs'),
  C5: by('C5: an IPv4 version 3 checksum counts with and without pseudo header, whichever we send, and no other does'),
  C6: by('C6: a checksum that is neither form is dropped by who sends that of RFC 9568, too'),
  C7: by(
    'C7: over IPv6 the pseudo header is part of the checksum, whatever is asked for over IPv4',
    'GV7: the golden vector is accepted',
  ),
  C8: by(
    'C8: an IPv6 advert crosses with hop limit 255 and the checksum that the kernel makes',
    'C8: over IPv6 they carry the checksum that the advert was made with',
  ),
  C9: by(
    'C9: the checksum of keepalived before 1.3.7 is taken only where it is asked for, and only from unicast peers',
  ),
  C10: by(
    'GV6: an advert is encoded to the bytes of the golden vector',
    'C10: the checksum of a version 3 unicast advert is that of its real destination',
  ),
  C11: by('C11: every single flipped bit of a golden vector is dropped'),

  // 3. IP and link addressing
  A1: by('A1: they are packets of IP protocol 112'),
  A2: by('A2: they go to 224.0.0.18 and ff02::12'),
  A3: by('A3: they leave with a TTL and a hop limit of 255'),
  A4: by('A4: a TTL other than 255 is dropped, and so is one that is not known'),
  A5: by('A5: the TTL of unicast adverts counts only where a peer has bounds for it'),
  A6: by('A6: over IPv4 they come from the first address of the interface'),
  A7: by('A7: an IPv6 router without a link-local address sends nothing, and is in fault until it has one'),
  A8: by(
    'an advert that was not sent to the group is dropped',
    'A8: a multicast advert to a unicast instance is dropped, and the reverse',
    'A8: a unicast socket hears what is sent to its address, with its TTL, and no multicast',
  ),
  A9: by('A9: an advert of a stranger is dropped where only peers count, and taken where not'),
  A10: by('A10: their class is 0xc0'),
  A11: by(
    'an advert for an id that nobody has changes nothing',
    'A11: adverts for virtual routers that nobody has are counted by interface and id, and change nothing',
  ),
  A12: by('A12: the same id on another interface is another virtual router'),
  A13: by('A13: they do not come back to us'),
  M1: by('M1: an IPv4 virtual router has the hardware address 00:00:5e:00:01 and its id'),
  M2: by('M2: an IPv6 virtual router has the hardware address 00:00:5e:00:02 and its id'),
  M3: by(
    'M3: over IPv4 they come from the virtual hardware address, and go to that of the group',
    'M3: adverts over IPv6 come from the virtual hardware address, both ways; M7: no address is derived from it',
  ),
  M4: by('M4: after a crash, a restart and a stop, one hardware address answers, and it is the virtual one'),
  M5: by('M5: a backup answers nobody, also after its interface went down and up; M6: and takes nothing in'),
  M6: by('M5: a backup answers nobody, also after its interface went down and up; M6: and takes nothing in'),
  M7: by('M3: adverts over IPv6 come from the virtual hardware address, both ways; M7: no address is derived from it'),
  M8: by('M8: without use_vmac the addresses are on the interface itself', 'M8: without one, all is as ever'),

  // 4. Timers
  T1: by('skew and master-down interval are exact for every row of the conformance table'),
  T2: by('skew and master-down interval are exact for every row of the conformance table'),
  T3: by('skew and master-down interval are exact for every row of the conformance table'),
  T4: by('skew and master-down interval are exact for every row of the conformance table'),
  T5: by('skew and master-down interval are exact for every row of the conformance table'),
  T6: by('skew and master-down interval are exact for every row of the conformance table'),
  T7: by('skew and master-down interval are exact for every row of the conformance table'),
  T8: by('skew and master-down interval are exact for every row of the conformance table'),
  T9: by('skew and master-down interval are exact for every row of the conformance table'),
  T10: by('skew and master-down interval are exact for every row of the conformance table'),
  T11: by('version 3: the wait follows the interval that the master announces'),
  T12: by('a master sends at its own interval, whatever it has learned from others'),
  T13: by('time is what the inputs say: wall clocks appear nowhere'),
  T14: by(
    'before a backup takes over, what lies unread in the sockets is heard',
    'adverts that lie unread when the timer ends keep a backup where it is',
  ),
  T15: not('down_timer_adverts is not in the configuration yet'),
  T16: by(
    'a higher priority of ours takes over from keepalived when its timer ends',
    'a stopped keepalived hands over to us within our skew, with a password too',
  ),

  // 5. State machine
  S1: by('an owner announces itself at once and is master'),
  S2: by('a router below 255 starts as backup, waits a whole master-down interval and sends nothing'),
  S3: by('a router that has not started ignores adverts'),
  S4: by('a backup that is stopped says nothing on the wire'),
  S5: by('a backup whose timer ends sends its advert first, then tells the world'),
  S6: by('a backup waits only the skew when the master resigns'),
  S7: by('a resignation counts for a backup that does not preempt, too'),
  S8: by('an advert of higher priority starts the timer again'),
  S9: by('an advert of lower priority does not touch the timer of a backup that preempts'),
  S10: by('a backup that must not preempt follows a master of lower priority'),
  S11: by('an advert of equal priority starts the timer again, whoever sent it'),
  S12: by(
    'a master that is stopped resigns with priority 0 before it says that it stopped',
    'a stopped router of ours hands over within the skew of keepalived',
  ),
  S13: by('a master sends at its interval and arms the next advert'),
  S14: by('a master answers a resignation of another with an advert at once'),
  S15: by('a master yields to a higher priority and waits a whole master-down interval'),
  S16: by('between equal priorities the greater address wins'),
  S17: by('between equal priorities the greater address wins'),
  S18: by('a master answers a lower priority with an advert at once'),
  S19: by(
    'R11: an advert from our own address is dropped',
    'R11: our own packets that come back are rejected, not heard',
  ),
  S20: by('addresses are compared byte by byte, not as signed numbers'),
  S21: by('F17: IPv4 and IPv6 routers of one id on one interface do not know each other'),
  S22: by(
    'a timer that was set before the last advert changes nothing when it rings',
    'a master-down timer that rings in a master changes nothing',
    'an advert timer that rings early or in a backup sends nothing',
  ),
  S23: by('two owners end up as one: the one with the smaller address yields'),
  S24: by('an owner that hears another master stays and answers'),
  S25: by(
    'an interface that goes down ends the part of a backup, one that comes back begins it anew',
    'S25: a tracked interface without carrier is FAULT, and its return a new beginning',
  ),
  S26: by(
    'a master whose interface goes down resigns with priority 0 as far as it can',
    'S26: a master whose tracked script fails resigns with priority 0, and says which script and why',
    'S26: when its script fails our master resigns with priority 0, and keepalived takes over within its skew',
  ),
  S27: by('an interface that goes down ends the part of a backup, one that comes back begins it anew'),
  S28: by(
    'S28: one whose timer has ended waits until the timers of all members have',
    'S28: a fault of one is a fault of all, and is over when all are clear',
    'S28: with a member that has no interface at the start nobody becomes master',
  ),
  // Measured, and against the list: keepalived 2.2.7 waits as S30 says.
  S29: by('keepalived waits a whole master-down interval with state MASTER, too'),
  S30: by('the configured state MASTER does not shorten the first wait'),

  // 7. Receive validation
  R1: by('R1: an advert of another version is dropped'),
  R2: by('R2: a version 2 advert with another interval than ours is dropped'),
  R3: by('R3: a version 3 advert with another interval than ours is accepted with its interval'),
  R4: by('R4: a version 3 advert with interval 0 is dropped'),
  R5: by(
    'R5: a version 2 advert with other addresses is dropped, unless the owner sends it',
    'R5: a version 3 advert with other addresses is accepted',
  ),
  R6: by('R6: a dropped advert changes no timer and nothing learned'),
  R7: by('R7: ten thousand bad adverts of changing sources are one event and a count'),
  R8: by('R8: a bad advert of a new source does not make an old reason news'),
  R9: by('R9: an advert with another auth type than ours is a mismatch, not a failure'),
  R10: by(
    'R10: adverts, resignations and masterships are counted, each way',
    'R10: each reason for a dropped advert has a count of its own',
  ),
  R11: by('R11: an advert from our own address is dropped'),
}

/** Letters of the sections that are covered here: every statement of theirs has an entry above. */
export const SECTIONS = ['F', 'C', 'A', 'M', 'T', 'S', 'R']
