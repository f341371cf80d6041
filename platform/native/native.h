/* Shared by the C files of the addon: arguments in, numbers and Buffers out. */
#ifndef FAILOVERD_NATIVE_H
#define FAILOVERD_NATIVE_H
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <node_api.h>

#define ARGS(n) size_t argc = n; napi_value argv[n]; \
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL)

static inline int32_t get_int(napi_env env, napi_value v) {
  int32_t r = -1;
  napi_get_value_int32(env, v, &r);
  return r;
}

static inline napi_value make_int(napi_env env, int64_t r) {
  napi_value v;
  napi_create_int64(env, r, &v);
  return v;
}

/* The result of a system call as it goes to JavaScript: >= 0, or -errno. */
static inline napi_value result(napi_env env, int64_t r) {
  return make_int(env, r < 0 ? -errno : r);
}

/* The bytes of a Buffer; NULL and 0 for null. */
static inline void *get_bytes(napi_env env, napi_value v, size_t *len) {
  void *p = NULL;
  bool is = false;
  *len = 0;
  napi_is_buffer(env, v, &is);
  if (is) napi_get_buffer_info(env, v, &p, len);
  return p;
}

static inline napi_value copy_bytes(napi_env env, const void *p, size_t n) {
  napi_value v;
  napi_create_buffer_copy(env, n, p, NULL, &v);
  return v;
}

/* watch.c */
napi_value native_watch(napi_env env, napi_callback_info info);
napi_value native_unwatch(napi_env env, napi_callback_info info);
napi_value native_ref(napi_env env, napi_callback_info info);
/* namespace.c */
napi_value native_setns(napi_env env, napi_callback_info info);

/* inotify.c */
napi_value native_inotify_init(napi_env env, napi_callback_info info);
napi_value native_inotify_add(napi_env env, napi_callback_info info);

/* privileges.c */
napi_value native_drop_privileges(napi_env env, napi_callback_info info);

#endif
