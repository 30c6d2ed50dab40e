/* SPDX-License-Identifier: MIT */
/* PVALIDATE and RMPADJUST at VMPL0. APM volume 3 (24594), instruction reference; volume 2, section 15.36. */
#include <string.h>

#include "base/align.h"
#include "platform/fake/model.h"

_Thread_local bool translations_stale;

/* True when it is this call that the test wants to fail. */
static bool countdown(u32 *n)
{
	if (*n == 0) {
		return false;
	}
	(*n)--;
	return *n == 0;
}

/* Any access through a window, an instruction's too. */
static bool lost_for_once(u64 page)
{
	return page == fake.faults.lost_page.raw && countdown(&fake.faults.lost_countdown);
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

/* What a hostile host does between PVALIDATE and the next instruction. */
static void host_acts(u64 page, bool validated)
{
	if (validated && fake.faults.replace_validated) {
		fake.faults.replace_validated = false;
		memory_replace(page);
	}
	if (validated && fake.faults.split_validated) {
		fake.faults.split_validated = false;
		memory_split(page);
	}
}

static struct validate_result validate_window(void *window, enum page_size size, bool validate)
{
	u64 page = window_page(window, size);
	u32 *count = validate ? &fake.counters.validated : &fake.counters.rescinded;
	if (lost_for_once(page)) {
		return (struct validate_result){.code = PLATFORM_PAGE_LOST};
	}
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
	host_acts(page, validate);
	return (struct validate_result){.code = RMP_SUCCESS, .unchanged = unchanged};
}

struct validate_result platform_validate(void *window, enum page_size size, bool validate)
{
	model_lock();
	struct validate_result result = validate_window(window, size, validate);
	model_unlock();
	return result;
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

static u32 permit_window(void *window, enum page_size size, u32 vmpl, u32 permissions, bool vmsa)
{
	u64 page = window_page(window, size);
	fake.counters.permits++;
	if (lost_for_once(page)) {
		return PLATFORM_PAGE_LOST;
	}
	if (countdown(&fake.faults.permit_countdown)) {
		return fake.faults.permit_code;
	}
	if (vmpl >= VMPL_COUNT || (permissions & ~RMP_PERM_DEFINED) != 0 || (vmsa && size == PAGE_2M)) {
		return RMP_FAIL_INPUT;
	}
	if (vmpl == 0) {
		return RMP_FAIL_PERMISSION;
	}
	assign_missing(page, size);
	struct fake_entry *entry = memory_effective_entry(page);
	if (size == PAGE_4K && entry->large) {
		memory_split(page);
		entry = memory_entry(page);
	}
	if (!entry->validated) {
		return PLATFORM_PAGE_LOST;
	}
	if (size == PAGE_2M && !entry->large) {
		return RMP_FAIL_SIZE_MISMATCH;
	}
	return permit_entry(entry, vmpl, permissions, vmsa);
}

u32 platform_permit(void *window, enum page_size size, u32 vmpl, u32 permissions, bool vmsa)
{
	model_lock();
	u32 code = permit_window(window, size, vmpl, permissions, vmsa);
	model_unlock();
	return code;
}

/* An obliging host makes the page private again; it is not validated then, which is #VC 0x404. */
static enum err window_access(const void *window, size_t n)
{
	u64 page = window_page_at(window, n);
	if (lost_for_once(page)) {
		return ERR_LOST;
	}
	assign_missing(page, PAGE_4K);
	return memory_effective_entry(page)->validated ? ERR_OK : ERR_LOST;
}

/* Through the memory itself: a window that was opened while its page could not be touched is not accessible. */
static void *window_bytes(const void *window, size_t n)
{
	return (u8 *)fake_bytes(gpa(window_page_at(window, n))) + (uintptr_t)window % PAGE_SIZE;
}

enum err platform_window_read(void *to, const void *window, size_t n)
{
	model_lock();
	enum err error = window_access(window, n);
	if (error == ERR_OK) {
		bytes_copy(to, window_bytes(window, n), n);
	}
	model_unlock();
	if (fake.writer != NULL) {
		(void)fake.writer(fake.context, NULL);
	}
	return error;
}

enum err platform_window_write(void *window, const void *from, size_t n)
{
	model_lock();
	enum err error = window_access(window, n);
	if (error == ERR_OK) {
		bytes_copy(window_bytes(window, n), from, n);
	}
	model_unlock();
	return error;
}

void another_acts(fake_guest_fn **hook)
{
	fake_guest_fn *act = *hook;
	if (act != NULL) {
		*hook = NULL;
		(void)act(fake.context, NULL);
	}
}

enum err platform_window_and(u64 *word, u64 mask)
{
	model_lock();
	enum err error = window_access(word, sizeof(*word));
	model_unlock();
	another_acts(&fake.meanwhile);
	if (error == ERR_OK) {
		model_lock();
		*(u64 *)window_bytes(word, sizeof(*word)) &= mask;
		model_unlock();
	}
	return error;
}

enum err platform_window_or(u64 *word, u64 mask)
{
	model_lock();
	enum err error = window_access(word, sizeof(*word));
	if (error == ERR_OK) {
		*(u64 *)window_bytes(word, sizeof(*word)) |= mask;
	}
	model_unlock();
	return error;
}

static enum err clear_window(void *window, enum page_size size)
{
	u64 page = window_page(window, size);
	const struct fake_entry *entry = memory_effective_entry(page);
	if (lost_for_once(page) || memory_is_replaced(page)) {
		return ERR_LOST;
	}
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
	return ERR_OK;
}

enum err platform_clear(void *window, enum page_size size)
{
	model_lock();
	enum err error = clear_window(window, size);
	model_unlock();
	return error;
}

void platform_flush_guest(void)
{
	translations_stale = false;
	model_lock();
	fake.counters.flushes++;
	model_unlock();
}
