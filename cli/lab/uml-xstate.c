/*
 * Lets User-Mode Linux 6.1 run on processors with AMX. UML keeps 2696 bytes of a guest process's extended registers
 * (up to AVX-512 and PKRU), and hands just those back with PTRACE_SETREGSET; the host takes a whole XSAVE area only,
 * which is 11 KiB where there is AMX, and refuses: the guest dies at its first process. This is preloaded into
 * linux.uml and fills the rest with zeros; the header in the first part says that it is unused.
 *
 *   cc -O2 -shared -fPIC -o uml-xstate.so uml-xstate.c     then LD_PRELOAD=uml-xstate.so linux.uml ...
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { GETREGSET = 0x4204, SETREGSET = 0x4205, NT_X86_XSTATE = 0x202, LARGEST = 65536 };

static char area[LARGEST];

/* Size of the host's XSAVE area: a get with room to spare tells. */
static size_t host_size(long pid) {
  static size_t size;
  struct iovec whole = { area, sizeof area };
  if (!size && syscall(SYS_ptrace, GETREGSET, pid, NT_X86_XSTATE, &whole) == 0) size = whole.iov_len;
  return size;
}

long ptrace(int request, ...) {
  va_list args;
  va_start(args, request);
  long pid = va_arg(args, int);
  void *address = va_arg(args, void *), *data = va_arg(args, void *);
  va_end(args);
  if (request == SETREGSET && (long)address == NT_X86_XSTATE) {
    struct iovec *given = data;
    size_t size = host_size(pid);
    if (given->iov_len < size) {
      memset(area, 0, size);
      memcpy(area, given->iov_base, given->iov_len);
      struct iovec whole = { area, size };
      return syscall(SYS_ptrace, request, pid, address, &whole);
    }
  }
  /* The C library returns what PEEK requests read; UML uses none of them here, but keep its contract. */
  if (request >= 1 && request <= 3) {
    long word;
    long r = syscall(SYS_ptrace, request, pid, address, &word);
    return r < 0 ? r : word;
  }
  return syscall(SYS_ptrace, request, pid, address, data);
}
