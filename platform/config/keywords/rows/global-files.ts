/** global_defs: reading, reloading and dumping. Row format: see ../keyword-row.ts. */

export const FILES = `
+ include_check               word*
    - How strict later includes of this file are: read, match, wildcard_match, brace_match, or all. + adds, - takes away.
  reload_check_config         word?
    - Tests a configuration before a reload; findings go to this file. failoverd always tests first.
! reload_file                 word? : it is never made, so that whoever waits for it waits in vain
    - File that is made before the configuration is read and removed when it has been, so that others can wait.
! reload_time_file            word lenient : no time is read from it
    - File whose first line is the time of a planned reload. It is removed afterwards.
  reload_repeat               flag
    - Keeps reload_time_file, so that a time without a date means every day.
  config_save_dir             word
    - Folder that gets a copy of configuration and state around each reload, to look for faults.
  tmp_config_directory        word first lenient
    - Folder for the merged copy of the configuration, which is in memory otherwise. Not changed at a reload.
+ random_seed                 int:0..4294967295
    - Makes every later \${_RANDOM} give the same numbers each time. Without it they depend on the time.
+ umask                       rest = 0177
    - Which rights files do not get that scripts create: a number, or names such as IWGRP | IWOTH.
  data_use_instance           bool = off
    - Dump files carry the names of instance and network namespace.
  json_version                enum:1|2 = 1 since:2.2.8
    - Form of the JSON dump: 1 is a list of instances, 2 an object that has the tracked processes as well.
  state_dump_file             word since:2.3
    - Where SIGUSR1 writes the state; a path that ends in / is a folder.
  stats_dump_file             word since:2.3
    - Where SIGUSR2 writes the counters.
  json_dump_file              word since:2.3
    - Where the JSON dump is written.
  iproute_usr_dir             word since:2.4
    - Folder of the distribution's iproute2 names for tables, protocols and scopes.
  iproute_etc_dir             word since:2.4
    - Folder of this machine's iproute2 names for tables, protocols and scopes.
`
