/* SPDX-License-Identifier: MIT */
#include "platform/snp/flush.h"

#include <copra/boot.h>

#include "cpu/instructions.h"
#include "platform/check.h"
#include "platform/snp/instructions.h"

static struct {
	bool broadcast;
	u32 count;  /* atomic, of cpus; those below it stay */
	u64 wanted; /* atomic: flushes asked for, ever */
	struct cpu *cpus[BOOT_MAX_CPUS];
} flush;

void flush_begin(bool broadcast)
{
	flush.broadcast = broadcast;
	flush.count = 0;
}

/* Several CPUs join at a time. An entry is there a moment after its number: that CPU has not been in the guest yet. */
void flush_join(struct cpu *cpu)
{
	u32 at = __atomic_fetch_add(&flush.count, 1, __ATOMIC_SEQ_CST);
	CHECK(at < BOOT_MAX_CPUS);
	__atomic_store_n(&flush.cpus[at], cpu, __ATOMIC_SEQ_CST);
}

/* Every change of CR4.PGE makes the CPU forget all translations, global ones too (APM volume 2, section 5.5.3). */
static void flush_own(struct cpu *cpu)
{
	u64 wanted = __atomic_load_n(&flush.wanted, __ATOMIC_SEQ_CST);
	u64 cr4 = cr4_read();
	cr4_write(cr4 ^ CR4_PGE);
	cr4_write(cr4);
	__atomic_store_n(&cpu->flushed, wanted, __ATOMIC_SEQ_CST);
}

static bool flush_is_due(const struct cpu *cpu, u64 wanted)
{
	return __atomic_load_n(&cpu->flushed, __ATOMIC_SEQ_CST) < wanted;
}

/*
 * Says that the CPU is outside, then looks for flushes; who wants one says so, then looks who is outside. So one of the two sees
 * the other.
 */
void flush_leave(void)
{
	struct cpu *cpu = cpu_current();
	if (flush.broadcast) {
		return;
	}
	__atomic_store_n(&cpu->outside, true, __ATOMIC_SEQ_CST);
	while (flush_is_due(cpu, __atomic_load_n(&flush.wanted, __ATOMIC_SEQ_CST))) {
		flush_own(cpu);
	}
}

void flush_enter(void)
{
	if (!flush.broadcast) {
		__atomic_store_n(&cpu_current()->outside, false, __ATOMIC_SEQ_CST);
	}
}

/* One that the host does not run is waited for, too: it may be in the middle of the guest, with old translations. */
static void flush_other(struct cpu *other, u64 wanted)
{
	bool kicked = false;
	while (__atomic_load_n(&other->outside, __ATOMIC_SEQ_CST) && flush_is_due(other, wanted)) {
		if (!kicked) {
			platform_cpu_kick(other->apic_id);
			kicked = true;
		}
		cpu_relax();
	}
}

void platform_flush_guest(void)
{
	struct cpu *own = cpu_current();
	if (flush.broadcast) {
		invlpgb_all();
		tlbsync();
		return;
	}
	u64 wanted = __atomic_add_fetch(&flush.wanted, 1, __ATOMIC_SEQ_CST);
	flush_own(own);
	for (u32 i = 0; i < __atomic_load_n(&flush.count, __ATOMIC_SEQ_CST); i++) {
		struct cpu *other = __atomic_load_n(&flush.cpus[i], __ATOMIC_SEQ_CST);
		if (other != NULL && other != own) {
			flush_other(other, wanted);
		}
	}
}
