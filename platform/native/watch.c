/*
 * Readiness of a file descriptor on libuv's loop.
 *
 *   watch(fd, batch, size, controlSize, cb) -> handle | -errno
 *        cb(errno, [data...], [sockaddr...], [control...], [flags...]) with up to `batch` messages at a time.
 *        batch 0: nothing is read; cb(0, [], [], [], []) once, when fd is readable, then the watch is over (pidfd).
 *   unwatch(handle)     also from inside cb, also twice; does not close the fd
 *   ref(handle, on)     whether the watch keeps the process alive
 */
#include <stdlib.h>
#include <sys/socket.h>
#include "native.h"

/*
 * libuv is inside the node binary; these prototypes stand in for uv.h, so that a C compiler and the N-API headers are
 * all the build needs (ABI stable throughout uv 1.x; the handle is allocated by uv_handle_size()).
 */
typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s { void *data; } uv_handle_t;
enum { UV_POLL = 8, UV_READABLE = 1 };
extern size_t uv_handle_size(int type);
extern int uv_poll_init(uv_loop_t *, uv_handle_t *, int fd);
extern int uv_poll_start(uv_handle_t *, int events, void (*)(uv_handle_t *, int status, int events));
extern int uv_poll_stop(uv_handle_t *);
extern void uv_close(uv_handle_t *, void (*)(uv_handle_t *));
extern void uv_ref(uv_handle_t *);
extern void uv_unref(uv_handle_t *);

/* Lives until the uv handle is closed and the JavaScript handle is collected: refs counts the two. */
typedef struct {
  uv_handle_t *handle; /* NULL once closing */
  int refs;
  napi_env env;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  bool exiting;
  int fd;
  uint32_t batch, size, control;
  struct mmsghdr *messages;
  struct iovec *iov;
  struct sockaddr_storage *names;
  char *data, *controls;
} watch_t;

static void watch_free(watch_t *w) {
  if (--w->refs > 0) return;
  free(w->messages); free(w->iov); free(w->names); free(w->data); free(w->controls);
  free(w);
}

static void on_closed(uv_handle_t *h) {
  watch_t *w = h->data;
  free(h);
  napi_remove_async_cleanup_hook(w->hook);
  watch_free(w);
}

static void watch_close(watch_t *w) {
  uv_handle_t *h = w->handle;
  if (!h) return;
  w->handle = NULL;
  uv_poll_stop(h);
  if (!w->exiting) {
    napi_delete_reference(w->env, w->callback);
    napi_async_destroy(w->env, w->context);
  }
  uv_close(h, on_closed);
}

/* A worker that is terminated, or the end of the process, with the watch still open. */
static void on_env_exit(napi_async_cleanup_hook_handle hook, void *arg) {
  (void)hook;
  watch_t *w = arg;
  w->exiting = true;
  watch_close(w);
}

static void on_collect(napi_env env, void *data, void *hint) {
  (void)env; (void)hint;
  watch_free(data);
}

static void emit(watch_t *w, int error, int n) {
  napi_env env = w->env;
  napi_value callback, global, argv[5];
  napi_get_reference_value(env, w->callback, &callback);
  napi_get_global(env, &global);
  argv[0] = make_int(env, error);
  for (int i = 1; i < 5; i++) napi_create_array_with_length(env, n, &argv[i]);
  for (int i = 0; i < n; i++) {
    struct msghdr *m = &w->messages[i].msg_hdr;
    napi_set_element(env, argv[1], i, copy_bytes(env, w->data + (size_t)i * w->size, w->messages[i].msg_len));
    napi_set_element(env, argv[2], i, copy_bytes(env, m->msg_name, m->msg_namelen));
    napi_set_element(env, argv[3], i, copy_bytes(env, m->msg_control, m->msg_controllen));
    napi_set_element(env, argv[4], i, make_int(env, m->msg_flags));
  }
  if (napi_make_callback(env, w->context, global, callback, 5, argv, NULL) == napi_pending_exception) {
    napi_value thrown;
    napi_get_and_clear_last_exception(env, &thrown);
    napi_fatal_exception(env, thrown);
  }
}

