/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "guest/accept.h"
#include "guest/rights.h"
#include "svsm_setup.h"

static const u32 apic_ids[] = {0, 1, 2, 7};
static struct vcpu vcpus[ARRAY_SIZE(apic_ids)];
static u8 *storage;
static u64 storage_bytes;

static void setup_memory(void)
{
	struct memory_map map = {
		.count = 2,
		.ranges = {{0, GUEST_RAM_END, MEMORY_RAM}, {GUEST_HIGH_RAM, 32 * MIB, MEMORY_RAM}},
	};
	assert_err(memory_map_reserve(&map, SVSM_BASE, 2 * MIB), ERR_OK);
	assert_err(memory_map_include(&map, GUEST_FIRMWARE, 4 * MIB), ERR_OK);
	if (storage == NULL) {
		storage_bytes = page_states_bytes(&map);
		storage = test_malloc(storage_bytes);
	}
	assert_err(page_states_init(&map, storage, storage_bytes), ERR_OK);
}

void setup_write_vmsa(u64 address)
{
	struct vmsa vmsa = {.vmpl = GUEST_VMPL, .efer = EFER_SVME, .sev_features = SEV_FEATURE_SNP_ACTIVE};
	memcpy(fake_bytes(gpa(address)), &vmsa, sizeof(vmsa));
}

struct vmsa *setup_first_vmsa(void)
{
	return fake_bytes(gpa(SVSM_VMSA));
}

struct vcpu *setup_vcpu(u32 apic_id)
{
	for (size_t i = 0; i < ARRAY_SIZE(vcpus); i++) {
		if (vcpus[i].apic_id == apic_id) {
			return &vcpus[i];
		}
	}
	fail_msg("no such APIC ID");
	return NULL;
}

static void setup_vcpus(void)
{
	u32 code;
	assert_err(vcpus_init(vcpus, apic_ids, ARRAY_SIZE(apic_ids)), ERR_OK);
	setup_write_vmsa(SVSM_VMSA);
	assert_err(vcpu_create_first(0, gpa(SVSM_VMSA), gpa(GUEST_CALLING_AREA)), ERR_OK);
	setup_write_vmsa(GUEST_RETIRED_VMSA);
	assert_err(vcpu_create(1, gpa(GUEST_RETIRED_VMSA), gpa(GUEST_OTHER_AREA), &code), ERR_OK);
	setup_write_vmsa(GUEST_OTHER_VMSA);
	assert_err(vcpu_create(1, gpa(GUEST_OTHER_VMSA), gpa(GUEST_OTHER_AREA), &code), ERR_OK);
}

int setup_guest(void **state)
{
	fake_reset();
	setup_memory();
	assert_err(rights_init(GUEST_VMPL), ERR_OK);
	fake_launch(gpa(SVSM_BASE), 512);
	fake_launch(gpa(GUEST_FIRMWARE), 1024);
	fake_launch(gpa(GUEST_LOADED), 64);
	assert_err(accept_loaded(gpa(GUEST_FIRMWARE), 1024), ERR_OK);
	assert_err(accept_loaded(gpa(GUEST_LOADED), 64), ERR_OK);
	assert_err(accept_range(gpa(GUEST_PRIVATE), 1024), ERR_OK);
	setup_vcpus();
	fake.counters = (struct fake_counters){0};
	return 0;
}

int teardown_guest(void **state)
{
	const u32 kept_open = 1U << WINDOW_SLOT_VMSA | 1U << WINDOW_SLOT_CALLING_AREA;
	assert_int_equal(fake_open_windows() & ~kept_open, 0);
	assert_int_equal(page_states_spin_lock.taken, 0);
	test_free(storage);
	storage = NULL;
	return 0;
}

enum page_state setup_state(u64 address)
{
	struct page_states_locked states = page_states_lock();
	enum page_state state = page_state_get(states, gpa(address));
	page_states_unlock(states);
	return state;
}

bool setup_is_granted(u64 address)
{
	struct fake_entry entry = fake_entry(gpa(address));
	return entry.assigned && entry.validated && !entry.vmsa && entry.permissions[1] == 0 &&
	       entry.permissions[GUEST_VMPL] == RMP_PERM_ALL && entry.permissions[3] == 0;
}

bool setup_is_closed(u64 address)
{
	struct fake_entry entry = fake_entry(gpa(address));
	return entry.permissions[1] == 0 && entry.permissions[2] == 0 && entry.permissions[3] == 0;
}
