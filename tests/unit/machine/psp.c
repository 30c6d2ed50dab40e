/* SPDX-License-Identifier: MIT */
/* Guest messages and reports, from outside: sealed and checked by OpenSSL. SEV-SNP Firmware ABI (56860), chapters 7 and 8. */
#include "machine.h"

#include "psp/crypto.h"
#include "psp/identity.h"
#include "psp/report.h"
#include "psp/requests.h"
#include "psp_openssl.h"

#define CERTIFICATE_ENTRY 24U
#define PAGE 4096U

static struct psp_guest guest;
static u8 request[PAGE], response[PAGE];

const u8 *certificate_table(void)
{
	return psp_identity.certificates.p;
}

static int setup(void **state)
{
	guest = (struct psp_guest){
		.policy = 0x30000, .guest_svn = 7, .report_version = 3, .tcb = psp_identity.tcb, .author_key = true};
	memset(guest.measurement, 0x4D, sizeof(guest.measurement));
	memset(guest.family_id, 0x46, sizeof(guest.family_id));
	for (u32 i = 0; i < VMPCK_COUNT; i++) {
		memset(guest.vmpck[i], 0x10 + (int)i, sizeof(guest.vmpck[i]));
	}
	memset(response, 0xEE, sizeof(response));
	return 0;
}

static struct guest_message_header *header_of(u8 *page)
{
	return (struct guest_message_header *)(void *)page;
}

static bool gcm(u8 *page, bool seal)
{
	return openssl_gcm(guest.vmpck[header_of(page)->vmpck], page, seal);
}

static void message_make(u8 type, u8 vmpck, const void *payload, u16 size)
{
	memset(request, 0, sizeof(request));
	*header_of(request) = (struct guest_message_header){
		.sequence = guest.messages[vmpck] + 1,
		.algorithm = 1,
		.header_version = 1,
		.header_size = 0x60,
		.type = type,
		.version = 1,
		.size = size,
		.vmpck = vmpck,
	};
	memcpy(request + sizeof(struct guest_message_header), payload, size);
}

static u32 message_send(void)
{
	assert_true(gcm(request, true));
	return psp_guest_request(&guest, request, response);
}

/* The payload of the answer, which must have come. */
static const void *answer(u8 type, u8 vmpck, u64 sequence, u16 size)
{
	const struct guest_message_header *header = header_of(response);
	assert_int_equal(header->type, type);
	assert_int_equal(header->vmpck, vmpck);
	assert_int_equal(header->sequence, sequence);
	assert_int_equal(header->size, size);
	assert_int_equal(header->algorithm, 1);
	assert_int_equal(header->header_version, 1);
	assert_int_equal(header->header_size, 0x60);
	assert_true(gcm(response, false));
	return response + sizeof(*header);
}

static struct report_request report_wanted(u32 vmpl)
{
	struct report_request wanted = {.vmpl = vmpl};
	memset(wanted.data, 0x5A, sizeof(wanted.data));
	return wanted;
}

static u32 report_status(u8 vmpck, const struct report_request *wanted)
{
	u64 sequence = guest.messages[vmpck] + 2;
	message_make(GUEST_MESSAGE_REPORT_REQUEST, vmpck, wanted, sizeof(*wanted));
	assert_int_equal(message_send(), PSP_SUCCESS);
	const struct report_response *got = answer(6, vmpck, sequence, sizeof(*got));
	assert_int_equal(got->size, got->status == 0 ? sizeof(got->report) : 0);
	assert_int_equal(psp_signature_ticks() > 0, got->status == 0);
	return got->status;
}

static void test_report(void **state)
{
	struct report_request wanted = report_wanted(3);
	assert_int_equal(report_status(2, &wanted), 0);
	assert_int_equal(guest.messages[2], 2);
	assert_int_equal(guest.messages[0], 0);
	const struct report_response *got = (const void *)(response + sizeof(struct guest_message_header));
	const struct attestation_report *report = &got->report;
	assert_int_equal(report->version, 3);
	assert_int_equal(report->vmpl, 3);
	assert_int_equal(report->policy, 0x30000);
	assert_int_equal(report->guest_svn, 7);
	assert_int_equal(report->signature_algorithm, 1);
	assert_int_equal(report->key_info, REPORT_KEY_INFO_AUTHOR);
	assert_memory_equal(report->report_data, wanted.data, 64);
	assert_memory_equal(report->measurement, guest.measurement, 48);
	assert_memory_equal(report->family_id, guest.family_id, 16);
	assert_memory_equal(report->chip_id, psp_identity.chip_id, 64);
	assert_int_equal(report->reported_tcb, psp_identity.tcb);
	assert_int_equal(report->cpu_family, 0x19);
	assert_true(openssl_signed_by_vcek(report));
	struct attestation_report other = *report;
	other.vmpl = 0;
	assert_false(openssl_signed_by_vcek(&other));
}