/* Reads one batch; the number of messages, or -errno. */
static int receive(watch_t *w) {
  for (uint32_t i = 0; i < w->batch; i++) {
    struct msghdr *m = &w->messages[i].msg_hdr;
    m->msg_namelen = sizeof *w->names;
    m->msg_controllen = w->control;
    m->msg_flags = 0;
  }
  int n = recvmmsg(w->fd, w->messages, w->batch, MSG_DONTWAIT | MSG_TRUNC, NULL);
  if (n < 0) return -errno;
  /* With MSG_TRUNC the length is the true one, which may exceed what was stored. */
  for (int i = 0; i < n; i++) {
    if (w->messages[i].msg_len <= w->size) continue;
    w->messages[i].msg_len = w->size;
    w->messages[i].msg_hdr.msg_flags |= MSG_TRUNC;
  }
  return n;
}

static void on_poll(uv_handle_t *h, int status, int events) {
  watch_t *w = h->data;
  (void)events;
  int n = 0;
  if (w->batch == 0) {
    uv_poll_stop(h);
  } else {
    /*
     * On POLLERR (netlink overrun: ENOBUFS; packet socket: ENETDOWN) libuv stops the handle and reports EBADF. The
     * receive gives and clears the true error; without the restart the socket would be deaf from then on.
     */
    if (status < 0 && uv_poll_start(h, UV_READABLE, on_poll) < 0) return;
    n = receive(w);
    if (n == -EAGAIN || n == -EINTR) return;
    if (n == -EBADF || n == -ENOTSOCK) uv_poll_stop(h);
  }
  napi_handle_scope scope;
  napi_open_handle_scope(w->env, &scope);
  emit(w, n < 0 ? -n : 0, n < 0 ? 0 : n);
  napi_close_handle_scope(w->env, scope);
}

static watch_t *watch_new(napi_env env, int fd, uint32_t batch, uint32_t size, uint32_t control) {
  watch_t *w = calloc(1, sizeof *w);
  w->refs = 1;
  w->env = env;
  w->fd = fd;
  w->batch = batch;
  w->size = size;
  w->control = control;
  w->messages = calloc(batch + 1, sizeof *w->messages);
  w->iov = calloc(batch + 1, sizeof *w->iov);
  w->names = calloc(batch + 1, sizeof *w->names);
  w->data = malloc((size_t)batch * size + 1);
  w->controls = malloc((size_t)batch * control + 1);
  for (uint32_t i = 0; i < batch; i++) {
    w->iov[i] = (struct iovec){ w->data + (size_t)i * size, size };
    w->messages[i].msg_hdr = (struct msghdr){ .msg_name = &w->names[i], .msg_iov = &w->iov[i], .msg_iovlen = 1,
      .msg_control = w->controls + (size_t)i * control };
  }
  return w;
}

napi_value native_watch(napi_env env, napi_callback_info info) {
  ARGS(5);
  uv_loop_t *loop;
  napi_value v, name;
  int fd = get_int(env, argv[0]);
  watch_t *w = watch_new(env, fd, get_int(env, argv[1]), get_int(env, argv[2]), get_int(env, argv[3]));
  uv_handle_t *h = calloc(1, uv_handle_size(UV_POLL));
  napi_get_uv_event_loop(env, &loop);
  int r = uv_poll_init(loop, h, fd);
  if (r < 0) {
    watch_free(w);
    free(h);
    return make_int(env, r);
  }
  h->data = w;
  w->handle = h;
  w->refs = 2;
  napi_create_reference(env, argv[4], 1, &w->callback);
  napi_create_string_utf8(env, "failoverd", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &w->context);
  napi_add_async_cleanup_hook(env, on_env_exit, w, &w->hook);
  uv_poll_start(h, UV_READABLE, on_poll);
  napi_create_external(env, w, on_collect, NULL, &v);
  return v;
}

napi_value native_unwatch(napi_env env, napi_callback_info info) {
  ARGS(1);
  void *w;
  if (napi_get_value_external(env, argv[0], &w) == napi_ok) watch_close(w);
  return NULL;
}

napi_value native_ref(napi_env env, napi_callback_info info) {
  ARGS(2);
  void *w;
  bool on = true;
  napi_get_value_bool(env, argv[1], &on);
  if (napi_get_value_external(env, argv[0], &w) == napi_ok && ((watch_t *)w)->handle)
    (on ? uv_ref : uv_unref)(((watch_t *)w)->handle);
  return NULL;
}
