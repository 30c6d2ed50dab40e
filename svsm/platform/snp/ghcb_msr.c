/* SPDX-License-Identifier: MIT */
#include "platform/snp/ghcb_msr.h"

#include <copra/ghcb.h>
#include <copra/sev.h>

#include "cpu/instructions.h"
#include "platform/snp/instructions.h"

#define REQUEST_FRAME_SHIFT 12U
#define RESPONSE_HIGH_SHIFT 32U
#define CPUID_REGISTER_SHIFT 30U

static u64 msr_exchange(u64 request)
{
	msr_write(MSR_GHCB, request);
	vmgexit();
	return msr_read(MSR_GHCB);
}

err_t ghcb_msr_check_version(void)
{
	u64 response = msr_exchange(GHCB_MSR_SEV_INFO_REQUEST);
	if ((response & GHCB_MSR_INFO_MASK) != GHCB_MSR_SEV_INFO) {
		return ERR_HOST;
	}
	u32 highest = (u32)(response >> 48) & 0xFFFFU;
	u32 lowest = (u32)(response >> 32) & 0xFFFFU;
	return lowest <= GHCB_VERSION && GHCB_VERSION <= highest ? ERR_OK : ERR_UNSUPPORTED;
}

err_t ghcb_msr_features(u64 *features)
{
	u64 response = msr_exchange(GHCB_MSR_FEATURES_REQUEST);
	if ((response & GHCB_MSR_INFO_MASK) != GHCB_MSR_FEATURES_RESPONSE) {
		return ERR_HOST;
	}
	*features = response >> REQUEST_FRAME_SHIFT;
	return ERR_OK;
}

err_t ghcb_msr_page_share(gpa_t page)
{
	u64 request = GHCB_MSR_PAGE_STATE_REQUEST | page.raw | (u64)PSC_OP_SHARED << PSC_ENTRY_OP_SHIFT;
	return msr_exchange(request) == GHCB_MSR_PAGE_STATE_RESPONSE ? ERR_OK : ERR_HOST;
}

err_t ghcb_msr_register(gpa_t page)
{
	if (msr_exchange(GHCB_MSR_REGISTER_REQUEST | page.raw) != (GHCB_MSR_REGISTER_RESPONSE | page.raw)) {
		return ERR_HOST;
	}
	msr_write(MSR_GHCB, page.raw);
	return ERR_OK;
}

err_t ghcb_msr_cpuid(u32 leaf, enum ghcb_msr_cpuid what, u32 *value)
{
	u64 response = msr_exchange(GHCB_MSR_CPUID_REQUEST | (u64)what << CPUID_REGISTER_SHIFT |
				    (u64)leaf << RESPONSE_HIGH_SHIFT);
	if ((response & GHCB_MSR_INFO_MASK) != GHCB_MSR_CPUID_RESPONSE) {
		return ERR_HOST;
	}
	*value = (u32)(response >> RESPONSE_HIGH_SHIFT);
	return ERR_OK;
}

void ghcb_msr_terminate(u32 set, u32 reason)
{
	for (;;) {
		msr_write(MSR_GHCB, GHCB_MSR_TERMINATE_REQUEST | (u64)set << 12 | (u64)reason << 16);
		vmgexit();
		halt();
	}
}
