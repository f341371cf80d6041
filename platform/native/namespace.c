/*
 * setns(fd, type) -> 0 | -errno
 *
 * The calling thread enters the namespace of the descriptor. A namespace belongs to a thread: sockets that this thread
 * opens from now on are in it, and so are the processes that it starts; the threads of libuv's pool stay where they are.
 */
#include <sched.h>
#include "native.h"

napi_value native_setns(napi_env env, napi_callback_info info) {
  ARGS(2);
  return result(env, setns(get_int(env, argv[0]), get_int(env, argv[1])));
}
