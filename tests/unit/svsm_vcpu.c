/* SPDX-License-Identifier: MIT */
#include "svsm_groups.h"

#include "guest/rights.h"
#include "svsm_setup.h"

#define PAGE ((u64)PAGE_SIZE)

#define NEW_VMSA (GUEST_PRIVATE + 0x11000)
#define NEW_AREA (GUEST_PRIVATE + 0x12000)

static enum err create(u32 apic_id, u64 vmsa, u64 area)
{
	u32 code;
	return vcpu_create(apic_id, gpa(vmsa), gpa(area), &code);
}

static enum err delete (u64 vmsa) {
	u32 code; return vcpu_delete(gpa(vmsa), &code);
}

static void pool_wants_distinct_ids(void **state)
{
	static const u32 twice[] = {3, 4, 3};
	struct vcpu pool[3];
	assert_err(vcpus_init(pool, twice, 3), ERR_INPUT);
	assert_err(vcpus_init(pool, twice, 0), ERR_INPUT);
}

static void first_vcpu_is_known_to_the_host(void **state)
{
	struct fake_entry entry = fake_entry(gpa(SVSM_VMSA));
	assert_true(entry.vmsa);
	assert_int_equal(entry.permissions[1] | entry.permissions[3], 0);
	assert_int_equal(entry.permissions[GUEST_VMPL], RMP_PERM_READ);
	assert_true(setup_vcpu(0)->registered);
	assert_int_equal(setup_state(GUEST_CALLING_AREA), PAGE_STATE_CALLING_AREA);
	assert_int_equal(setup_state(SVSM_VMSA), PAGE_STATE_SVSM);
}

static void first_vcpu_is_checked(void **state)
{
	assert_err(vcpu_create_first(99, gpa(NEW_VMSA), gpa(NEW_AREA)), ERR_NOT_FOUND);
	assert_err(vcpu_create_first(0, gpa(NEW_VMSA), gpa(NEW_AREA)), ERR_STATE);
	assert_err(vcpu_create_first(2, gpa(NEW_VMSA + 8), gpa(NEW_AREA)), ERR_INPUT);
	assert_err(vcpu_create_first(2, gpa(GUEST_PRIVATE + 2 * MIB), gpa(NEW_AREA)), ERR_RANGE);
	assert_err(vcpu_create_first(2, gpa(SVSM_VMSA + 0x1008), gpa(NEW_AREA)), ERR_INPUT);
	assert_err(vcpu_create_first(2, gpa(GUEST_HOLE + PAGE_SIZE), gpa(NEW_AREA)), ERR_RANGE);
	assert_err(vcpu_create_first(2, gpa(NEW_VMSA), gpa(NEW_AREA + 8)), ERR_INPUT);
	assert_err(vcpu_create_first(2, gpa(NEW_VMSA), gpa(GUEST_SHARED)), ERR_RANGE);
	assert_err(vcpu_create_first(2, gpa(GUEST_SHARED + PAGE_SIZE), gpa(NEW_AREA)), ERR_RANGE);
	assert_err(vcpu_create_first(2, gpa(NEW_VMSA), gpa(NEW_AREA)), ERR_INPUT); /* not filled */
	setup_write_vmsa(NEW_VMSA);
	fake.faults.permit_countdown = 1;
	fake.faults.permit_code = RMP_FAIL_INPUT;
	assert_err(vcpu_create_first(2, gpa(NEW_VMSA), gpa(NEW_AREA)), ERR_HARDWARE);
	assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_PRIVATE);
	assert_int_equal(setup_state(NEW_AREA), PAGE_STATE_PRIVATE);
	fake.faults.register_refused = true;
	assert_err(vcpu_create_first(2, gpa(NEW_VMSA), gpa(NEW_AREA)), ERR_HOST);
	assert_false(setup_vcpu(2)->registered);
}

static void first_vcpu_may_lie_in_guest_memory(void **state)
{
	setup_write_vmsa(NEW_VMSA);
	assert_err(vcpu_create_first(2, gpa(NEW_VMSA), gpa(NEW_AREA)), ERR_OK);
	assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_VMSA);
}

