/* SPDX-License-Identifier: MIT */
/* PVALIDATE and RMPADJUST at VMPL0. APM volume 3 (24594), instruction reference; volume 2, section 15.36. */
#include <string.h>

#include "base/align.h"
#include "platform/fake/model.h"

bool translations_stale;

/* True when it is this call that the test wants to fail. */
static bool countdown(u32 *n)
{
	if (*n == 0) {
		return false;
	}
	(*n)--;
	return *n == 0;
}

/* The nested page fault of a page that is not assigned: an obliging host assigns it and lets the instruction run again. */
static void assign_missing(u64 page, enum page_size size)
{
	if (memory_effective_entry(page)->assigned) {
		return;
	}
	if (fake.faults.unassigned_fatal) {
		fake_fault("PVALIDATE of a page that is the host's", page);
	}
	memory_assign(page, page_bytes(size) / PAGE_SIZE, true);
}

static void validate_entry(struct fake_entry *entry, bool validate)
{
	translations_stale = translations_stale || (entry->validated && !validate);
	entry->validated = validate;
	if (fake.faults.validate_clears) {
		memset(entry->permissions, 0, sizeof(entry->permissions));
	}
}

struct validate_result platform_validate(void *window, enum page_size size, bool validate)
{
	u64 page = window_page(window, size);
	u32 *count = validate ? &fake.counters.validated : &fake.counters.rescinded;
	if (countdown(&fake.faults.validate_countdown)) {
		return (struct validate_result){.code = fake.faults.validate_code};
	}
	assign_missing(page, size);
	struct fake_entry *entry = memory_effective_entry(page);
	if (size == PAGE_2M && !entry->large) {
		return (struct validate_result){.code = RMP_FAIL_SIZE_MISMATCH};
	}
	if (size == PAGE_4K && entry->large) {
		memory_split(page);
		entry = memory_entry(page);
	}
	bool unchanged = entry->validated == validate;
	validate_entry(entry, validate);
	window_protect(window, validate);
	*count += unchanged ? 0 : 1;
	return (struct validate_result){.code = RMP_SUCCESS, .unchanged = unchanged};
}

static u32 permit_entry(struct fake_entry *entry, u32 vmpl, u32 permissions, bool vmsa)
{
	if ((entry->permissions[vmpl] & ~permissions) != 0) {
		translations_stale = true;
	}
	entry->permissions[vmpl] = (u8)permissions;
	entry->vmsa = vmsa;
	return RMP_SUCCESS;
}

u32 platform_permit(void *window, enum page_size size, u32 vmpl, u32 permissions, bool vmsa)
{
	u64 page = window_page(window, size);
	fake.counters.permits++;
	if (countdown(&fake.faults.permit_countdown)) {
		return fake.faults.permit_code;
	}
	if (vmpl >= VMPL_COUNT || (permissions & ~RMP_PERM_DEFINED) != 0 || (vmsa && size == PAGE_2M)) {
		return RMP_FAIL_INPUT;
	}
	if (vmpl == 0) {
		return RMP_FAIL_PERMISSION;
	}
	struct fake_entry *entry = memory_effective_entry(page);
	if (!entry->assigned) {
		fake_fault("RMPADJUST of a page that is the host's", page);
	}
	if (size == PAGE_4K && entry->large) {
		memory_split(page);
		entry = memory_entry(page);
	}
	if (!entry->validated) {
		platform_terminate(TERMINATE_PAGE_NOT_VALIDATED);
	}
	if (size == PAGE_2M && !entry->large) {
		return RMP_FAIL_SIZE_MISMATCH;
	}
	return permit_entry(entry, vmpl, permissions, vmsa);
}

void platform_clear(void *window, enum page_size size)
{
	u64 page = window_page(window, size);
	const struct fake_entry *entry = memory_effective_entry(page);
	for (u32 vmpl = 1; vmpl < VMPL_COUNT; vmpl++) {
		if (entry->permissions[vmpl] != 0) {
			fake_fault("a page is cleared after it was granted", page);
		}
	}
	if (!entry->validated) {
		fake_fault("a page is cleared before it was validated", page);
	}
	memory_clear(page, page_bytes(size));
	fake.counters.cleared_bytes += page_bytes(size);
}

void platform_flush_guest(void)
{
	translations_stale = false;
	fake.counters.flushes++;
}
