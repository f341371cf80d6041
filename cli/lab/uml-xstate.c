/*
 * For linux.uml of Linux 6.1, by LD_PRELOAD. It keeps 2696 bytes of a process's floating point state, all there was up
 * to AVX-512, and hands them to PTRACE_SETREGSET. On a processor with more (AMX: 11008 bytes) the host's kernel wants
 * the whole of it, answers EFAULT, and the guest panics in its first process ("ptrace set fp regs failed"). So the
 * missing part is added: zeros, which stand for state that was never used. Linux 6.13 asks for the size itself.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

#define LARGEST 65536

/* Not on the stack: a stack of the guest's kernel has 16 kB. One thread at a time makes these calls. */
static char whole[LARGEST] __attribute__((aligned(64)));

/* What this processor's state takes, as the host's kernel tells it. */
static size_t whole_size(long (*call)(int, ...), pid_t pid)
{
	static size_t size;

	if (size == 0) {
		struct iovec all = { whole, sizeof(whole) };

		if (call(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE, &all) == 0)
			size = all.iov_len;
	}
	return size;
}

long ptrace(enum __ptrace_request request, ...)
{
	static long (*call)(int, ...);
	va_list list;
	pid_t pid;
	void *address, *data;

	va_start(list, request);
	pid = va_arg(list, pid_t);
	address = va_arg(list, void *);
	data = va_arg(list, void *);
	va_end(list);

	if (call == NULL)
		call = (long (*)(int, ...))dlsym(RTLD_NEXT, "ptrace");
	if (request == PTRACE_SETREGSET && address == (void *)NT_X86_XSTATE) {
		const struct iovec *part = data;
		size_t size = whole_size(call, pid);

		if (part->iov_len < size) {
			struct iovec all = { whole, size };

			memcpy(whole, part->iov_base, part->iov_len);
			memset(whole + part->iov_len, 0, size - part->iov_len);
			return call(PTRACE_SETREGSET, pid, address, &all);
		}
	}
	return call(request, pid, address, data);
}
