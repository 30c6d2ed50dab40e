/* SPDX-License-Identifier: MIT */
#include "runtime/host_open.h"

#include <copra/sev.h>

#include "runtime/host.h"
#include "runtime/instructions.h"
#include "runtime/paging.h"
#include "runtime/svsm.h"

/* GHCB section 2.3.1: only pages that the guest gave back may be made shared. */
static bool make_shared(u64 page)
{
	if (svsm_validate_one(svsm_entry(page, ENTRY_RESCIND)) != SVSM_SUCCESS) {
		return false;
	}
	u64 answer = host_msr_request(GHCB_MSR_PAGE_STATE_REQUEST | page | (u64)PSC_OP_SHARED << PSC_ENTRY_OP_SHIFT);
	return answer == GHCB_MSR_PAGE_STATE_RESPONSE;
}

/* This CPU's GHCB, which only it and the host use. */
static void ghcb_register(void)
{
	u64 page = host_ghcb_address();
	u64 answer = host_msr_request(GHCB_MSR_REGISTER_REQUEST | page);
	if (answer != (GHCB_MSR_REGISTER_RESPONSE | page)) {
		host_terminate(PROGRAM_NO_GHCB);
	}
	write_msr(MSR_GHCB, page);
	cpu_current()->ghcb = (volatile struct ghcb *)page;
}

void host_open(void)
{
	u64 info = host_msr_request(GHCB_MSR_SEV_INFO_REQUEST);
	u32 cbit = (u32)(info >> 24) & 0xFFU;
	u64 first = host_ghcb_address();
	if ((info & GHCB_MSR_INFO_MASK) != GHCB_MSR_SEV_INFO || !make_shared(first)) {
		host_terminate(PROGRAM_NO_GHCB);
	}
	paging_install(cbit, first, GUEST_CPUS);
	ghcb_register();
}

/* Shared already when the CPU was here before. */
void host_join(void)
{
	static bool shared[GUEST_CPUS];
	u32 index = cpu_current()->index;
	if (!shared[index] && !make_shared(host_ghcb_address())) {
		host_terminate(PROGRAM_NO_GHCB);
	}
	shared[index] = true;
	ghcb_register();
}
