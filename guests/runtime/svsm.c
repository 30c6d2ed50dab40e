/* SPDX-License-Identifier: MIT */
#include "runtime/svsm.h"

#include "runtime/memory.h"

static volatile struct svsm_calling_area *area_of(const struct guest_cpu *cpu)
{
	return memory_at(cpu->calling_area);
}

void svsm_open(u64 calling_area)
{
	svsm_transport(SVSM_BY_MSR);
	svsm_use(calling_area);
}

void svsm_use(u64 calling_area)
{
	cpu_current()->calling_area = calling_area;
}

u64 svsm_calling_area(void)
{
	return cpu_current()->calling_area;
}

bool svsm_call_pending(struct svsm_registers *registers, u8 pending, u8 *after)
{
	volatile struct svsm_calling_area *area = area_of(cpu_current());
	area->call_pending = pending;
	bool ran = svsm_enter(registers);
	*after = __atomic_exchange_n(&area->call_pending, 0, __ATOMIC_SEQ_CST);
	return ran;
}

enum svsm_outcome svsm_call(struct svsm_registers *registers)
{
	u8 after;
	if (!svsm_call_pending(registers, 1, &after)) {
		return SVSM_HOST_ERROR;
	}
	return after == 0 ? SVSM_ANSWERED : SVSM_PASSED_OVER;
}

u64 svsm_core(u32 call, u64 rcx, u64 rdx, u64 r8)
{
	struct svsm_registers registers = {.rax = call, .rcx = rcx, .rdx = rdx, .r8 = r8};
	return svsm_call(&registers) == SVSM_ANSWERED ? registers.rax : UINT64_MAX;
}

/* One that was passed over has RAX as it was, which is SVSM_SUCCESS: the next call will not be answered then. */
u64 svsm_remap(u64 calling_area)
{
	struct svsm_registers registers = {.rax = SVSM_CORE_REMAP_CA, .rcx = calling_area};
	volatile struct svsm_calling_area *area = area_of(cpu_current());
	area->call_pending = 1;
	bool ran = svsm_enter(&registers);
	if (ran && registers.rax == SVSM_SUCCESS) {
		svsm_use(calling_area);
		return SVSM_SUCCESS;
	}
	bool answered = __atomic_exchange_n(&area->call_pending, 0, __ATOMIC_SEQ_CST) == 0;
	return ran && answered ? registers.rax : UINT64_MAX;
}

u64 svsm_validate_one(u64 entry)
{
	const struct guest_cpu *cpu = cpu_current();
	volatile struct svsm_pvalidate_header *header = (volatile struct svsm_pvalidate_header *)(area_of(cpu) + 1);
	volatile u64 *entries = (volatile u64 *)(header + 1);
	header->entries = 1;
	header->next = 0;
	header->reserved = 0;
	entries[0] = entry;
	return svsm_core(SVSM_CORE_PVALIDATE, cpu->calling_area + sizeof(struct svsm_calling_area), 0, 0);
}