static void created_vmsa_is_out_of_the_guests_reach(void **state)
{
	setup_write_vmsa(NEW_VMSA);
	assert_err(create(2, NEW_VMSA, NEW_AREA), ERR_OK);
	struct fake_entry entry = fake_entry(gpa(NEW_VMSA));
	assert_true(entry.vmsa);
	assert_int_equal(entry.permissions[1] | entry.permissions[3], 0);
	assert_int_equal(entry.permissions[GUEST_VMPL], RMP_PERM_READ);
	assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_VMSA);
	assert_int_equal(setup_state(NEW_AREA), PAGE_STATE_CALLING_AREA);
	assert_int_equal(setup_vcpu(2)->activity, VCPU_READY);
	assert_false(setup_vcpu(2)->registered);
}

static void wrong_addresses_are_refused(void **state)
{
	static const struct {
		u64 vmsa, area;
	} cases[] = {
		{NEW_VMSA, NEW_VMSA},
		{GUEST_PRIVATE, NEW_AREA}, /* at a 2 MiB boundary */
		{GUEST_SHARED + PAGE_SIZE, NEW_AREA},
		{NEW_VMSA, GUEST_SHARED},
		{SVSM_VMSA, NEW_AREA},
		{NEW_VMSA, SVSM_BASE},
		{GUEST_HOLE + PAGE_SIZE, NEW_AREA},
		{NEW_VMSA, GUEST_HOLE},
		{NEW_VMSA, UINT64_MAX - PAGE_SIZE + 1},
		{UINT64_MAX - PAGE_SIZE + 1, NEW_AREA},
		{GUEST_OTHER_VMSA, NEW_AREA},
		{GUEST_RETIRED_VMSA, NEW_AREA},
		{GUEST_OTHER_AREA, NEW_AREA},
		{NEW_VMSA, GUEST_OTHER_VMSA},
		{NEW_VMSA, GUEST_OTHER_AREA}, /* another vCPU's */
		{NEW_VMSA, GUEST_CALLING_AREA},
		{GUEST_CALLING_AREA, NEW_AREA},
	};
	setup_write_vmsa(NEW_VMSA);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_err(create(2, cases[i].vmsa, cases[i].area), ERR_RANGE);
		assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_PRIVATE);
		assert_int_equal(setup_state(NEW_AREA), PAGE_STATE_PRIVATE);
		assert_int_equal(setup_vcpu(2)->activity, VCPU_ABSENT);
	}
	assert_err(create(2, NEW_VMSA + 8, NEW_AREA), ERR_INPUT);
	assert_err(create(2, NEW_VMSA, NEW_AREA + 8), ERR_INPUT);
	assert_true(setup_is_granted(NEW_VMSA));
}

static void unknown_and_own_apic_ids_are_refused(void **state)
{
	setup_write_vmsa(NEW_VMSA);
	assert_err(create(3, NEW_VMSA, NEW_AREA), ERR_NOT_FOUND);
	assert_err(create(UINT32_MAX, NEW_VMSA, NEW_AREA), ERR_NOT_FOUND);
	assert_err(create(0, NEW_VMSA, NEW_AREA), ERR_STATE);
}

static void vmsa_content_is_checked(void **state)
{
	struct vmsa *vmsa = fake_bytes(gpa(NEW_VMSA));
	for (u32 i = 0; i < 5; i++) {
		setup_write_vmsa(NEW_VMSA);
		switch (i) {
		case 0:
			vmsa->vmpl = 0;
			break;
		case 1:
			vmsa->vmpl = 3;
			break;
		case 2:
			vmsa->efer = EFER_LME;
			break;
		case 3:
			vmsa->sev_features = SEV_FEATURE_SNP_ACTIVE | SEV_FEATURE_REFLECT_VC;
			break;
		default:
			vmsa->sev_features = 0;
		}
		assert_err(create(2, NEW_VMSA, NEW_AREA), ERR_INPUT);
		assert_true(setup_is_granted(NEW_VMSA));
		assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_PRIVATE);
		assert_int_equal(setup_state(NEW_AREA), PAGE_STATE_PRIVATE);
	}
}

