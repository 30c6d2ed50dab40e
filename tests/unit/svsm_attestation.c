/* SPDX-License-Identifier: MIT */
/* The attestation protocol: what a guest may ask, and what it gets. */
#include "svsm_groups.h"

#include "attestation_setup.h"

static void one_service(void **state)
{
	for (u32 i = 0; i < STEPS - 1; i++) {
		assert_int_equal(attest_call_untold(SVSM_ATTEST_SINGLE_SERVICE), SVSM_ERR_INCOMPLETE);
	}
	assert_int_equal(attest_call_on(1, SVSM_ATTEST_SINGLE_SERVICE, OPERATION), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rcx, KEY_SIZE);
	assert_int_equal(attest_registers.rdx, 56);
	assert_int_equal(attest_registers.r8, sizeof(struct attestation_report));
	assert_memory_equal(fake_bytes(gpa(MANIFEST)), fake_attest.endorsement_key, KEY_SIZE);
	assert_memory_equal(fake_bytes(gpa(CERTIFICATES)), fake_attest.certificates, 56);
	assert_int_equal(*(u8 *)fake_bytes(gpa(MANIFEST + KEY_SIZE)), 0xEE);
	assert_int_equal(*(u8 *)fake_bytes(gpa(CERTIFICATES + 56)), 0xEE);
	assert_int_equal(*(u8 *)fake_bytes(gpa(REPORT + sizeof(struct attestation_report))), 0xEE);
	attest_assert_binds(fake_attest.endorsement_key, KEY_SIZE);
}

static void all_services(void **state)
{
	static const struct svsm_manifest_head head = {SVSM_GUID_SERVICES, TABLE_SIZE, 1};
	static const struct svsm_manifest_entry entry = {SVSM_GUID_VTPM, 48, KEY_SIZE};
	memset(attest_operation.service, 0xFF, sizeof(attest_operation) - SVSM_ATTEST_SERVICES_SIZE); /* not read */
	attest_write_operation();
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rcx, TABLE_SIZE);
	const u8 *table = fake_bytes(gpa(MANIFEST));
	assert_memory_equal(table, &head, sizeof(head));
	assert_memory_equal(table + sizeof(head), &entry, sizeof(entry));
	assert_memory_equal(table + 48, fake_attest.endorsement_key, KEY_SIZE);
	attest_assert_binds(table, TABLE_SIZE);
}

static void without_vtpm_the_table_is_empty(void **state)
{
	static const struct svsm_manifest_head head = {SVSM_GUID_SERVICES, sizeof(head), 0};
	fake_service.there[SERVICE_VTPM] = false;
	fake_attest.vtpm_error = ERR_NOT_FOUND;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rcx, sizeof(head));
	assert_memory_equal(fake_bytes(gpa(MANIFEST)), &head, sizeof(head));
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_ERR_UNSUPPORTED_PROTOCOL);
}

static void protocol_is_listed_with_its_key(void **state)
{
	assert_int_equal(attest_query_protocol(1), 1ULL << 32 | 1);
	assert_int_equal(attest_query_protocol(0), 0);
	assert_int_equal(attest_query_protocol(2), 0);
	assert_int_equal(attest_call_untold(2), SVSM_ERR_UNSUPPORTED_CALL);
	assert_int_equal(attest_call_untold(UINT32_MAX), SVSM_ERR_UNSUPPORTED_CALL);
	fake_attest.host_fails = true;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_ERR_UNSUPPORTED_PROTOCOL);
	assert_int_equal(attest_query_protocol(1), 0);
	assert_int_equal(attest_call_untold(2), SVSM_ERR_UNSUPPORTED_PROTOCOL);
}