static void test_report_version_2(void **state)
{
	static struct attestation_report report;
	const u8 data[64] = {1};
	guest.report_version = 2;
	assert_true(report_make(&guest, 0, data, &report) > 0);
	assert_int_equal(report.version, 2);
	assert_int_equal(report.cpu_family, 0);
	assert_true(openssl_signed_by_vcek(&report));
}

static void test_report_refusals(void **state)
{
	struct report_request wanted = report_wanted(1);
	assert_int_equal(report_status(2, &wanted), PSP_STATUS_INVALID_PARAMETER); /* a higher VMPL than the key's */
	wanted.vmpl = 4;
	assert_int_equal(report_status(2, &wanted), PSP_STATUS_INVALID_PARAMETER);
	wanted = report_wanted(2);
	wanted.flags = 2;
	assert_int_equal(report_status(2, &wanted), PSP_STATUS_INVALID_KEY);
	wanted.flags = 3;
	assert_int_equal(report_status(2, &wanted), PSP_STATUS_INVALID_PARAMETER);
	wanted.flags = 4;
	assert_int_equal(report_status(2, &wanted), PSP_STATUS_INVALID_PARAMETER);
	wanted.flags = 1;
	wanted.reserved[23] = 1;
	assert_int_equal(report_status(2, &wanted), PSP_STATUS_INVALID_PARAMETER);
	wanted.reserved[23] = 0;
	assert_int_equal(report_status(2, &wanted), 0);
	assert_int_equal(report_status(0, &wanted), 0);
}

static void refused(u32 status)
{
	u64 before = guest.messages[1];
	memset(response, 0xEE, sizeof(response));
	assert_int_equal(message_send(), status);
	assert_int_equal(guest.messages[1], before);
	assert_int_equal(response[0x60], 0xEE);
}

static void message_again(void)
{
	struct report_request wanted = report_wanted(1);
	message_make(GUEST_MESSAGE_REPORT_REQUEST, 1, &wanted, sizeof(wanted));
}

static void test_headers(void **state)
{
	struct guest_message_header *header = header_of(request);
	message_again();
	header->algorithm = 2;
	refused(PSP_INVALID_PARAMETER);
	message_again();
	header->header_version = 2;
	refused(PSP_INVALID_PARAMETER);
	message_again();
	header->header_size = 0x61;
	refused(PSP_INVALID_PARAMETER);
	message_again();
	header->version = 3;
	refused(PSP_INVALID_PARAMETER);
	message_again();
	header->type = 1;
	refused(PSP_INVALID_PARAMETER);
	message_again();
	header->size = 0x5F;
	refused(PSP_INVALID_PARAMETER);
	message_again();
	header->size = PAGE - 0x60 + 1;
	assert_int_equal(psp_guest_request(&guest, request, response), PSP_INVALID_PARAMETER);
	message_again();
	header->vmpck = 4;
	assert_int_equal(psp_guest_request(&guest, request, response), PSP_INVALID_PARAMETER);
}

static void test_sequence(void **state)
{
	struct report_request wanted = report_wanted(1);
	message_again();
	header_of(request)->sequence = 2;
	refused(PSP_INVALID_PARAMETER);
	assert_int_equal(report_status(1, &wanted), 0);
	message_again();
	header_of(request)->sequence = 1; /* the same number again */
	refused(PSP_INVALID_PARAMETER);
	guest.messages[1] = UINT64_MAX - 2;
	assert_int_equal(report_status(1, &wanted), 0);
	message_again();
	refused(PSP_AEAD_OVERFLOW);
}

static void test_seal(void **state)
{
	static const u32 places[] = {0x00, 0x0F, 0x31 + 7, 0x3D, 0x60, 0xBF};
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		message_again();
		assert_true(gcm(request, true));
		request[places[i]] ^= 0x80;
		assert_int_equal(psp_guest_request(&guest, request, response), PSP_BAD_MEASUREMENT);
		assert_int_equal(psp_signature_ticks(), 0);
		assert_int_equal(guest.messages[1], 0);
	}
	message_again();
	guest.vmpck[1][0] ^= 1;
	assert_true(gcm(request, true));
	guest.vmpck[1][0] ^= 1;
	assert_int_equal(psp_guest_request(&guest, request, response), PSP_BAD_MEASUREMENT);
}

