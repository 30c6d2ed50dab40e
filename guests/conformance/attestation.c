/* SPDX-License-Identifier: MIT */
/*
 * The attestation protocol, where there is one: malformed operations, and evidence in between. SVSM (58019), chapter 7. No certificates are
 * asked for: whether there are any is the host's business.
 */
#include <copra/psp.h>

#include "base/compiler.h"
#include "base/mem.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/svsm.h"

#define ATTEST(call) ((u64)SVSM_PROTOCOL_ATTESTATION << 32 | (call))
#define NONCE_OFFSET 0x400U /* behind the operation, in its page */
#define NONCE_SIZE 64U
#define CALLS_MAX 10000000U
#define MARK 0x3C3C3C3C3C3C3C3CULL
#define REPORT PAGE_WORK
#define MANIFEST PAGE_SECOND
#define OTHER_MANIFEST PAGE_NEW_AREA
#define CERTIFICATES PAGE_VMSA

static const u8 services_guid[] = SVSM_GUID_SERVICES;
static const u8 vtpm_guid[] = SVSM_GUID_VTPM;

static struct svsm_registers answer; /* to the last call */

static u64 operation_address(void)
{
	return page_address(PAGE_LIST);
}

static u8 *operation_bytes(void)
{
	return (u8 *)page_at(PAGE_LIST);
}

/* One that is good: no certificates, and a whole page for report and manifest. */
static struct svsm_attest_operation operation_good(void)
{
	struct svsm_attest_operation operation = {
		.report = {page_address(REPORT), PAGE_SIZE, 0},
		.nonce = {.address = operation_address() + NONCE_OFFSET, .size = NONCE_SIZE},
		.manifest = {page_address(MANIFEST), PAGE_SIZE, 0},
		.certificates = {page_address(CERTIFICATES), 0, 0},
	};
	memcpy(operation.service, vtpm_guid, sizeof(vtpm_guid));
	return operation;
}

static void operation_write(const struct svsm_attest_operation *operation, u8 nonce)
{
	page_fill(PAGE_LIST, 0);
	memcpy(operation_bytes(), operation, sizeof(*operation));
	memset(operation_bytes() + NONCE_OFFSET, nonce, NONCE_SIZE);
}

/* RAX; called again as long as the SVSM says so. */
static u64 ask_at(u32 call, u64 operation)
{
	u32 calls = 0;
	do {
		answer = (struct svsm_registers){.rax = ATTEST(call), .rcx = operation, .rdx = MARK, .r8 = MARK};
		if (svsm_call(&answer) != SVSM_ANSWERED) {
			return UINT64_MAX;
		}
	} while ((answer.rax == SVSM_ERR_INCOMPLETE || answer.rax == SVSM_ERR_BUSY) && ++calls < CALLS_MAX);
	return answer.rax;
}

static u64 ask(u32 call)
{
	return ask_at(call, operation_address());
}

static void test_unknown_calls(void)
{
	tap_begin();
	tap_expect("RAX of call 2", ask(2), SVSM_ERR_UNSUPPORTED_CALL);
	tap_expect("RAX of call 0xffffffff", ask(UINT32_MAX), SVSM_ERR_UNSUPPORTED_CALL);
	tap_end("7/1 ", "unknown calls");
}

static void test_misaligned(u64 offset, const char *name)
{
	struct svsm_attest_operation operation = operation_good();
	operation_write(&operation, 1);
	memcpy(operation_bytes() + offset, &operation, sizeof(operation));
	tap_begin();
	tap_expect("RAX", ask_at(SVSM_ATTEST_SERVICES, operation_address() + offset), SVSM_ERR_INVALID_PARAMETER);
	tap_end("7.1/1 ATTEST_SERVICES: ", name);
}

struct field_case {
	const char *name;
	u32 call;
	u32 offset; /* of the byte that is wrong */
	u8 value;
	u64 or_result; /* 0: INVALID_PARAMETER alone */
};

#define SERVICES SVSM_ATTEST_SERVICES
#define SINGLE SVSM_ATTEST_SINGLE_SERVICE

