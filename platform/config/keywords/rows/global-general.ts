/** global_defs: who this node is, and whom it tells: mail, scripts and FIFOs. Row format: see ../keyword-row.ts. */
import { SITE } from './own.ts'

export const GENERAL = `
+ router_id                   word?
    - Name of this node in mails, logs and SNMP, and in every event; never on the wire. Without it: the host name.
${SITE}
+ notification_email_from     word lenient
    - Sender of all mails. Without it: the account that failoverd runs under, at the host name.
+ notification_email          values
    - Who gets the mails. Needs smtp_server.
+ smtp_server                 host=word port=int:1..65535?
    - The mail server, by name or address, at port 25 where none is given. Without it no mail is sent.
+ smtp_helo_name              word lenient
    - How this node names itself to the mail server (HELO). Without it: the host name.
+ smtp_connect_timeout        int:0..4294 = 30
    - How long to wait for the mail server, in seconds; 0 counts as 1.
+ smtp_alert                  bool
    - Whether changes of state are mailed where nothing closer says so. Without it failoverd mails, keepalived does not.
+ smtp_alert_vrrp             bool
    - The same for instances and sync groups only; counts more than smtp_alert.
+ smtp_alert_checker          bool
    - The same for virtual and real servers only; counts more than smtp_alert.
+ no_email_faults             flag
    - No mail when an instance goes to FAULT.
+ no_checker_emails           bool = off
    - No mail for single checks; changes of the whole real server are still mailed. failoverd never mails single checks.
+ script_user                 user=word group=word? lenient
    - Account that scripts run under unless they name one. Without it: keepalived_script where that exists.
+ enable_script_security      flag
    - Refuses to run a script as root when somebody else could write to it or to a folder on its path.
+ use_symlink_paths           bool = off since:2.3
    - Starts scripts by the path as written instead of the file that its symbolic links lead to. failoverd always does.
  set_supplementary_groups    bool = off since:2.4.4
    - Gives scripts the supplementary groups of their account as well.
! startup_script              script lenient : it is never run
    - Command that is run once, before anything else starts, and waited for.
! shutdown_script             script lenient : it is never run
    - Command that is run once, after everything else has ended.
  startup_script_timeout      int:1..1000 = 10 lenient
    - How long startup_script may take, in seconds, before it is ended and the start goes on.
  shutdown_script_timeout     int:1..1000 = 10 lenient
    - How long shutdown_script may take, in seconds, before it is ended.
! notify_fifo                 path=word user=word? group=word? first lenient : nothing is written to it
    - Named pipe that gets a line for every change of an instance, a group or a server. Made where it is missing.
! vrrp_notify_fifo            path=word user=word? group=word? first lenient : nothing is written to it
    - Named pipe that gets the lines of instances and groups only.
! lvs_notify_fifo             path=word user=word? group=word? first lenient : nothing is written to it
    - Named pipe that gets the lines of virtual and real servers only.
! notify_fifo_script          script lenient : it is never run
    - Program that is kept running to read notify_fifo; the pipe's path is its last argument.
! vrrp_notify_fifo_script     script lenient : it is never run
    - Program that is kept running to read vrrp_notify_fifo; the pipe's path is its last argument.
! lvs_notify_fifo_script      script lenient : it is never run
    - Program that is kept running to read lvs_notify_fifo; the pipe's path is its last argument.
  fifo_write_vrrp_states_on_reload flag
    - Writes the state of every instance and group to the pipes again after a reload.
  vrrp_notify_priority_changes bool = off
    - Whether changes of priority are written to the pipes, for instances that do not say.
! rs_init_notifies            bool = off : servers that are up at the start are not told of
    - Runs the notify scripts of real servers for their first state as well.
`

export const NOTIFICATION_EMAIL = `
+ (entry)                     word+
    - A recipient, or several on a line. One with a name needs quotes: "On call <oncall@example.com>".
`