static void every_field_is_checked(void **state)
{
	static const struct {
		size_t offset;
		u8 value;
		u64 result;
	} cases[] = {
		{0x00, 0x08, SVSM_ERR_INVALID_PARAMETER}, {0x0C, 1, SVSM_ERR_INVALID_PARAMETER},
		{0x0F, 1, SVSM_ERR_INVALID_PARAMETER},    {0x18, 63, SVSM_ERR_INVALID_PARAMETER},
		{0x18, 65, SVSM_ERR_INVALID_PARAMETER},   {0x18, 0, SVSM_ERR_INVALID_PARAMETER},
		{0x19, 1, SVSM_ERR_INVALID_PARAMETER},    {0x1A, 1, SVSM_ERR_INVALID_PARAMETER},
		{0x1F, 1, SVSM_ERR_INVALID_PARAMETER},    {0x21, 1, SVSM_ERR_INVALID_PARAMETER},
		{0x2C, 1, SVSM_ERR_INVALID_PARAMETER},    {0x30, 1, SVSM_ERR_INVALID_PARAMETER},
		{0x3F, 0x80, SVSM_ERR_INVALID_PARAMETER}, {0x40, 0, SVSM_ERR_UNSUPPORTED_PROTOCOL},
		{0x4F, 0, SVSM_ERR_UNSUPPORTED_PROTOCOL}, {0x50, 1, SVSM_ERR_INVALID_PARAMETER},
		{0x53, 0x80, SVSM_ERR_INVALID_PARAMETER}, {0x54, 1, SVSM_ERR_INVALID_PARAMETER},
		{0x57, 1, SVSM_ERR_INVALID_PARAMETER},    {0x07, 0x80, SVSM_ERR_INVALID_ADDRESS},
		{0x17, 0x80, SVSM_ERR_INVALID_ADDRESS},   {0x27, 0x80, SVSM_ERR_INVALID_ADDRESS},
		{0x37, 0x80, SVSM_ERR_INVALID_ADDRESS},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *byte = fake_bytes(gpa(OPERATION + cases[i].offset));
		attest_write_operation();
		*byte = cases[i].value;
		assert_int_equal(attest_call_untold(SVSM_ATTEST_SINGLE_SERVICE), cases[i].result);
	}
	assert_int_equal(fake_attest.messages, 0);
}

static void every_address_is_checked(void **state)
{
	static const struct {
		u64 rcx, result;
	} cases[] = {
		{OPERATION + 4, SVSM_ERR_INVALID_PARAMETER},
		{OPERATION + 1, SVSM_ERR_INVALID_PARAMETER},
		{GUEST_SHARED, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_HOLE, SVSM_ERR_INVALID_ADDRESS},
		{SVSM_BASE, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_OTHER_VMSA, SVSM_ERR_INVALID_ADDRESS},
		{LAST_PAGE + 0xFC0, SVSM_ERR_INVALID_ADDRESS},
		{UINT64_MAX - 7, SVSM_ERR_INVALID_ADDRESS},
		{0xFFFFFFFFFFFFF000ULL, SVSM_ERR_INVALID_ADDRESS},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 single = SVSM_ATTEST_SINGLE_SERVICE;
		assert_int_equal(attest_call_on(1, single, cases[i].rcx), cases[i].result);
		assert_int_equal(attest_registers.rcx, cases[i].rcx);
	}
}

static void every_buffer_is_checked(void **state)
{
	static const u64 bad[] = {GUEST_SHARED, GUEST_HOLE, SVSM_BASE, GUEST_OTHER_VMSA, 0xFFFFFFFFFFFFF000ULL};
	u64 *addresses[] = {&attest_operation.report.address, &attest_operation.nonce.address,
			    &attest_operation.manifest.address, &attest_operation.certificates.address};
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(bad); k++) {
			attest_setup_operation();
			*addresses[i] = bad[k];
			attest_write_operation();
			assert_int_equal(attest_call_untold(SVSM_ATTEST_SINGLE_SERVICE), SVSM_ERR_INVALID_ADDRESS);
		}
	}
	attest_setup_operation();
	attest_operation.certificates.address = LAST_PAGE;
	attest_write_operation();
	assert_int_equal(attest_call_untold(SVSM_ATTEST_SINGLE_SERVICE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake_attest.messages, 0);
}

/* No buffer is written to further than it is needed, whatever size is said. */
static void sizes_may_be_any(void **state)
{
	attest_operation.report.size = UINT32_MAX;
	attest_operation.manifest.size = UINT32_MAX;
	attest_operation.certificates.size = UINT32_MAX;
	attest_operation.report.address = LAST_PAGE;
	attest_write_operation();
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
}

static void assert_sizes_told(u64 certificates)
{
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(attest_registers.rcx, KEY_SIZE);
	assert_int_equal(attest_registers.rdx, certificates);
	assert_int_equal(attest_registers.r8, sizeof(struct attestation_report));
	assert_true(attest_is_untouched(REPORT) && attest_is_untouched(MANIFEST) && attest_is_untouched(CERTIFICATES));
}

/* One round tells all three, and what was made for it is what the next one gets. */
static void sizes_are_negotiated(void **state)
{
	u32 *sizes[] = {&attest_operation.report.size, &attest_operation.manifest.size,
			&attest_operation.certificates.size};
	u32 enough[] = {sizeof(struct attestation_report), KEY_SIZE, 56};
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		attest_setup_operation();
		attest_write_nonce((u8)(i + 10));
		*sizes[i] = enough[i] - 1;
		attest_write_operation();
		assert_sizes_told(56);
		*sizes[i] = enough[i];
		attest_write_operation();
		assert_int_equal(attest_call_on(1, SVSM_ATTEST_SINGLE_SERVICE, OPERATION), SVSM_SUCCESS);
		assert_int_equal(fake_attest.messages, i + 1);
	}
	attest_setup_operation();
	attest_operation.report.size = attest_operation.manifest.size = 0;
	attest_operation.certificates.size = 1;
	attest_write_operation();
	assert_sizes_told(56);
}

