/* SPDX-License-Identifier: MIT */
#include "runtime/cpu.h"

#include "runtime/instructions.h"

#define MSR_GS_BASE 0xC0000101U

static struct guest_cpu cpus[GUEST_CPUS];

struct guest_cpu *cpu_current(void)
{
	return gs_self();
}

struct guest_cpu *cpu_at(u32 index)
{
	return &cpus[index];
}

void cpu_install(u32 index)
{
	struct guest_cpu *cpu = &cpus[index];
	cpu->self = cpu;
	cpu->index = index;
	write_msr(MSR_GS_BASE, (u64)cpu);
}
