/* SPDX-License-Identifier: MIT */
/* A spin lock between CPUs. Held for a few instructions or one device access; never while a guest runs. */
#pragma once

#include "x86/instructions.h"

struct lock {
	u32 held;
};

static inline bool lock_try(struct lock *lock)
{
	return __atomic_exchange_n(&lock->held, 1U, __ATOMIC_ACQUIRE) == 0;
}

static inline void lock_take(struct lock *lock)
{
	while (!lock_try(lock)) {
		cpu_pause();
	}
}

static inline void lock_release(struct lock *lock)
{
	__atomic_store_n(&lock->held, 0U, __ATOMIC_RELEASE);
}
