/** What instances and sync groups track, and what they do together. Row format: see ../keyword-row.ts. */

const OVERRIDE = `
    - Used instead of the weight of its own block; 0 means FAULT. reverse turns the sign of what it does, noreverse undoes
      the reverse of its own block.
`

/** Entries of the blocks inside an instance or a sync group, by the name of the block. */
export const TRACKED = {
  track_interface: `
+ (entry)                     interface=word<=15
    - An interface. Without a weight, the instance is in FAULT while it is down.
+ weight                      value=int:-254..254 [reverse] [noreverse] = 0 lenient
    - Above 0: added to the priority while it is up. Below: subtracted while it is down. reverse subtracts where that
      adds, and adds where it subtracts; with 0, FAULT while it is up. 254 counts as 253.
`,
  track_script: `
+ (entry)                     name=word
    - The name of a vrrp_script.
+ weight                      value=int:-254..254 [reverse] [noreverse] lenient${OVERRIDE}`,
  track_file: `
+ (entry)                     name=word
    - The name of a track_file.
+ weight                      value=int:-254..254 [reverse] [noreverse] lenient
    - Counts instead of the weight that the track_file has: what its number is multiplied by.
`,
  track_process: `
+ (entry)                     name=word
    - The name of a vrrp_track_process.
+ weight                      value=int:-254..254 [reverse] [noreverse] lenient${OVERRIDE}`,
  track_bfd: `
+ (entry)                     name=word
    - The name of a bfd_instance.
+ weight                      value=int:-253..253 [reverse] [noreverse] lenient${OVERRIDE}`,
} as const

export const SYNC_GROUP = `
+ group                       values required
    - Names of the instances that change their role together. One a line; an instance can be in one group only.
+ track_interface             values
    - Further interfaces whose link counts for every member. One a line.
+ track_script                values
    - Names of vrrp_script blocks whose result counts for every member. One a line.
+ track_file                  values
    - Names of track_file blocks whose number counts for every member. One a line.
+ track_process               values
    - Names of vrrp_track_process blocks that count for every member. One a line.
+ track_bfd                   values
    - Names of bfd_instance blocks whose session counts for every member. One a line.
+ notify_master               script
    - Command for the moment the group becomes MASTER, and the account it runs under.
+ notify_backup               script
    - Command for the moment the group becomes BACKUP, and the account it runs under.
+ notify_fault                script
    - Command run when the group goes to FAULT, and the account it runs under.
+ notify_stop                 script
    - Command run when failoverd stops, and the account it runs under.
+ notify                      script
    - Command run on every change of the group. GROUP, its name, its role and a priority of 0 follow its arguments.
+ smtp_alert                  bool = <smtp_alert_vrrp><smtp_alert>
    - Whether changes of the group are mailed.
  notify_priority_changes     bool = <vrrp_notify_priority_changes>
    - Writes changes of the members' priority to the notify FIFOs as well.
+ global_tracking             flag > -
    - Another word for sync_group_tracking_weight. What the group itself tracks counts for all of its members.
+ sync_group_tracking_weight  flag
    - Lets what members track change their priorities one by one. Without it such weights do not count in a group.
`

/** A weight that those who track it can replace; what is good and bad is for the keyword around to say. */
function weight(range: string): string {
  return `
+ weight                      value=int:${range} [reverse] = 0
    - Above 0: added to the priority while it is good. Below: subtracted while it is bad. 0: FAULT while it is bad.
      reverse subtracts where that adds, and adds where it subtracts; with 0, FAULT while it is good.
`
}

export const VRRP_SCRIPT = `
+ script                      script required lenient
    - Command to run: status 0 is good, another status, a signal or no end in time is bad. </path only tries whether the
      file can be opened.
+ interval                    sec:0.001.. = 1
    - Seconds between two runs. None starts while the one before goes on.
+ timeout                     sec:0.001.. = <interval>
    - Seconds after which a run counts as bad, and is ended.
${weight('-253..253')}
+ rise                        int:1.. = 1
    - How many good runs in a row make a bad script good.
+ fall                        int:1.. = 1
    - How many bad runs in a row make a good script bad.
+ user                        user=word group=word? = <script_user>
    - Account that the script runs under.
+ init_fail                   flag
    - Counts as bad until its first good run. Otherwise its first run decides alone, and instances that would be in FAULT with
      it wait for that run.
`

export const TRACK_PROCESS = `
+ process                     command=word parameters=word* required
    - Name of the process as the kernel has it (/proc/PID/comm), or, with parameters or full_command, its command line.
+ param_match                 enum:initial|partial?
    - How parameters have to agree. partial: these are the first ones; initial: the last one may also be longer. With
      neither word: exactly these, or none at all.
${weight('-254..254')}
+ quorum                      int:1..65535 = 1
    - How many such processes there have to be at least.
+ quorum_max                  int:0..65535
    - How many there may be at most; 0: there must be none. Without it: any number.
+ delay                       sec:0.000001..3600
    - Sets fork_delay and terminate_delay at once.
+ terminate_delay             sec:0.000001..3600
    - Seconds that too few processes are put up with before it counts as bad. Without it: none.
+ fork_delay                  sec:0.000001..3600
    - Seconds that there have to be enough processes before it counts as good. Without it: none.
+ full_command                flag
    - Compares the command line (/proc/PID/cmdline) instead of the name.
`

export const TRACK_FILE = `
+ file                        word first required lenient
    - Path of the file. The number it begins with is its value; an empty or missing file is 0.
+ weight                      value=int:-254..254 [reverse] [noreverse] = 1 lenient
    - What the value is multiplied by before it is added to the priority; below -253 is FAULT. With 0 any value
      but 0 is.
+ init_file                   value=int:-2147483648..2147483647? [overwrite]
    - Writes the value, or 0, to the file at the start where there is none; overwrite: also where there is one.
`

export const TRACK_GROUP = `
+ group                       values required
    - Names of the instances that go to FAULT. One a line.
`
