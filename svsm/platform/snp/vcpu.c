/* SPDX-License-Identifier: MIT */
/* The guest's vCPUs, as the host is asked to run them. */
#include <copra/ghcb.h>

#include "cpu/per_cpu.h"
#include "platform/platform.h"
#include "platform/snp/doorbell.h"
#include "platform/snp/ghcb.h"

#define AP_CREATION_APIC_ID_SHIFT 32U
#define AP_CREATION_VMPL_SHIFT 16U

err_t platform_vcpu_register(u32 apic_id, u32 vmpl, gpa_t vmsa, u64 sev_features)
{
	struct ghcb_call call = {
		.code = GHCB_NAE_AP_CREATION,
		.info1 = (u64)apic_id << AP_CREATION_APIC_ID_SHIFT | (u64)vmpl << AP_CREATION_VMPL_SHIFT | AP_CREATE,
		.info2 = vmsa.raw,
		.rax = sev_features,
		.pass = GHCB_PASS_RAX,
	};
	return ghcb_exchange(&call);
}

err_t platform_guest_run(u32 vmpl)
{
	struct ghcb_call call = {.code = GHCB_NAE_RUN_VMPL, .info1 = vmpl};
	const volatile u8 *flags = &cpu_current()->doorbell->flags;
	ghcb_fill(&call);
	if (!doorbell_vmgexit(flags)) {
		doorbell_drain();
		return ERR_OK;
	}
	return ghcb_answer(&call);
}

void platform_idle(void)
{
	if (!doorbell_halt(&cpu_current()->doorbell->flags)) {
		doorbell_drain();
	}
}
