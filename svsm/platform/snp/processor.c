/* SPDX-License-Identifier: MIT */
#include "platform/snp/processor.h"

#include <copra/sev.h>

#include "cpu/cpuid.h"

#define CPUID_80000008_EBX_INVLPGB (1U << 3)

enum err processor_load(const struct cpuid_page *page)
{
	enum err error = cpuid_load(page);
	if (error != ERR_OK) {
		return error;
	}
	return (cpuid_find(CPUID_SEV, 0).eax & CPUID_SEV_EAX_SNP) != 0 ? ERR_OK : ERR_UNSUPPORTED;
}

bool processor_flushes_others(void)
{
	return (cpuid_find(0x80000008U, 0).ebx & CPUID_80000008_EBX_INVLPGB) != 0;
}