static u32 key_get(const struct key_request *wanted, u8 key[32])
{
	u64 sequence = guest.messages[1] + 2;
	message_make(GUEST_MESSAGE_KEY_REQUEST, 1, wanted, sizeof(*wanted));
	assert_int_equal(message_send(), PSP_SUCCESS);
	const struct key_response *got = answer(4, 1, sequence, sizeof(*got));
	memcpy(key, got->key, 32);
	assert_int_equal(got->status != 0, span_is_zero(span_of(key, 32)));
	return got->status;
}

static void test_derived_key(void **state)
{
	u8 first[32], again[32], other[32];
	struct key_request wanted = {.vmpl = 1, .field_select = KEY_FIELD_MEASUREMENT};
	assert_int_equal(key_get(&wanted, first), 0);
	wanted.guest_svn = 3; /* not selected */
	assert_int_equal(key_get(&wanted, again), 0);
	wanted.guest_svn = 0;
	wanted.vmpl = 2;
	assert_int_equal(key_get(&wanted, other), 0);
	assert_memory_not_equal(first, other, 32);
	wanted.vmpl = 1;
	guest.measurement[0] ^= 1;
	assert_int_equal(key_get(&wanted, other), 0);
	assert_memory_not_equal(first, other, 32);
	guest.measurement[0] ^= 1;
	assert_int_equal(key_get(&wanted, again), 0);
	assert_memory_equal(first, again, 32);
	wanted.field_select |= KEY_FIELD_SVN;
	wanted.guest_svn = 7;
	assert_int_equal(key_get(&wanted, other), 0);
	assert_memory_not_equal(first, other, 32);
}

static void test_derived_key_refusals(void **state)
{
	u8 key[32];
	const struct key_request wrong[] = {
		{.vmpl = 0},
		{.vmpl = 4},
		{.vmpl = 1, .guest_svn = 8},
		{.vmpl = 1, .tcb = psp_identity.tcb + 1},
		{.vmpl = 1, .field_select = 1U << 7},
		{.vmpl = 1, .reserved_04 = 1},
		{.vmpl = 1, .root_key_select = 8},
		{.vmpl = 1, .root_key_select = 6},
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(key_get(&wrong[i], key), PSP_STATUS_INVALID_PARAMETER);
	}
	const struct key_request migration = {.vmpl = 1, .root_key_select = KEY_ROOT_VMRK};
	assert_int_equal(key_get(&migration, key), PSP_STATUS_INVALID_KEY);
}

static void test_tsc(void **state)
{
	u8 wanted[128] = {0};
	message_make(GUEST_MESSAGE_TSC_REQUEST, 0, wanted, sizeof(wanted));
	assert_int_equal(message_send(), PSP_SUCCESS);
	const struct tsc_response *got = answer(18, 0, 2, sizeof(*got));
	assert_int_equal(got->status, 0);
	assert_int_equal(got->scale, 1ULL << 32);
	wanted[5] = 1;
	message_make(GUEST_MESSAGE_TSC_REQUEST, 0, wanted, sizeof(wanted));
	assert_int_equal(message_send(), PSP_SUCCESS);
	got = answer(18, 0, 4, sizeof(*got));
	assert_int_equal(got->status, PSP_STATUS_INVALID_PARAMETER);
}

static void test_certificates(void **state)
{
	for (u32 i = 0; i < 3; i++) {
		assert_non_null(strstr(openssl_subject(i), "not AMD"));
		assert_true(openssl_certified(i, i == 0 ? 0 : i - 1));
	}
	assert_false(openssl_certified(2, 0));
	assert_true(span_is_zero(span_of(psp_identity.certificates.p + 3 * CERTIFICATE_ENTRY, CERTIFICATE_ENTRY)));
}

static void test_ecdsa(void **state)
{
	struct ecdsa_signature signature;
	struct ecdsa_public public = {0};
	u8 point[97];
	openssl_vcek_point(point);
	for (u32 i = 0; i < 48; i++) {
		public.x[i] = point[48 - i];
		public.y[i] = point[96 - i];
	}
	ecdsa_sign(psp_identity.key, span_of_text("copra"), &signature);
	assert_true(ecdsa_verify(&public, span_of_text("copra"), &signature));
	assert_false(ecdsa_verify(&public, span_of_text("cobra"), &signature));
	signature.r[71] = 1; /* beyond the curve's size */
	assert_false(ecdsa_verify(&public, span_of_text("copra"), &signature));
	signature.r[71] = 0;
	public.y[0] ^= 1; /* no point of the curve */
	assert_false(ecdsa_verify(&public, span_of_text("copra"), &signature));
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(report), TEST(report_version_2), TEST(report_refusals),      TEST(headers), TEST(sequence),
		TEST(seal),   TEST(derived_key),      TEST(derived_key_refusals), TEST(tsc),     TEST(certificates),
		TEST(ecdsa),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