static void failing_permissions_are_undone(void **state)
{
	setup_write_vmsa(NEW_VMSA);
	for (u32 n = 1; n <= 2; n++) {
		u32 code = 0;
		fake.faults.permit_countdown = n;
		fake.faults.permit_code = RMP_FAIL_PERMISSION;
		assert_err(vcpu_create(2, gpa(NEW_VMSA), gpa(NEW_AREA), &code), ERR_HARDWARE);
		assert_int_equal(code, RMP_FAIL_PERMISSION);
		assert_true(setup_is_granted(NEW_VMSA));
		assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_PRIVATE);
		assert_int_equal(setup_vcpu(2)->activity, VCPU_ABSENT);
		assert_false(fake_entry(gpa(0)).assigned); /* there was no VMSA to go on with */
	}
	fake.faults.permit_countdown = 1;
	assert_err(delete (GUEST_RETIRED_VMSA), ERR_HARDWARE);
	assert_int_equal(setup_state(GUEST_RETIRED_VMSA), PAGE_STATE_VMSA);
}

/* OVMF: destroy, delete, refill and create again, for every wake-up, with the same pages. */
static void vmsa_is_recreated_many_times(void **state)
{
	for (u32 i = 0; i < 1000; i++) {
		setup_write_vmsa(NEW_VMSA);
		assert_err(create(2, NEW_VMSA, NEW_AREA), ERR_OK);
		assert_err(delete (NEW_VMSA), ERR_OK);
		assert_true(setup_is_granted(NEW_VMSA));
		assert_int_equal(setup_state(NEW_AREA), PAGE_STATE_PRIVATE);
		assert_int_equal(setup_vcpu(2)->activity, VCPU_ABSENT);
	}
}

/* Linux: its own VMSAs for APIC IDs whose firmware VMSAs nobody ever deletes. */
static void abandoned_vmsas_cannot_run(void **state)
{
	for (u64 i = 0; i < 200; i++) {
		u64 page = GUEST_PRIVATE + 2 * MIB + PAGE_SIZE + i * 2 * PAGE;
		setup_write_vmsa(page);
		assert_err(create(2, page, page + PAGE_SIZE), ERR_OK);
		if (i > 0) {
			const struct vmsa *old = fake_bytes(gpa(page - 2 * PAGE));
			assert_int_equal(old->efer & EFER_SVME, 0);
			assert_int_equal(setup_state(page - 2 * PAGE), PAGE_STATE_VMSA);
			assert_int_equal(setup_state(page - PAGE_SIZE), PAGE_STATE_PRIVATE);
		}
	}
	assert_err(delete (GUEST_PRIVATE + 2 * MIB + PAGE_SIZE), ERR_OK);
	assert_int_equal(setup_vcpu(2)->activity, VCPU_READY);
}

/* Linux, CPU online again: new VMSA, same calling area, then the old VMSA is deleted. */
static void vcpu_may_keep_its_calling_area(void **state)
{
	setup_write_vmsa(NEW_VMSA);
	assert_err(create(1, NEW_VMSA, GUEST_OTHER_AREA), ERR_OK);
	assert_int_equal(setup_state(GUEST_OTHER_AREA), PAGE_STATE_CALLING_AREA);
	assert_err(delete (GUEST_OTHER_VMSA), ERR_OK);
	assert_int_equal(setup_state(GUEST_OTHER_AREA), PAGE_STATE_CALLING_AREA);
	assert_err(delete (NEW_VMSA), ERR_OK);
	assert_int_equal(setup_state(GUEST_OTHER_AREA), PAGE_STATE_PRIVATE);
}

static void deletion_is_checked(void **state)
{
	static const u64 none[] = {
		0,          NEW_VMSA,  GUEST_OTHER_VMSA + 8, GUEST_SHARED,
		GUEST_HOLE, SVSM_BASE, GUEST_OTHER_AREA,     UINT64_MAX - PAGE_SIZE + 1,
	};
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		assert_err(delete (none[i]), ERR_NOT_FOUND);
	}
	assert_int_equal(setup_vcpu(2)->activity, VCPU_ABSENT);
	assert_err(delete (SVSM_VMSA), ERR_STATE);
	assert_err(delete (GUEST_OTHER_VMSA), ERR_OK);
	assert_err(delete (GUEST_OTHER_VMSA), ERR_NOT_FOUND);
	assert_err(delete (GUEST_RETIRED_VMSA), ERR_OK);
}