/* Size 0: none are wanted, wherever they were to go, and the host is not asked for any. */
static void certificates_may_be_left_out(void **state)
{
	attest_operation.certificates = (struct svsm_attest_buffer){GUEST_HOLE, 0, 0};
	attest_write_operation();
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rdx, 0);
	assert_int_equal(fake_attest.plain_messages, 1);
	attest_setup_operation();
	attest_operation.certificates.size = 0;
	attest_operation.manifest.size = 1;
	attest_write_operation();
	assert_sizes_told(0);
}

/* What did not fit is kept for two seconds, for the one who asked. */
static void old_evidence_is_not_given_out(void **state)
{
	attest_operation.report.size = 0;
	attest_write_operation();
	assert_sizes_told(56);
	fake_service.clock += 3 * SECOND;
	attest_operation.report.size = PAGE_SIZE;
	attest_write_operation();
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	assert_int_equal(fake_attest.messages, 2);
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	assert_int_equal(fake_attest.messages, 3);
}

/* Another one who asks something else does not wait for it. */
static void kept_evidence_holds_up_nobody(void **state)
{
	attest_operation.report.size = 0;
	attest_write_operation();
	assert_sizes_told(56);
	attest_setup_operation();
	attest_write_nonce(77);
	assert_int_equal(attest_call_on(0, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INCOMPLETE);
}

static void buffer_that_goes_away(void **state)
{
	for (u32 i = 0; i < STEPS - 1; i++) {
		assert_int_equal(attest_call_untold(SVSM_ATTEST_SINGLE_SERVICE), SVSM_ERR_INCOMPLETE);
	}
	assert_err(platform_page_state(gpa(MANIFEST), 1, WINDOW_SHARED), ERR_OK);
	assert_int_equal(attest_call_untold(SVSM_ATTEST_SINGLE_SERVICE), SVSM_ERR_INVALID_ADDRESS);
	attest_operation.manifest.address = MANIFEST + 8 * PAGE_SIZE;
	attest_write_operation();
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
}

/* Behind the check of its state, and before it is written: what was made stays for the next call. */
static void buffer_that_the_host_takes_away(void **state)
{
	static const u64 buffers[] = {REPORT, MANIFEST, CERTIFICATES};
	for (size_t i = 0; i < ARRAY_SIZE(buffers); i++) {
		attest_setup_operation();
		attest_write_nonce((u8)(20 + i));
		for (u32 step = 0; step < STEPS - 1; step++) {
			assert_int_equal(attest_call_untold(SVSM_ATTEST_SINGLE_SERVICE), SVSM_ERR_INCOMPLETE);
		}
		fake.faults.lost_page = gpa(buffers[i]);
		fake.faults.lost_countdown = 1;
		assert_int_equal(attest_call_untold(SVSM_ATTEST_SINGLE_SERVICE), SVSM_ERR_INVALID_ADDRESS);
		assert_int_equal(attest_call_on(1, SVSM_ATTEST_SINGLE_SERVICE, OPERATION), SVSM_SUCCESS);
	}
	assert_int_equal(fake_attest.messages, ARRAY_SIZE(buffers));
}

#define ATTESTATION_TEST(function) cmocka_unit_test_setup_teardown(function, setup_attestation, teardown_guest)

int test_attestation(void)
{
	const struct CMUnitTest tests[] = {
		ATTESTATION_TEST(one_service),
		ATTESTATION_TEST(all_services),
		ATTESTATION_TEST(without_vtpm_the_table_is_empty),
		ATTESTATION_TEST(protocol_is_listed_with_its_key),
		ATTESTATION_TEST(every_field_is_checked),
		ATTESTATION_TEST(every_address_is_checked),
		ATTESTATION_TEST(every_buffer_is_checked),
		ATTESTATION_TEST(sizes_may_be_any),
		ATTESTATION_TEST(sizes_are_negotiated),
		ATTESTATION_TEST(certificates_may_be_left_out),
		ATTESTATION_TEST(old_evidence_is_not_given_out),
		ATTESTATION_TEST(kept_evidence_holds_up_nobody),
		ATTESTATION_TEST(buffer_that_goes_away),
		ATTESTATION_TEST(buffer_that_the_host_takes_away),
	};
	return cmocka_run_group_tests_name("attestation protocol", tests, NULL, NULL);
}
