/*
 * The few system calls that Node.js has no API for, nothing else.
 *
 * Every function returns a number >= 0 on success and -errno on failure; nothing throws, so the callers decide. All
 * knowledge of protocols (sockaddr, control messages, options, netlink) lives in TypeScript and arrives as Buffers.
 *
 *   socket(domain, type, protocol)                   -> fd, close-on-exec and non-blocking
 *   bind(fd, sockaddr) connect(fd, sockaddr)         -> 0
 *   setsockopt(fd, level, name, value)               -> 0
 *   getsockopt(fd, level, name, length)              -> Buffer
 *   getsockname(fd)                                  -> Buffer
 *   attachFilter(fd, struct sock_filter[])           -> 0        classic BPF; setsockopt would need a pointer
 *   sendmsg(fd, data, sockaddr|null, control|null, flags) -> bytes
 *   recvmsg(fd, size, controlSize)                   -> [data, sockaddr, control, flags]; -EAGAIN: nothing queued
 *   close(fd)                                        -> 0
 *   pidfdOpen(pid)                                   -> fd, readable once the process has ended
 *   watch unwatch ref                                watch.c
 *   dropPrivileges                                   privileges.c
 *   setns                                            namespace.c
 */
#include <linux/filter.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "native.h"

static napi_value native_socket(napi_env env, napi_callback_info info) {
  ARGS(3);
  int type = get_int(env, argv[1]) | SOCK_CLOEXEC | SOCK_NONBLOCK;
  return result(env, socket(get_int(env, argv[0]), type, get_int(env, argv[2])));
}

static napi_value native_close(napi_env env, napi_callback_info info) {
  ARGS(1);
  return result(env, close(get_int(env, argv[0])));
}

static napi_value native_bind(napi_env env, napi_callback_info info) {
  ARGS(2);
  size_t n;
  void *p = get_bytes(env, argv[1], &n);
  return result(env, bind(get_int(env, argv[0]), p, n));
}

static napi_value native_connect(napi_env env, napi_callback_info info) {
  ARGS(2);
  size_t n;
  void *p = get_bytes(env, argv[1], &n);
  return result(env, connect(get_int(env, argv[0]), p, n));
}

static napi_value native_setsockopt(napi_env env, napi_callback_info info) {
  ARGS(4);
  size_t n;
  void *p = get_bytes(env, argv[3], &n);
  return result(env, setsockopt(get_int(env, argv[0]), get_int(env, argv[1]), get_int(env, argv[2]), p, n));
}

static napi_value native_getsockopt(napi_env env, napi_callback_info info) {
  ARGS(4);
  char value[1024];
  int32_t want = get_int(env, argv[3]);
  socklen_t n = want < 0 || want > (int32_t)sizeof value ? sizeof value : (socklen_t)want;
  int r = getsockopt(get_int(env, argv[0]), get_int(env, argv[1]), get_int(env, argv[2]), value, &n);
  return r < 0 ? result(env, r) : copy_bytes(env, value, n);
}

static napi_value native_getsockname(napi_env env, napi_callback_info info) {
  ARGS(1);
  struct sockaddr_storage name;
  socklen_t n = sizeof name;
  int r = getsockname(get_int(env, argv[0]), (struct sockaddr *)&name, &n);
  return r < 0 ? result(env, r) : copy_bytes(env, &name, n);
}

static napi_value native_attach_filter(napi_env env, napi_callback_info info) {
  ARGS(2);
  size_t n;
  void *code = get_bytes(env, argv[1], &n);
  struct sock_fprog program = { .len = n / sizeof(struct sock_filter), .filter = code };
  return result(env, setsockopt(get_int(env, argv[0]), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
}

static napi_value native_sendmsg(napi_env env, napi_callback_info info) {
  ARGS(5);
  struct iovec iov;
  struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
  size_t n;
  iov.iov_base = get_bytes(env, argv[1], &iov.iov_len);
  m.msg_name = get_bytes(env, argv[2], &n);
  m.msg_namelen = n;
  m.msg_control = get_bytes(env, argv[3], &m.msg_controllen);
  return result(env, sendmsg(get_int(env, argv[0]), &m, get_int(env, argv[4]) | MSG_NOSIGNAL));
}

static napi_value native_recvmsg(napi_env env, napi_callback_info info) {
  ARGS(3);
  size_t size = get_int(env, argv[1]), control = get_int(env, argv[2]);
  struct sockaddr_storage name;
  char *space = malloc(size + control + 1);
  if (!space) return make_int(env, -ENOMEM);
  struct iovec iov = { space, size };
  struct msghdr m = { .msg_name = &name, .msg_namelen = sizeof name, .msg_iov = &iov, .msg_iovlen = 1,
    .msg_control = space + size, .msg_controllen = control };
  ssize_t n = recvmsg(get_int(env, argv[0]), &m, MSG_DONTWAIT);
  napi_value v;
  if (n < 0) {
    v = result(env, n);
  } else {
    napi_create_array_with_length(env, 4, &v);
    napi_set_element(env, v, 0, copy_bytes(env, space, n));
    napi_set_element(env, v, 1, copy_bytes(env, &name, m.msg_namelen));
    napi_set_element(env, v, 2, copy_bytes(env, m.msg_control, m.msg_controllen));
    napi_set_element(env, v, 3, make_int(env, m.msg_flags));
  }
  free(space);
  return v;
}

static napi_value native_pidfd_open(napi_env env, napi_callback_info info) {
  ARGS(1);
  /* 434 on every architecture; glibc 2.36's wrapper is not everywhere. Close-on-exec by itself. */
  return result(env, syscall(434, get_int(env, argv[0]), 0));
}

NAPI_MODULE_INIT() {
  static const struct { const char *name; napi_callback call; } table[] = {
    { "socket", native_socket }, { "close", native_close }, { "bind", native_bind }, { "connect", native_connect },
    { "setsockopt", native_setsockopt }, { "getsockopt", native_getsockopt }, { "getsockname", native_getsockname },
    { "attachFilter", native_attach_filter }, { "sendmsg", native_sendmsg }, { "recvmsg", native_recvmsg },
    { "pidfdOpen", native_pidfd_open }, { "dropPrivileges", native_drop_privileges },
    { "setns", native_setns },
    { "inotifyInit", native_inotify_init }, { "inotifyAdd", native_inotify_add },
    { "watch", native_watch }, { "unwatch", native_unwatch }, { "ref", native_ref },
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    napi_value v;
    napi_create_function(env, table[i].name, NAPI_AUTO_LENGTH, table[i].call, NULL, &v);
    napi_set_named_property(env, exports, table[i].name, v);
  }
  return exports;
}