/* There are certificates asked for in each, so that all of the operation counts. */
static const struct field_case fields[] = {
	{"7.1/3 reserved bytes of the report buffer, first", SERVICES, 0x0C, 1, 0},
	{"7.1/3 reserved bytes of the report buffer, last", SERVICES, 0x0F, 0x80, 0},
	{"7.1/3 reserved bytes of the nonce, first", SERVICES, 0x1A, 1, 0},
	{"7.1/3 reserved bytes of the nonce, last", SERVICES, 0x1F, 0x80, 0},
	{"7.1/3 reserved bytes of the manifest buffer", SERVICES, 0x2C, 1, 0},
	{"7.1/3 reserved bytes of the certificate buffer", SERVICES, 0x3F, 0x80, 0},
	{"7.1/4 report buffer not aligned to 4 KiB", SERVICES, 0x00, 8, 0},
	{"7.1/4 manifest buffer not aligned to 4 KiB", SERVICES, 0x21, 1, 0},
	{"7.1/4 certificate buffer not aligned to 4 KiB", SERVICES, 0x30, 1, 0},
	{"7.2/1 a service that there is not", SINGLE, 0x40, 0, SVSM_ERR_UNSUPPORTED_PROTOCOL},
	{"7.2/2 manifest version 255", SINGLE, 0x50, 0xFF, 0},
	{"7.2/2 manifest version 0x80000000", SINGLE, 0x53, 0x80, 0},
	{"7.2/3 reserved bytes behind the version, first", SINGLE, 0x54, 1, 0},
	{"7.2/3 reserved bytes behind the version, last", SINGLE, 0x57, 0x80, 0},
};

static void test_field(const struct field_case *c)
{
	struct svsm_attest_operation operation = operation_good();
	operation.certificates.size = PAGE_SIZE;
	operation_write(&operation, 2);
	operation_bytes()[c->offset] = c->value;
	tap_begin();
	tap_expect_either("RAX", ask(c->call), SVSM_ERR_INVALID_PARAMETER,
			  c->or_result != 0 ? c->or_result : SVSM_ERR_INVALID_PARAMETER);
	tap_end("", c->name);
}

struct place_case {
	const char *group;
	u32 offset; /* of the address in the operation */
};

static const struct place_case place_cases[] = {
	{"7.1/5 report buffer in ", 0x00},
	{"7.1/5 nonce in ", 0x10},
	{"7.1/5 manifest buffer in ", 0x20},
	{"7.1/5 certificate buffer in ", 0x30},
};

static void test_place(const struct place_case *c, const struct foreign_place *place)
{
	struct svsm_attest_operation operation = operation_good();
	operation.certificates.size = PAGE_SIZE;
	operation_write(&operation, 3);
	memcpy(operation_bytes() + c->offset, &place->address, sizeof(place->address));
	tap_begin();
	tap_expect_either("RAX", ask(SERVICES), SVSM_ERR_INVALID_ADDRESS, SVSM_ERR_INVALID_PARAMETER);
	tap_end(c->group, place->name);
}

static void test_places(void)
{
	u32 count;
	const struct foreign_place *places = foreign_places(&count);
	for (u32 i = 0; i < count; i++) {
		tap_begin();
		tap_expect_either("RAX", ask_at(SERVICES, places[i].address), SVSM_ERR_INVALID_ADDRESS,
				  SVSM_ERR_INVALID_PARAMETER);
		tap_end("7.1/2 operation in ", places[i].name);
		for (u32 k = 0; k < ARRAY_SIZE(place_cases); k++) {
			test_place(&place_cases[k], &places[i]);
		}
	}
}

/* What is needed is said, and nothing is written. */
static void test_too_small(u32 report, u32 manifest, const char *name)
{
	struct svsm_attest_operation operation = operation_good();
	operation.report.size = report;
	operation.manifest.size = manifest;
	operation_write(&operation, 4);
	page_fill(REPORT, MARK);
	page_fill(MANIFEST, MARK);
	tap_begin();
	tap_expect("RAX", ask(SERVICES), SVSM_ERR_INVALID_PARAMETER);
	tap_expect("RCX, the manifest's size, is a size", answer.rcx > 0 && answer.rcx <= PAGE_SIZE, true);
	tap_expect("R8, the report's size", answer.r8, sizeof(struct attestation_report));
	tap_expect("report", page_value(REPORT), MARK);
	tap_expect("manifest", page_value(MANIFEST), MARK);
	tap_end("7.1/6 ATTEST_SERVICES: ", name);
}

/* The table of services: its GUID, all of it inside, each service's part as well. */
static void expect_table(const u8 *table, u64 size)
{
	struct svsm_manifest_head head;
	struct svsm_manifest_entry entry;
	memcpy(&head, table, sizeof(head));
	tap_expect("the table's GUID", memcmp(head.guid, services_guid, sizeof(services_guid)) == 0, true);
	tap_expect("the table's size", head.size, size);
	tap_expect("its entries are inside", head.count <= (PAGE_SIZE - sizeof(head)) / sizeof(entry), true);
	for (u32 i = 0; i < head.count && i < (PAGE_SIZE - sizeof(head)) / sizeof(entry); i++) {
		memcpy(&entry, table + sizeof(head) + i * sizeof(entry), sizeof(entry));
		tap_expect("a service's part is inside", (u64)entry.offset + entry.size <= size, true);
	}
}

