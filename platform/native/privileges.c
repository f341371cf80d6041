/*
 * dropPrivileges(uid, gid, capabilities) -> 0 | -errno
 *
 * Supplementary groups, group and user of ALL threads change: glibc's set*id functions carry the call to every thread
 * (the raw system calls would not). Capabilities belong to a thread: exactly those of the mask stay, effective and
 * permitted, on the CALLING thread alone; the kernel takes all of them from libuv's pool threads and V8's helpers, which
 * need none. What is kept is not inheritable: programs that the process starts have no capability.
 */
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "native.h"

static int drop(uid_t uid, gid_t gid, uint64_t mask) {
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };
  struct __user_cap_data_struct data[2] = {
    { .effective = (uint32_t)mask, .permitted = (uint32_t)mask },
    { .effective = (uint32_t)(mask >> 32), .permitted = (uint32_t)(mask >> 32) },
  };
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) return -1;
  if (setgroups(0, NULL) < 0) return -1;
  if (setresgid(gid, gid, gid) < 0) return -1;
  if (setresuid(uid, uid, uid) < 0) return -1;
  if (syscall(SYS_capset, &header, data) < 0) return -1;
  return prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
}

napi_value native_drop_privileges(napi_env env, napi_callback_info info) {
  ARGS(3);
  int64_t mask = 0;
  napi_get_value_int64(env, argv[2], &mask);
  return result(env, drop(get_int(env, argv[0]), get_int(env, argv[1]), (uint64_t)mask));
}
