#!/usr/bin/env bash
# Runs one command as root inside a throw-away User-Mode Linux kernel.
#
#   uml-run.sh [-t SECONDS] [-m MEMORY] [-o FOLDER]... [-e NAME]... [-l MODULES] [-v] [--] COMMAND [ARGUMENT]...
#     -t  bound on the whole run, boot included (default 120; infinity for none)
#     -m  memory of the guest (default 2048M; only what it touches is taken)
#     -o  a folder of the host that the command may write to, at the same path
#     -e  an environment variable to pass on, besides PATH and HOME
#     -l  kernel modules to load at boot (default below; most others load themselves when they are needed)
#     -v  show the guest's kernel log on standard error, at the end
#
# The command sees the host's files at their paths. It may write anywhere and nothing of it reaches the host, except
# below the folders of -o. It has no network but its own loopback. Its standard output and error arrive here as they
# are written, byte for byte; so does its exit status. 124: the bound was reached. 125: bad usage, or no guest.
# Nothing outlives this script, not even when it is killed (as another user than root: when it is killed with SIGKILL).
# Any number may run at once.
set -euo pipefail

kernel=linux.uml
module_root=/usr/lib/uml/modules
bound=120 memory=2048M modules='ipv6 ip_vs ip_vs_rr ip_vs_wrr veth dummy' show_log=
folders=() variables=(PATH HOME)

fail() { echo "uml-run: $1" >&2; exit 125; }

while getopts t:m:o:e:l:v option; do
  case $option in
    t) bound=$OPTARG ;;
    m) memory=$OPTARG ;;
    o) folders+=("$(realpath -e -- "$OPTARG")") || fail "-o $OPTARG: no such folder" ;;
    e) variables+=("$OPTARG") ;;
    l) modules=$OPTARG ;;
    v) show_log=1 ;;
    *) exit 125 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || fail 'which command? see the head of this file'
command -v "$kernel" >/dev/null || fail "no $kernel: install Debian's user-mode-linux (cli/setup does it)"
[ -d "$module_root" ] || fail "no modules in $module_root: install Debian's user-mode-linux (cli/setup does it)"
PATH=$PATH:/usr/sbin:/sbin command -v modprobe >/dev/null || fail "no modprobe: install Debian's kmod (cli/setup does it)"
init=$(realpath -e -- "$(dirname -- "$0")")/uml-guest.sh
# The kernel's command line is split at blanks.
case $init in *[[:space:]]*) fail "cannot run from a folder with a blank in its path: $init" ;; esac

# Built by cli/setup; only processors with a large floating point state need it.
xstate=$(realpath -- "$(dirname -- "$0")/../../.cache/uml-xstate.so")
preload=()
if [ -e "$xstate" ]; then preload=(env "LD_PRELOAD=$xstate"); fi

# The guest reads what to do from this folder and leaves what came of it there.
run=$(mktemp -d "/tmp/uml-run.$$.XXXXXX")
# A run that was killed could not remove its own.
for old in /tmp/uml-run.*.*; do
  owner=${old#/tmp/uml-run.}
  if [ -O "$old" ] && [ ! -e "/proc/${owner%.*}" ]; then rm -rf -- "$old"; fi
done
command=("$@") directory=$PWD
declare -p module_root modules folders command directory >"$run/order"
for name in "${variables[@]}"; do
  if [ -n "${!name+set}" ]; then export "${name?}"; declare -p "$name" >>"$run/environment"; fi
done
touch "$run/stdout" "$run/stderr" "$run/log" "$run/environment"

# Each program of this chain dies with the one before it. As root the guest has a PID namespace, which takes all its
# processes along; in a user namespace instead the guest would see root's files as nobody's. The guest is never PID 1,
# because PID 1 cannot abort in a panic, and has a session of its own, because it signals its process group then.
dies_with_parent=(setpriv --pdeathsig KILL)
namespace=()
if [ "$(id -u)" = 0 ]; then namespace=(unshare --pid --fork --kill-child --mount-proc); fi
# shellcheck disable=SC2016  # expanded by the inner shell
"${dies_with_parent[@]}" timeout --signal=KILL "$bound" \
  "${dies_with_parent[@]}" "${namespace[@]}" bash -c 'run=$1; shift; setsid --wait "$@" & echo $! >"$run/session"; wait' bash "$run" \
  "${preload[@]}" "$kernel" "mem=$memory" root=/dev/root rootfstype=hostfs rootflags=/ ro "init=$init" \
  con=null con0=null,fd:1 ssl=null printk.time=1 "umid=${run##*/}" "uml_dir=$run/" -- "$run" \
  </dev/null >"$run/console" 2>&1 &
guest=$!
tail --quiet --bytes=+1 --sleep-interval=0.05 --pid=$guest --follow "$run/stdout" &
to_stdout=$!
tail --quiet --bytes=+1 --sleep-interval=0.05 --pid=$guest --follow "$run/stderr" >&2 &
to_stderr=$!

finish() {
  trap '' INT TERM HUP
  kill -KILL "$guest" 2>/dev/null || true
  if [ ${#namespace[@]} = 0 ] && [ -s "$run/session" ]; then kill -KILL -- "-$(cat "$run/session")" 2>/dev/null || true; fi
  rm -rf -- "$run"
  exit "$1"
}
trap 'kill $to_stdout $to_stderr 2>/dev/null; finish 130' INT TERM HUP

ended=0
{ wait $guest || ended=$?; } 2>/dev/null
{ wait $to_stdout $to_stderr; } 2>/dev/null || true
if [ -n "$show_log" ]; then cat "$run/console" "$run/log" >&2; fi
if [ -f "$run/status" ]; then finish "$(cat "$run/status")"; fi
# timeout(1) says 137 when it had to use SIGKILL, and the guest says it when somebody else did.
if [ $ended = 137 ] && [ "$bound" != infinity ] && [ "$SECONDS" -ge "${bound%%.*}" ]; then
  echo "uml-run: stopped after $bound s" >&2
  finish 124
fi
echo 'uml-run: the guest died and left no exit status; the end of its log:' >&2
tail --lines=30 "$run/console" "$run/log" >&2
finish 125
