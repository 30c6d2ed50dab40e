/* SPDX-License-Identifier: MIT */
#include "runtime/svsm.h"

#include <copra/sev.h>

#include "runtime/host.h"
#include "runtime/instructions.h"

void svsm_vmgexit(struct svsm_registers *registers);

static volatile struct svsm_calling_area *area;
static enum svsm_transport transport_used = SVSM_BY_MSR;

void svsm_open(u64 calling_area)
{
	transport_used = SVSM_BY_MSR;
	svsm_use(calling_area);
}

void svsm_use(u64 calling_area)
{
	area = (volatile struct svsm_calling_area *)calling_area;
}

void svsm_transport(enum svsm_transport transport)
{
	transport_used = transport;
}

u64 svsm_calling_area(void)
{
	return (u64)area;
}

/* GHCB section 2.3.1, run VMPL: response code 0x017, bits 63:32 zero on success. */
static bool enter_by_msr(struct svsm_registers *registers)
{
	u64 before = read_msr(MSR_GHCB);
	write_msr(MSR_GHCB, GHCB_MSR_RUN_VMPL_REQUEST);
	svsm_vmgexit(registers);
	u64 answer = read_msr(MSR_GHCB);
	write_msr(MSR_GHCB, before);
	return answer == GHCB_MSR_RUN_VMPL_RESPONSE;
}

static bool enter_by_ghcb(struct svsm_registers *registers)
{
	host_event(GHCB_NAE_RUN_VMPL, 0, 0);
	svsm_vmgexit(registers);
	return host_event_result() == GHCB_RESULT_OK;
}

bool svsm_call_pending(struct svsm_registers *registers, u8 pending, u8 *after)
{
	area->call_pending = pending;
	bool ran = transport_used == SVSM_BY_GHCB ? enter_by_ghcb(registers) : enter_by_msr(registers);
	*after = exchange_zero(&area->call_pending);
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

u64 svsm_validate_one(u64 entry)
{
	volatile struct svsm_pvalidate_header *header = (volatile struct svsm_pvalidate_header *)(area + 1);
	volatile u64 *entries = (volatile u64 *)(header + 1);
	header->entries = 1;
	header->next = 0;
	header->reserved = 0;
	entries[0] = entry;
	return svsm_core(SVSM_CORE_PVALIDATE, (u64)header, 0, 0);
}
