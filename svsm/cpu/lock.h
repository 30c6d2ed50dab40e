/* SPDX-License-Identifier: MIT */
/*
 * A spin lock, and the names that let clang's thread-safety analysis check who holds it. Interrupt handlers of the SVSM take
 * no lock, so holders need not mask anything. Data behind a lock is reached through a locked type (struct X_locked), which
 * only X_lock() hands out.
 */
#pragma once

#include <copra/types.h>

#if defined(__clang__)
#define LOCK_ATTRIBUTE(x) __attribute__((x))
#else
#define LOCK_ATTRIBUTE(x)
#endif
#define LOCK_TYPE LOCK_ATTRIBUTE(capability("lock"))
#define LOCK_ACQUIRES(l) LOCK_ATTRIBUTE(acquire_capability(l))
#define LOCK_RELEASES(l) LOCK_ATTRIBUTE(release_capability(l))
#define LOCK_HELD(l) LOCK_ATTRIBUTE(requires_capability(l))
#define LOCK_GUARDS(l) LOCK_ATTRIBUTE(guarded_by(l))
#define LOCK_UNCHECKED LOCK_ATTRIBUTE(no_thread_safety_analysis)

struct LOCK_TYPE spin_lock {
	u32 taken;
};
#define SPIN_LOCK_INIT \
	{ \
		0 \
	}

static inline void LOCK_UNCHECKED spin_lock_take(struct spin_lock *lock) LOCK_ACQUIRES(lock)
{
	while (__atomic_exchange_n(&lock->taken, 1U, __ATOMIC_ACQUIRE) != 0) {
		while (__atomic_load_n(&lock->taken, __ATOMIC_RELAXED) != 0) {
			__builtin_ia32_pause();
		}
	}
}

static inline void LOCK_UNCHECKED spin_lock_release(struct spin_lock *lock) LOCK_RELEASES(lock)
{
	__atomic_store_n(&lock->taken, 0U, __ATOMIC_RELEASE);
}
