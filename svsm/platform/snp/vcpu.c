/* SPDX-License-Identifier: MIT */
/* The guest's vCPUs, as the host is asked to run them. */
#include <copra/ghcb.h>

#include "cpu/per_cpu.h"
#include "platform/platform.h"
#include "platform/snp/doorbell.h"
#include "platform/snp/flush.h"
#include "platform/snp/ghcb.h"
#include "platform/snp/terminate.h"

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
	terminate_with_others();
	ghcb_fill(&call);
	flush_leave();
	bool ran = doorbell_vmgexit(doorbell_flags());
	flush_enter();
	return ran ? ghcb_answer(&call) : ERR_OK;
}

void platform_idle(void)
{
	terminate_with_others();
	flush_leave();
	(void)doorbell_halt(doorbell_flags());
	flush_enter();
}
