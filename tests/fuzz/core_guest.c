/* SPDX-License-Identifier: MIT */
#include "core_guest.h"

#include <stdlib.h>
#include <string.h>

#include "guest/accept.h"
#include "guest/page_state.h"
#include "guest/rights.h"
#include "guest/vcpu.h"

static const u32 apic_ids[] = {0, 1, 2};
static struct vcpu vcpus[ARRAY_SIZE(apic_ids)];
static u64 storage[1024];

void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

void guest_setup(void)
{
	struct memory_map map = {.count = 1, .ranges = {{0, GUEST_RAM_BYTES, MEMORY_RAM}}};
	const struct vmsa vmsa = {.vmpl = GUEST_VMPL, .efer = EFER_SVME, .sev_features = SEV_FEATURE_SNP_ACTIVE};
	fake_reset();
	expect(memory_map_reserve(&map, SVSM_BASE, GUEST_BLOCK) == ERR_OK);
	expect(page_states_init(&map, storage, sizeof(storage)) == ERR_OK);
	expect(rights_init(GUEST_VMPL) == ERR_OK);
	expect(vcpus_init(vcpus, apic_ids, ARRAY_SIZE(apic_ids)) == ERR_OK);
	fake_launch(gpa(SVSM_BASE), GUEST_BLOCK / PAGE_SIZE);
	expect(accept_range(gpa(GUEST_BLOCK), 2 * GUEST_BLOCK / PAGE_SIZE) == ERR_OK);
	memcpy(fake_bytes(gpa(SVSM_VMSA)), &vmsa, sizeof(vmsa));
	expect(vcpu_create_first(0, gpa(SVSM_VMSA), gpa(FIRST_AREA)) == ERR_OK);
}

static bool has_rights(const struct fake_entry *entry, u8 rights)
{
	return entry->permissions[1] == 0 && entry->permissions[GUEST_VMPL] == rights && entry->permissions[3] == 0;
}

static void page_check(enum page_state state, const struct fake_entry *entry)
{
	switch (state) {
	case PAGE_STATE_SHARED:
		expect(!entry->validated && !entry->vmsa && has_rights(entry, 0));
		break;
	case PAGE_STATE_PRIVATE:
	case PAGE_STATE_CALLING_AREA:
		expect(entry->validated && !entry->vmsa && has_rights(entry, RMP_PERM_ALL));
		break;
	case PAGE_STATE_DEPOSITED:
		expect(entry->validated && !entry->vmsa && has_rights(entry, 0));
		break;
	case PAGE_STATE_VMSA:
		expect(entry->validated && entry->vmsa && has_rights(entry, RMP_PERM_READ));
		break;
	default: /* never claimed between calls, never the SVSM's in the guest's memory: only a hostile host makes it lose pages */
		abort();
	}
}

void guest_agrees(void)
{
	struct page_states_locked states = page_states_lock();
	for (u64 page = 0; page < GUEST_RAM_BYTES; page += PAGE_SIZE) {
		struct fake_entry entry = fake_entry(gpa(page));
		page_check(page_state_get(states, gpa(page)), &entry);
	}
	for (u64 page = SVSM_BASE; page < SVSM_BASE + GUEST_BLOCK; page += PAGE_SIZE) {
		struct fake_entry entry = fake_entry(gpa(page));
		expect(page_state_get(states, gpa(page)) == PAGE_STATE_SVSM && entry.validated);
		expect(has_rights(&entry, page == SVSM_VMSA ? RMP_PERM_READ : 0));
	}
	page_states_unlock(states);
}