static void served_vcpu_is_busy(void **state)
{
	struct vcpu *other = setup_vcpu(1);
	setup_write_vmsa(NEW_VMSA);
	assert_true(vcpu_serve_begin(other));
	assert_false(vcpu_serve_begin(other));
	assert_err(create(1, NEW_VMSA, NEW_AREA), ERR_BUSY);
	assert_err(delete (GUEST_OTHER_VMSA), ERR_BUSY);
	vcpu_serve_end(other);
	assert_err(delete (GUEST_OTHER_VMSA), ERR_OK);
	assert_false(vcpu_serve_begin(other));
}

static void claimed_pages_are_busy(void **state)
{
	setup_write_vmsa(NEW_VMSA);
	assert_err(page_state_begin(gpa(NEW_VMSA), PAGE_4K, PAGE_CHANGE_RESCIND), ERR_OK);
	assert_err(create(2, NEW_VMSA, NEW_AREA), ERR_BUSY);
	page_state_end(gpa(NEW_VMSA), PAGE_4K, PAGE_CHANGE_RESCIND, false);
	assert_err(page_state_begin(gpa(NEW_AREA), PAGE_4K, PAGE_CHANGE_RESCIND), ERR_OK);
	assert_err(create(2, NEW_VMSA, NEW_AREA), ERR_BUSY);
	assert_err(vcpu_remap_calling_area(setup_vcpu(0), gpa(NEW_AREA)), ERR_BUSY);
	assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_PRIVATE);
	assert_err(page_state_begin(gpa(GUEST_RETIRED_VMSA), PAGE_4K, PAGE_CHANGE_DROP_VMSA), ERR_OK);
	assert_err(delete (GUEST_RETIRED_VMSA), ERR_BUSY);
}

static void pages_taken_away_are_refused(void **state)
{
	setup_write_vmsa(NEW_VMSA);
	fake_replace(gpa(NEW_VMSA));
	assert_err(create(2, NEW_VMSA, NEW_AREA), ERR_LOST);
	assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_PRIVATE);
	assert_int_equal(setup_state(NEW_AREA), PAGE_STATE_PRIVATE);
	assert_int_equal(setup_vcpu(2)->activity, VCPU_ABSENT);
	fake_restore(gpa(NEW_VMSA));
	fake_replace(gpa(NEW_AREA));
	assert_err(vcpu_remap_calling_area(setup_vcpu(0), gpa(NEW_AREA)), ERR_LOST);
	assert_int_equal(setup_state(NEW_AREA), PAGE_STATE_PRIVATE);
	assert_int_equal(setup_vcpu(0)->calling_area.raw, GUEST_CALLING_AREA);
	assert_int_equal(setup_state(GUEST_CALLING_AREA), PAGE_STATE_CALLING_AREA);
	fake_restore(gpa(NEW_AREA));
}

/* The host keeps a VMSA away from us while it is replaced, to bring it back and run it. */
static void vmsa_that_cannot_be_stopped_stays(void **state)
{
	setup_write_vmsa(NEW_VMSA);
	fake_replace(gpa(GUEST_OTHER_VMSA));
	assert_err(create(1, NEW_VMSA, GUEST_OTHER_AREA), ERR_LOST);
	assert_true(setup_is_granted(NEW_VMSA));
	assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_PRIVATE);
	assert_int_equal(setup_vcpu(1)->vmsa.raw, GUEST_OTHER_VMSA);
	assert_err(delete (GUEST_OTHER_VMSA), ERR_LOST);
	assert_int_equal(setup_state(GUEST_OTHER_VMSA), PAGE_STATE_VMSA);
	fake_restore(gpa(GUEST_OTHER_VMSA));
	assert_err(create(1, NEW_VMSA, GUEST_OTHER_AREA), ERR_OK);
}

static bool delete_meanwhile(void *context, struct vmsa *vmsa)
{
	*(enum err *)context = delete (NEW_VMSA);
	return true;
}

