/* SPDX-License-Identifier: MIT */
/* To VMPL0 and back. GHCB (56421), sections 2.3.1 and 4.1: run VMPL. */
#include <copra/sev.h>

#include "runtime/host.h"
#include "runtime/instructions.h"
#include "runtime/svsm.h"

void svsm_vmgexit(struct svsm_registers *registers);

void svsm_transport(enum svsm_transport transport)
{
	cpu_current()->transport = transport;
}

/* Response code 0x017, bits 63:32 zero on success. */
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

bool svsm_enter(struct svsm_registers *registers)
{
	return cpu_current()->transport == SVSM_BY_GHCB ? enter_by_ghcb(registers) : enter_by_msr(registers);
}
