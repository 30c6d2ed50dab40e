/* SPDX-License-Identifier: MIT */
#include "run/turns.h"

#include "cpu/vcpu.h"

static u64 seen; /* when a CPU last entered or left a guest; atomic */

static void absence_begin(struct cpu *cpu)
{
	cpu->absence = 0;
	cpu->absence_shared = false;
}

/* A guest that sleeps or is not there misses nothing. */
static bool lower_waits(const struct vcpu *vcpu)
{
	bool waits = false;
	for (u32 vmpl = 1; vmpl < VMPL_COUNT; vmpl++) {
		waits |= vcpu->context[vmpl].state == CONTEXT_READY;
	}
	return waits;
}

/* A lower VMPL runs again. What is known only in part, because another CPU had its turn meanwhile, is no absence. */
static void absence_close(struct cpu *cpu)
{
	struct counters *counters = &cpu->vcpu->context[0].counters;
	if (!cpu->absence_shared && cpu->absence > counters->longest_absence) {
		counters->longest_absence = cpu->absence;
	}
	absence_begin(cpu);
	cpu->lower_ran = true;
}

void turn_begin(struct cpu *cpu, u64 start)
{
	if (cpu->vcpu->vmpl != 0) {
		absence_close(cpu);
	}
	__atomic_store_n(&seen, start, __ATOMIC_RELAXED);
}

void turn_end(struct cpu *cpu, u64 start, u64 end)
{
	u64 last = __atomic_exchange_n(&seen, end, __ATOMIC_RELAXED);
	bool shared = last != start;
	u64 from = last > start && last < end ? last : start;
	vcpu_context(cpu->vcpu)->counters.own_ticks += end - from;
	if (cpu->vcpu->vmpl != 0) {
		return;
	}
	if (!cpu->lower_ran || !lower_waits(cpu->vcpu)) {
		absence_begin(cpu);
		return;
	}
	cpu->absence += end - from;
	cpu->absence_shared |= shared;
}