/* Another CPU deletes a VMSA that is being put in force and that no vCPU names yet. */
static void vmsa_is_not_deleted_while_it_is_created(void **state)
{
	enum err deleted = ERR_OK;
	setup_write_vmsa(NEW_VMSA);
	fake.meanwhile = delete_meanwhile;
	fake.context = &deleted;
	assert_err(create(1, NEW_VMSA, GUEST_OTHER_AREA), ERR_OK);
	assert_err(deleted, ERR_BUSY);
	assert_int_equal(setup_state(NEW_VMSA), PAGE_STATE_VMSA);
	assert_true(fake_entry(gpa(NEW_VMSA)).vmsa);
}

static u32 vmsa_reads;

/* A second CPU of the guest's tries to change the VMSA that is looked at. */
static bool write_vmsa(void *context, struct vmsa *vmsa)
{
	const u64 features = ~0ULL;
	const gpa_t field = gpa(NEW_VMSA + offsetof(struct vmsa, sev_features));
	vmsa_reads++;
	assert_false(fake_guest_store(GUEST_VMPL, field, &features, sizeof(features)));
	return true;
}

static void vmsa_is_checked_when_nobody_can_write_it(void **state)
{
	setup_write_vmsa(NEW_VMSA);
	vmsa_reads = 0;
	fake.writer = write_vmsa;
	assert_err(create(1, NEW_VMSA, NEW_AREA), ERR_OK);
	fake.writer = NULL;
	assert_int_equal(vmsa_reads, 3);
	assert_int_equal(((const struct vmsa *)fake_bytes(gpa(NEW_VMSA)))->sev_features, SEV_FEATURE_SNP_ACTIVE);
}

static u64 kicked_efer;

/* The other CPU comes in before its VMSA is stopped. */
static bool come_in(void *context, struct vmsa *vmsa)
{
	kicked_efer = ((const struct vmsa *)fake_bytes(gpa(GUEST_OTHER_VMSA)))->efer;
	assert_int_equal(fake.kicked, 1);
	assert_int_equal(setup_vcpu(1)->activity, VCPU_CHANGING);
	vcpu_enter(setup_vcpu(1));
	return true;
}

static void running_vcpu_is_called_in(void **state)
{
	struct vcpu *vcpu = setup_vcpu(1);
	fake.interrupts = true;
	fake.kick = come_in;
	setup_write_vmsa(NEW_VMSA);
	assert_err(create(1, NEW_VMSA, NEW_AREA), ERR_OK);
	assert_int_equal(fake.counters.kicks, 1);
	assert_int_equal(kicked_efer, EFER_SVME);
	assert_true(vcpu_leave(vcpu));
	assert_err(delete (NEW_VMSA), ERR_OK);
	assert_int_equal(fake.counters.kicks, 2);
	assert_false(vcpu_leave(vcpu));
	setup_write_vmsa(GUEST_PRIVATE + 0x13000);
	assert_err(create(1, GUEST_PRIVATE + 0x13000, NEW_AREA), ERR_OK); /* there was no VMSA to stop */
	assert_int_equal(fake.counters.kicks, 2);
}

static void vcpu_that_is_in_is_not_called(void **state)
{
	fake.interrupts = true;
	vcpu_enter(setup_vcpu(1));
	assert_err(delete (GUEST_OTHER_VMSA), ERR_OK);
	assert_err(delete (GUEST_RETIRED_VMSA), ERR_OK);
	assert_int_equal(fake.counters.kicks, 0);
}

/* The host does not run that CPU, or there are no interrupts: the VMSA is stopped all the same. */
static void vcpu_that_does_not_come_is_stopped(void **state)
{
	fake.interrupts = true;
	setup_write_vmsa(NEW_VMSA);
	assert_err(create(1, NEW_VMSA, GUEST_OTHER_AREA), ERR_OK);
	assert_int_equal(fake.counters.kicks, 1);
	assert_int_equal(((const struct vmsa *)fake_bytes(gpa(GUEST_OTHER_VMSA)))->efer, 0);
	fake.interrupts = false;
	assert_err(delete (NEW_VMSA), ERR_OK);
	assert_int_equal(fake.counters.kicks, 1);
}

