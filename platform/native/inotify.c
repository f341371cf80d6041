/*
 * inotify(7), which Node's own watcher narrows down to "changed": whoever reads a file at that sees it half written.
 *
 *   inotifyInit() -> fd | -errno                   non-blocking, close-on-exec; to be read like any file
 *   inotifyAdd(fd, path, mask) -> wd | -errno
 */
#include <stdlib.h>
#include <sys/inotify.h>
#include "native.h"

napi_value native_inotify_init(napi_env env, napi_callback_info info) {
  (void)info;
  return result(env, inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
}

napi_value native_inotify_add(napi_env env, napi_callback_info info) {
  ARGS(3);
  char path[4096];
  size_t length = 0;
  napi_get_value_string_utf8(env, argv[1], path, sizeof path, &length);
  return result(env, inotify_add_watch(get_int(env, argv[0]), path, (uint32_t)get_int(env, argv[2])));
}
