#!/usr/bin/env bash
# The first process of the guest that uml-run.sh starts, with the folder of the run as its argument.
set -u

# PID 1 must not return, the kernel would panic: whatever happens, power off.
power_off() {
  sync
  echo o >/proc/sysrq-trigger
  while :; do sleep 1; done
}
trap power_off EXIT
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc

# Only here can files be made: the root is the host's, read-only.
root=/mnt/root
mount -t tmpfs -o size=90% tmpfs /mnt && mkdir /mnt/run /mnt/upper /mnt/work $root
mount -t hostfs -o "$1" none /mnt/run || exit
# User-Mode Linux reboots by running itself again.
[ ! -e /mnt/run/started ] || exit
: >/mnt/run/started
. /mnt/run/order
exec </dev/null >>/mnt/run/log 2>&1

# A root that can be written to: the host's files below, a tmpfs above.
release=$(uname -r)
insmod "$module_root/$release/kernel/fs/overlayfs/overlay.ko" || exit
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay $root || exit
mkdir -p $root/lib/modules $root/.uml
ln -sfn "$module_root/$release" "$root/lib/modules/$release"
for folder in "${folders[@]}"; do
  mkdir -p "$root$folder"
  mount -t hostfs -o "$folder" none "$root$folder" || exit
done
mount --bind /mnt/run $root/.uml
mount -t proc proc $root/proc
mount -t sysfs sysfs $root/sys
mount -t devtmpfs devtmpfs $root/dev
mkdir -p $root/dev/pts $root/dev/shm
mount -t devpts devpts $root/dev/pts
mount -t tmpfs tmpfs $root/dev/shm
mount -t tmpfs tmpfs $root/run
mkdir -p $root/run/lock $root/run/netns
ln -sfn /proc/self/fd $root/dev/fd
mount -t cgroup2 cgroup2 $root/sys/fs/cgroup

# Not chroot: only so does the kernel find modprobe in the new root, and load what is asked for by itself.
cd $root && pivot_root . mnt || exit
# One call for all modules: each start of a program costs 10 ms or more here.
# shellcheck disable=SC2086  # a list
chroot . modprobe --all $modules
ip link set lo up
hostname uml
echo "ready $(cut -d' ' -f1 /proc/uptime) s after boot"

chroot . bash -c '. /.uml/order; . /.uml/environment; cd "$directory" || exit 125; exec "${command[@]}"' \
  >>/.uml/stdout 2>>/.uml/stderr
echo $? >/.uml/status.new && mv /.uml/status.new /.uml/status
echo "done $(cut -d' ' -f1 /proc/uptime) s after boot"
