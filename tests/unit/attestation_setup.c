/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "attestation_setup.h"
#include "protocol/evidence.h"
#include "protocol/protocol.h"

static u8 scratch[REQUEST_SCRATCH];
u8 attest_pages[PLATFORM_MESSAGE_PAGES * PAGE_SIZE];
struct secrets_page attest_secrets;
struct svsm_attest_operation attest_operation;
static const u8 vtpm_guid[SVSM_GUID_SIZE] = SVSM_GUID_VTPM;

struct request attest_registers;

u64 attest_call_on(u32 apic_id, u32 call, u64 rcx)
{
	attest_registers = (struct request){
		.rax = (u64)SVSM_PROTOCOL_ATTESTATION << 32 | call,
		.rcx = rcx,
		.rdx = UINT64_MAX,
		.r8 = UINT64_MAX,
		.r9 = 0x9999,
		.vcpu = setup_vcpu(apic_id),
		.scratch = scratch,
	};
	protocol_dispatch(&attest_registers);
	assert_int_equal(attest_registers.r9, 0x9999);
	return attest_registers.rax;
}

/* The attest_registers are left alone unless there are sizes to tell. */
u64 attest_call_untold(u32 call)
{
	u64 result = attest_call_on(1, call, OPERATION);
	assert_int_equal(attest_registers.rcx, OPERATION);
	assert_int_equal(attest_registers.rdx, UINT64_MAX);
	assert_int_equal(attest_registers.r8, UINT64_MAX);
	return result;
}

void attest_write_operation(void)
{
	memcpy(fake_bytes(gpa(OPERATION)), &attest_operation, sizeof(attest_operation));
}

void attest_write_nonce(u8 seed)
{
	for (u32 i = 0; i < ATTEST_NONCE_SIZE; i++) {
		*(u8 *)fake_bytes(gpa(NONCE + i)) = (u8)(seed + i);
	}
}

void attest_setup_operation(void)
{
	attest_operation = (struct svsm_attest_operation){
		.report = {REPORT, PAGE_SIZE, 0},
		.nonce = {.address = NONCE, .size = ATTEST_NONCE_SIZE},
		.manifest = {MANIFEST, PAGE_SIZE, 0},
		.certificates = {CERTIFICATES, 4 * PAGE_SIZE, 0},
	};
	memcpy(attest_operation.service, vtpm_guid, sizeof(vtpm_guid));
	attest_write_operation();
	attest_write_nonce(1);
	memset(fake_bytes(gpa(REPORT)), 0xEE, PAGE_SIZE);
	memset(fake_bytes(gpa(MANIFEST)), 0xEE, PAGE_SIZE);
	memset(fake_bytes(gpa(CERTIFICATES)), 0xEE, PAGE_SIZE);
}

/* An entry, the end of the table, eight bytes. */
static void setup_certificates(void)
{
	static const u8 table[56] = {[0] = 1, [16] = 48, [20] = 8, [48] = 'c', 'e', 'r', 't', 's', '!', '!', '!'};
	memcpy(fake_attest.certificates, table, sizeof(table));
	fake_attest.certificates_size = sizeof(table);
}

int setup_attestation(void **state)
{
	setup_guest(state);
	fake_attest_reset();
	for (u32 i = 0; i < sizeof(attest_secrets.vmpck); i++) {
		((u8 *)attest_secrets.vmpck)[i] = (u8)(i + 1);
	}
	evidence_begin(&attest_secrets, GUEST_VMPL, attest_pages);
	attest_setup_operation();
	setup_certificates();
	return 0;
}

/* Calls again as Linux does. */
u64 attest_call_until_done(u32 call)
{
	for (u32 i = 0; i < 10000; i++) {
		u64 result = attest_call_on(1, call, OPERATION);
		if (result != SVSM_ERR_INCOMPLETE && result != SVSM_ERR_BUSY) {
			return result;
		}
	}
	return SVSM_ERR_BUSY;
}

void attest_assert_binds(const void *manifest, size_t size)
{
	const struct attestation_report *report = fake_bytes(gpa(REPORT));
	u8 asked[ATTEST_NONCE_SIZE + PAGE_SIZE], data[64];
	for (u32 i = 0; i < ATTEST_NONCE_SIZE; i++) {
		asked[i] = *(const u8 *)fake_bytes(gpa(NONCE + i));
	}
	memcpy(asked + ATTEST_NONCE_SIZE, manifest, size);
	fake_attest_data(span_of(asked, ATTEST_NONCE_SIZE + size), data);
	assert_memory_equal(report->report_data, data, sizeof(data));
}

bool attest_is_untouched(u64 address)
{
	const u8 *bytes = fake_bytes(gpa(address));
	for (u32 i = 0; i < PAGE_SIZE; i++) {
		if (bytes[i] != 0xEE) {
			return false;
		}
	}
	return true;
}

u64 attest_query_protocol(u32 version)
{
	struct request request = {.rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = 1ULL << 32 | version, .vcpu = setup_vcpu(0)};
	protocol_dispatch(&request);
	return request.rcx;
}