static void cpu_does_not_leave_into_a_change(void **state)
{
	struct vcpu *vcpu = setup_vcpu(1);
	vcpu_enter(vcpu);
	vcpu->activity = VCPU_CHANGING;
	assert_false(vcpu_leave(vcpu)); /* whoever changes it is not run by the host */
	assert_int_equal(vcpu->inside, 0);
	vcpu->activity = VCPU_ABSENT;
	assert_false(vcpu_leave(vcpu));
	vcpu->activity = VCPU_READY;
	assert_true(vcpu_leave(vcpu));
	assert_int_equal(vcpu->inside, 0);
}

static void calling_area_moves(void **state)
{
	struct vcpu *vcpu = setup_vcpu(0);
	u64 generation = vcpu->generation;
	memset(fake_bytes(gpa(NEW_AREA)), 0xFF, 16);
	assert_err(vcpu_remap_calling_area(vcpu, gpa(NEW_AREA)), ERR_OK);
	assert_int_equal(vcpu->calling_area.raw, NEW_AREA);
	assert_int_not_equal(vcpu->generation, generation);
	assert_int_equal(setup_state(NEW_AREA), PAGE_STATE_CALLING_AREA);
	assert_int_equal(setup_state(GUEST_CALLING_AREA), PAGE_STATE_PRIVATE);
	assert_int_equal(*(u64 *)fake_bytes(gpa(NEW_AREA)), 0);
	assert_int_equal(*(u64 *)fake_bytes(gpa(NEW_AREA + 8)), UINT64_MAX);
	memset(fake_bytes(gpa(NEW_AREA)), 0xFF, 16);
	assert_err(vcpu_remap_calling_area(vcpu, gpa(NEW_AREA)), ERR_OK);
	assert_int_equal(*(u64 *)fake_bytes(gpa(NEW_AREA)), UINT64_MAX);
}

static void current_vcpu_is_found(void **state)
{
	struct vcpu *vcpu;
	fake_apic_id = 7;
	assert_err(vcpu_current(&vcpu), ERR_OK);
	assert_int_equal(vcpu->apic_id, 7);
	fake_apic_id = 8;
	assert_err(vcpu_current(&vcpu), ERR_NOT_FOUND);
}

#define GUEST_TEST(function) cmocka_unit_test_setup_teardown(function, setup_guest, teardown_guest)

int test_vcpu(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool_wants_distinct_ids),
		GUEST_TEST(first_vcpu_is_known_to_the_host),
		GUEST_TEST(first_vcpu_is_checked),
		GUEST_TEST(first_vcpu_may_lie_in_guest_memory),
		GUEST_TEST(created_vmsa_is_out_of_the_guests_reach),
		GUEST_TEST(wrong_addresses_are_refused),
		GUEST_TEST(unknown_and_own_apic_ids_are_refused),
		GUEST_TEST(vmsa_content_is_checked),
		GUEST_TEST(failing_permissions_are_undone),
		GUEST_TEST(vmsa_is_recreated_many_times),
		GUEST_TEST(abandoned_vmsas_cannot_run),
		GUEST_TEST(vcpu_may_keep_its_calling_area),
		GUEST_TEST(deletion_is_checked),
		GUEST_TEST(served_vcpu_is_busy),
		GUEST_TEST(claimed_pages_are_busy),
		GUEST_TEST(pages_taken_away_are_refused),
		GUEST_TEST(vmsa_that_cannot_be_stopped_stays),
		GUEST_TEST(vmsa_is_not_deleted_while_it_is_created),
		GUEST_TEST(calling_area_moves),
		GUEST_TEST(vmsa_is_checked_when_nobody_can_write_it),
		GUEST_TEST(running_vcpu_is_called_in),
		GUEST_TEST(vcpu_that_is_in_is_not_called),
		GUEST_TEST(vcpu_that_does_not_come_is_stopped),
		GUEST_TEST(cpu_does_not_leave_into_a_change),
		GUEST_TEST(current_vcpu_is_found),
	};
	return cmocka_run_group_tests_name("vCPUs", tests, NULL, NULL);
}
