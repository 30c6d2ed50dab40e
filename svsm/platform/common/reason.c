/* SPDX-License-Identifier: MIT */
#include "platform/common/reason.h"

static const char *reason_text(enum terminate_reason reason)
{
	static const char *const texts[] = {
		[TERMINATE_CHECK_FAILED] = "a check of the SVSM's own failed",
		[TERMINATE_UNEXPECTED_TRAP] = "unexpected exception in the SVSM",
		[TERMINATE_LAYOUT_INVALID] = "the layout page is invalid",
		[TERMINATE_GHCB_VERSION] = "the host does not speak GHCB version 2",
		[TERMINATE_HOST_FEATURES] = "the host lacks a feature",
		[TERMINATE_SEV_STATUS] = "SEV_STATUS lacks a feature or has an unknown one",
		[TERMINATE_CPUID_INVALID] = "the CPUID page is malformed or lacks a feature",
		[TERMINATE_PAGE_NOT_VALIDATED] = "the host replaced a page of the SVSM's",
		[TERMINATE_GHCB_RESPONSE] = "the host's answer is not one the GHCB specification allows",
		[TERMINATE_PAGE_STATE] = "the host did not change a page's state",
		[TERMINATE_VALIDATION] = "a page could not be validated",
		[TERMINATE_MEMORY_MAP] = "the host's memory map is malformed or too small",
		[TERMINATE_NO_MEMORY] = "the SVSM's memory is too small",
		[TERMINATE_GUEST_PREPARE] = "the guest could not be set up",
		[TERMINATE_RANDOM] = "the processor's random numbers stopped",
		[TERMINATE_GUEST_FAILED] = "the guest cannot be run any more",
		[TERMINATE_NO_GUEST] = "up and well; this image holds no guest",
		[TERMINATE_CBIT] = "the C-bit is implausible",
		[TERMINATE_STACK] = "a stack overflowed",
		[TERMINATE_CPU_LIST] = "the host's list of CPUs is malformed or too long",
		[TERMINATE_CPU_START] = "the host did not start a CPU",
	};
	const char *text = reason < sizeof(texts) / sizeof(texts[0]) ? texts[reason] : NULL;
	return text != NULL ? text : "unknown reason";
}

void reason_format(struct text *text, enum terminate_reason reason)
{
	text_format(text, "svsm: stopped, code %u:%u: %s\n", PLATFORM_TERMINATE_SET, (u32)reason, reason_text(reason));
}
