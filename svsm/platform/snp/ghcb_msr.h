/* SPDX-License-Identifier: MIT */
/* The GHCB MSR protocol (56421, section 2.3.1): what the SVSM asks of the host before it has a GHCB. */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/* ERR_UNSUPPORTED when the host does not speak GHCB version 2, ERR_HOST for an answer that is none. */
err_t ghcb_msr_check_version(void);
/* GHCB_FEATURE_* bits. */
err_t ghcb_msr_features(u64 *features);
/* Makes one page shared. The kernel has rescinded it. */
err_t ghcb_msr_page_share(gpa_t page);
/* Registers the page as this VMPL's GHCB and leaves its address in the MSR. */
err_t ghcb_msr_register(gpa_t page);
/* Register EBX or EDX of a CPUID leaf, as the host has it: for what differs between CPUs only. */
enum ghcb_msr_cpuid {
	GHCB_MSR_CPUID_EBX = 1,
	GHCB_MSR_CPUID_EDX = 3,
};
err_t ghcb_msr_cpuid(u32 leaf, enum ghcb_msr_cpuid what, u32 *value);
noreturn_fn void ghcb_msr_terminate(u32 set, u32 reason);
