/* SPDX-License-Identifier: MIT */
/*
 * PVALIDATE, RMPADJUST, RMPQUERY behind the guest's page walk: AMD64 APM volume 3 (24594), instruction reference. Where a
 * 4 KiB operand hits a large entry, hardware exits and the host answers with PSMASH and a restart; here that is one step.
 */
#include "base/align.h"
#include "rmp/nested.h"
#include "rmp/table.h"

/* NULL when the guest does not own the page, or must not touch it now. */
static struct rmp_entry *own_entry(gpa_t page)
{
	struct rmp_entry *entry = rmp_entry_at(page);
	return entry == NULL || !entry->assigned || entry->in_use ? NULL : entry;
}

static void smash_for(gpa_t page, enum page_size size, const struct rmp_entry *entry)
{
	if (size == PAGE_4K && entry->large) {
		rmp_smash(page);
	}
}

static enum rmp_outcome pvalidate_locked(gpa_t page, enum page_size size, bool validate, u32 *code, bool *carry)
{
	struct rmp_entry *entry = own_entry(page);
	if (entry == NULL) {
		return RMP_NESTED_FAULT;
	}
	if (size == PAGE_2M && !entry->large) {
		*code = RMP_FAIL_SIZE_MISMATCH;
		return RMP_DONE;
	}
	smash_for(page, size, entry);
	*code = RMP_SUCCESS;
	*carry = entry->validated == validate;
	if (!*carry) {
		for (u32 i = 0; i < rmp_page_count(size); i++) {
			entry[i].validated = validate;
		}
		nested_changed(page, size);
	}
	return RMP_DONE;
}

enum rmp_outcome rmp_pvalidate(gpa_t page, enum page_size size, bool validate, u32 *code, bool *carry)
{
	*carry = false;
	if (!is_aligned(page.raw, page_bytes(size))) {
		*code = RMP_FAIL_INPUT;
		return RMP_DONE;
	}
	rmp_lock();
	enum rmp_outcome outcome = pvalidate_locked(page, size, validate, code, carry);
	rmp_unlock();
	return outcome;
}

static u8 permissions_of(const struct rmp_entry *entry, u32 vmpl)
{
	return vmpl == 0 ? RMP_PERM_DEFINED : entry->permissions[vmpl - 1];
}

u32 rmp_adjust_check(enum page_size size, u32 current_vmpl, u64 rdx)
{
	u64 target = rdx & RMPADJUST_VMPL_MASK;
	u64 defined = RMPADJUST_VMPL_MASK | (u64)RMP_PERM_DEFINED << RMPADJUST_PERM_SHIFT | RMPADJUST_VMSA;
	bool vmsa_large = (rdx & RMPADJUST_VMSA) != 0 && size == PAGE_2M;
	if (target >= VMPL_COUNT || (rdx & ~defined) != 0 || vmsa_large) {
		return RMP_FAIL_INPUT;
	}
	return target <= current_vmpl ? RMP_FAIL_PERMISSION : RMP_SUCCESS;
}

static u32 adjust_apply(gpa_t page, enum page_size size, u32 current_vmpl, u64 rdx)
{
	struct rmp_entry *entry = rmp_entry_at(page);
	u8 permissions = (u8)(rdx >> RMPADJUST_PERM_SHIFT & RMP_PERM_DEFINED);
	bool vmsa = (rdx & RMPADJUST_VMSA) != 0;
	if ((permissions & ~permissions_of(entry, current_vmpl)) != 0) {
		return RMP_FAIL_PERMISSION;
	}
	if (current_vmpl != 0 && vmsa != entry->vmsa) {
		return RMP_FAIL_PERMISSION;
	}
	for (u32 i = 0; i < rmp_page_count(size); i++) {
		entry[i].permissions[(rdx & RMPADJUST_VMPL_MASK) - 1] = permissions;
		entry[i].vmsa = vmsa;
	}
	nested_changed(page, size);
	return RMP_SUCCESS;
}

static enum rmp_outcome adjust_locked(gpa_t page, enum page_size size, u32 current_vmpl, u64 rdx, u32 *code)
{
	const struct rmp_entry *entry = own_entry(page);
	if (entry == NULL) {
		return RMP_NESTED_FAULT;
	}
	smash_for(page, size, entry);
	if (!entry->validated) {
		return RMP_VC_NOT_VALIDATED;
	}
	if (size == PAGE_2M && !entry->large) {
		*code = RMP_FAIL_SIZE_MISMATCH;
		return RMP_DONE;
	}
	*code = adjust_apply(page, size, current_vmpl, rdx);
	return RMP_DONE;
}

enum rmp_outcome rmp_adjust(gpa_t page, enum page_size size, u32 current_vmpl, u64 rdx, u32 *code)
{
	*code = is_aligned(page.raw, page_bytes(size)) ? rmp_adjust_check(size, current_vmpl, rdx) : RMP_FAIL_INPUT;
	if (*code != RMP_SUCCESS) {
		return RMP_DONE;
	}
	rmp_lock();
	enum rmp_outcome outcome = adjust_locked(page, size, current_vmpl, rdx, code);
	rmp_unlock();
	return outcome;
}

enum rmp_outcome rmp_query(gpa_t page, u32 current_vmpl, u32 target_vmpl, struct rmp_query_result *result)
{
	*result = (struct rmp_query_result){.code = RMP_FAIL_INPUT};
	if (target_vmpl >= VMPL_COUNT) {
		return RMP_DONE;
	}
	if (target_vmpl < current_vmpl) {
		result->code = RMP_FAIL_PERMISSION;
		return RMP_DONE;
	}
	rmp_lock();
	const struct rmp_entry *entry = own_entry(page);
	enum rmp_outcome outcome = entry == NULL ? RMP_NESTED_FAULT : RMP_DONE;
	if (entry != NULL && !entry->validated) {
		outcome = RMP_VC_NOT_VALIDATED;
	}
	if (outcome == RMP_DONE) {
		result->code = RMP_SUCCESS;
		result->rdx = (u64)permissions_of(entry, target_vmpl) << RMPADJUST_PERM_SHIFT |
			      (entry->vmsa ? RMPADJUST_VMSA : 0);
		result->rcx = entry->large ? RMP_PAGE_SIZE_2M : RMP_PAGE_SIZE_4K;
	}
	rmp_unlock();
	return outcome;
}