static void expect_report(void)
{
	const struct attestation_report *report = (const void *)page_at(REPORT);
	tap_expect("RCX is a size", answer.rcx > 0 && answer.rcx <= PAGE_SIZE, true);
	tap_expect("RDX, the certificates' size", answer.rdx, 0);
	tap_expect("R8, the report's size", answer.r8, sizeof(*report));
	tap_expect("the report's VMPL", report->vmpl, 0);
}

static void test_all_services(void)
{
	struct svsm_attest_operation operation = operation_good();
	operation_write(&operation, 4);
	tap_begin();
	tap_expect("RAX", ask(SERVICES), SVSM_SUCCESS);
	expect_report();
	expect_table((const u8 *)page_at(MANIFEST), answer.rcx);
	tap_end("7.1/7 ATTEST_SERVICES: ", "a report and the table of services");
}

/* Its data are made of nonce and manifest, and the manifest stays. */
static void test_nonce(void)
{
	struct svsm_attest_operation operation = operation_good();
	struct attestation_report first;
	const struct attestation_report *report = (const void *)page_at(REPORT);
	memcpy(&first, report, sizeof(first));
	operation_write(&operation, 5);
	tap_begin();
	tap_expect("RAX", ask(SERVICES), SVSM_SUCCESS);
	tap_expect("its data are others",
		   memcmp(first.report_data, report->report_data, sizeof(first.report_data)) != 0, true);
	tap_end("7.1/8 ATTEST_SERVICES: ", "another nonce, another report");
}

/* The vTPM's part of the table, which is in MANIFEST; empty when it has none. */
static struct svsm_manifest_entry vtpm_entry(void)
{
	const u8 *table = (const u8 *)page_at(MANIFEST);
	struct svsm_manifest_head head;
	struct svsm_manifest_entry entry;
	memcpy(&head, table, sizeof(head));
	for (u32 i = 0; i < head.count && i < (PAGE_SIZE - sizeof(head)) / sizeof(entry); i++) {
		memcpy(&entry, table + sizeof(head) + i * sizeof(entry), sizeof(entry));
		if (memcmp(entry.guid, vtpm_guid, sizeof(vtpm_guid)) == 0 &&
		    (u64)entry.offset + entry.size <= PAGE_SIZE) {
			return entry;
		}
	}
	return (struct svsm_manifest_entry){.size = 0};
}

static void test_single_service(void)
{
	struct svsm_manifest_entry entry = vtpm_entry();
	struct svsm_attest_operation operation = operation_good();
	if (entry.size == 0) {
		tap_skip("7.2/4 ATTEST_SINGLE_SERVICE: ", "the vTPM's part of the table", "there is no vTPM in it");
		return;
	}
	operation.manifest.address = page_address(OTHER_MANIFEST);
	operation_write(&operation, 6);
	tap_begin();
	tap_expect("RAX", ask(SINGLE), SVSM_SUCCESS);
	expect_report();
	tap_expect("RCX, the manifest's size", answer.rcx, entry.size);
	tap_expect("manifest, that of the table",
		   memcmp((const u8 *)page_at(OTHER_MANIFEST), (const u8 *)page_at(MANIFEST) + entry.offset,
			  entry.size) == 0,
		   true);
	tap_end("7.2/4 ATTEST_SINGLE_SERVICE: ", "the vTPM's part of the table");
}

void test_attestation(void)
{
	if (!protocol_is_offered(SVSM_PROTOCOL_ATTESTATION)) {
		tap_skip("", "7/1 attestation protocol", "it is not offered");
		return;
	}
	test_unknown_calls();
	test_misaligned(1, "operation 1 byte off");
	test_misaligned(4, "operation 4 bytes off");
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++) {
		test_field(&fields[i]);
	}
	test_places();
	test_too_small(sizeof(struct attestation_report) - 1, PAGE_SIZE, "too little room for the report");
	test_too_small(PAGE_SIZE, sizeof(struct svsm_manifest_head) - 1, "too little room for the manifest");
	test_too_small(0, 0, "no room at all");
	test_all_services();
	test_nonce();
	test_single_service();
}
