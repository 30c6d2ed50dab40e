/* SPDX-License-Identifier: MIT */
/* System calls whose results do not depend on who answers them. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/probe.h"

#define PAGE 4096L
#define KERNEL (-0x7FF00000L)
#define ANYWHERE 0L
#define ANONYMOUS 0x22L
#define READ_WRITE 3L
#define SOMETHING 1 /* stands for a number that is greater than 0 */

struct transcript {
	uint8_t *reply;
	size_t room;
	size_t size;
};

static void note(struct transcript *t, long result)
{
	int32_t value = result > 0 ? SOMETHING : (int32_t)result;
	if (t->size + sizeof(value) <= t->room) {
		memcpy(t->reply + t->size, &value, sizeof(value));
		t->size += sizeof(value);
	}
}

/* The system call itself, not what the C library makes of it. */
static long call(long number, long a, long b, long c, long d)
{
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = -1;
	register long sixth __asm__("r9") = 0;
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	return result;
}

static long map(long bytes, long protection, long flags)
{
	return call(SYS_mmap, ANYWHERE, bytes, protection, flags);
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != 0) {
			return false;
		}
	}
	return true;
}

static void mappings(struct transcript *t)
{
	long at = map(3 * PAGE, READ_WRITE, ANONYMOUS);
	note(t, at);
	note(t, at % PAGE);
	note(t, is_zero((const uint8_t *)at, 3 * PAGE));
	memset((void *)at, 1, 3 * PAGE);
	note(t, call(SYS_mprotect, at, PAGE, 1, 0));
	note(t, *(const uint8_t *)at);
	note(t, call(SYS_mprotect, at + 1, PAGE, 1, 0));
	note(t, call(SYS_mprotect, at, PAGE, 0x1000, 0));
	note(t, call(SYS_munmap, at + PAGE, PAGE, 0, 0));
	note(t, call(SYS_munmap, at + PAGE, PAGE, 0, 0));
	note(t, call(SYS_mprotect, at, 3 * PAGE, 1, 0));
	note(t, call(SYS_munmap, at, 3 * PAGE, 0, 0));
	note(t, call(SYS_munmap, at + 1, PAGE, 0, 0));
	note(t, call(SYS_munmap, at, 0, 0, 0));
	note(t, call(SYS_mprotect, at, 0, 1, 0));
	note(t, map(0, READ_WRITE, ANONYMOUS));
	note(t, map(PAGE, READ_WRITE, 0x20));
	note(t, map(1L << 46, READ_WRITE, ANONYMOUS));
}

static void heap(struct transcript *t)
{
	long old = call(SYS_brk, 0, 0, 0, 0);
	note(t, old);
	note(t, call(SYS_brk, old + 3 * PAGE, 0, 0, 0) - (old + 3 * PAGE));
	note(t, is_zero((const uint8_t *)old, 3 * PAGE));
	memset((void *)old, 1, 3 * PAGE);
	note(t, call(SYS_brk, old, 0, 0, 0) - old);
	note(t, call(SYS_brk, KERNEL, 0, 0, 0) - old);
	note(t, call(SYS_brk, 1, 0, 0, 0) - old);
	note(t, call(SYS_brk, old + 3 * PAGE, 0, 0, 0) - (old + 3 * PAGE));
	note(t, is_zero((const uint8_t *)(old + PAGE), 2 * PAGE));
	note(t, call(SYS_brk, old, 0, 0, 0) - old);
}

static void descriptors(struct transcript *t)
{
	long vector[2] = {(long)t, KERNEL};
	note(t, call(SYS_write, 9, (long)t, 1, 0));
	note(t, call(SYS_read, 9, (long)t, 1, 0));
	note(t, call(SYS_write, 1, (long)"probe: transcript\n", 18, 0));
	note(t, call(SYS_write, 1, KERNEL, 1, 0));
	note(t, call(SYS_write, 1, (long)t, 0, 0));
	note(t, call(SYS_writev, 9, (long)vector, 1, 0));
	note(t, call(SYS_writev, 1, (long)vector, -1, 0));
	note(t, call(SYS_writev, 1, KERNEL, 1, 0));
}

static void others(struct transcript *t)
{
	long word[2] = {0, 0};
	long base;
	note(t, call(SYS_getpid, 0, 0, 0, 0));
	note(t, call(SYS_gettid, 0, 0, 0, 0));
	note(t, call(SYS_arch_prctl, 0x1003, (long)&base, 0, 0));
	note(t, call(SYS_arch_prctl, 0x1002, base, 0, 0));
	note(t, call(SYS_arch_prctl, 0x1002, KERNEL, 0, 0));
	note(t, call(SYS_arch_prctl, 0x1003, KERNEL, 0, 0));
	note(t, call(SYS_arch_prctl, 0x7777, 0, 0, 0));
	note(t, call(SYS_futex, (long)word, 0x81, 1, 0));
	note(t, call(SYS_getrandom, (long)word, sizeof(word), 0, 0));
	note(t, word[0] != word[1]);
	note(t, call(SYS_getrandom, (long)word, 8, 1, 0));
	note(t, call(SYS_getrandom, (long)word, 0, 0, 0));
	note(t, call(SYS_getrandom, (long)word, 8, 0x100, 0));
	note(t, call(SYS_getrandom, KERNEL, 8, 0, 0));
	note(t, call(SYS_clock_gettime, 1, (long)word, 0, 0));
	note(t, word[1] >= 0 && word[1] < 1000000000L);
	note(t, call(SYS_clock_gettime, 99, (long)word, 0, 0));
	note(t, call(SYS_clock_gettime, 1, KERNEL, 0, 0));
	note(t, call(999, 0, 0, 0, 0));
}

size_t probe_transcript(uint8_t *reply, size_t room)
{
	struct transcript t = {reply, room, 0};
	mappings(&t);
	heap(&t);
	descriptors(&t);
	others(&t);
	return t.size;
}
