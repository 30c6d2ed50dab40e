/* SPDX-License-Identifier: MIT */
#include "runtime/host.h"
#include "runtime/svsm.h"
#include "storm/storm.h"

static struct storm_cpu cpus[GUEST_CPUS];

struct storm_cpu *storm_cpu(u32 index)
{
	return &cpus[index];
}

struct storm_cpu *storm_self(void)
{
	return &cpus[cpu_current()->index];
}

void storm_expect(bool allowed, u64 call, u64 result)
{
	struct storm_cpu *self = storm_self();
	if (!allowed) {
		host_print("# CPU %u turn %lu: call 0x%lx says 0x%lx\n", cpu_current()->index, self->turns, call,
			   result);
		self->wrong++;
		self->last_call = call;
		self->last_result = result;
	}
}

u64 storm_call(u64 call, u64 rcx, u64 rdx, u64 r8)
{
	struct svsm_registers registers = {.rax = call, .rcx = rcx, .rdx = rdx, .r8 = r8};
	storm_self()->calls++;
	if (svsm_call(&registers) != SVSM_ANSWERED) {
		storm_expect(false, call, registers.rax);
		return UINT64_MAX;
	}
	return registers.rax;
}
