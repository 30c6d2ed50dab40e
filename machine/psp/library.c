/* SPDX-License-Identifier: MIT */
/*
 * What BearSSL, as the distribution builds it, wants of a C library. Its stack guard is at FS:0x28, which is where struct cpu
 * keeps it.
 */
#include "base/mem.h"
#include "end/end.h"

void *__memcpy_chk(void *restrict to, const void *restrict from, size_t n, size_t room);
void *__memmove_chk(void *to, const void *from, size_t n, size_t room);
void *__memset_chk(void *to, int value, size_t n, size_t room);
size_t strlen(const char *text);
noreturn_fn void __stack_chk_fail(void);

static void room_check(size_t n, size_t room)
{
	if (n > room) {
		machine_end(END_FAULT, NULL, "why=\"buffer overflow in the cryptographic library\"");
	}
}

void *__memcpy_chk(void *restrict to, const void *restrict from, size_t n, size_t room)
{
	room_check(n, room);
	return memcpy(to, from, n);
}

void *__memmove_chk(void *to, const void *from, size_t n, size_t room)
{
	room_check(n, room);
	return memmove(to, from, n);
}

void *__memset_chk(void *to, int value, size_t n, size_t room)
{
	room_check(n, room);
	return memset(to, value, n);
}

size_t strlen(const char *text)
{
	size_t n = 0;
	while (text[n] != '\0') {
		n++;
	}
	return n;
}

void __stack_chk_fail(void)
{
	machine_end(END_FAULT, NULL, "why=\"stack overflow in the cryptographic library\"");
}
