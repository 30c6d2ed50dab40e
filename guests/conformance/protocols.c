/* SPDX-License-Identifier: MIT */
#include "base/compiler.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/svsm.h"

#define KEEP 0x5A5A5A5A5A5A5A5AULL
#define UNKNOWN_CALL 0x77U

struct protocol_case {
	const char *name;
	u64 rax, rcx;
	u64 result, rcx_after;
};

#define CORE(call) ((u64)SVSM_PROTOCOL_CORE << 32 | (call))
#define QUERY CORE(SVSM_CORE_QUERY_PROTOCOL)
#define VTOM CORE(SVSM_CORE_CONFIGURE_VTOM)

static const struct protocol_case cases[] = {
	{"5/1 protocol 5, call 0", 5ULL << 32, KEEP, SVSM_ERR_UNSUPPORTED_PROTOCOL, KEEP},
	{"5/1 protocol 0x7fffffff", 0x7FFFFFFFULL << 32, KEEP, SVSM_ERR_UNSUPPORTED_PROTOCOL, KEEP},
	{"5/1 protocol 0xffffffff, call 0xffffffff", UINT64_MAX, KEEP, SVSM_ERR_UNSUPPORTED_PROTOCOL, KEEP},
	{"5/1 APIC protocol without alternate injection", 3ULL << 32, KEEP, SVSM_ERR_UNSUPPORTED_PROTOCOL, KEEP},
	{"5/2 core call 8", CORE(8), KEEP, SVSM_ERR_UNSUPPORTED_CALL, KEEP},
	{"5/2 core call 0x80000000", CORE(0x80000000ULL), KEEP, SVSM_ERR_UNSUPPORTED_CALL, KEEP},
	{"5/2 core call 0xffffffff", CORE(0xFFFFFFFFULL), KEEP, SVSM_ERR_UNSUPPORTED_CALL, KEEP},
	{"6.8/1 CONFIGURE_VTOM, query", VTOM, SVSM_VTOM_QUERY, SVSM_SUCCESS, 0},
	{"6.8/2 CONFIGURE_VTOM, off, with an address", VTOM, 0x80000000, SVSM_ERR_INVALID_REQUEST, 0x80000000},
	{"6.8/3 CONFIGURE_VTOM, query, bit 1", VTOM, SVSM_VTOM_QUERY | 2, SVSM_ERR_INVALID_PARAMETER,
	 SVSM_VTOM_QUERY | 2},
	{"6.8/3 CONFIGURE_VTOM, query, all bits", VTOM, UINT64_MAX, SVSM_ERR_INVALID_PARAMETER, UINT64_MAX},
	{"6.8/3 CONFIGURE_VTOM, off, reserved bit 5", VTOM, 0x20, SVSM_ERR_INVALID_PARAMETER, 0x20},
	{"6.8/3 CONFIGURE_VTOM, off, reserved bit 11", VTOM, 0x800, SVSM_ERR_INVALID_PARAMETER, 0x800},
	{"6.7/2 QUERY_PROTOCOL core version 0", QUERY, 0, SVSM_SUCCESS, 0},
	{"6.7/1 QUERY_PROTOCOL core version 1", QUERY, 1, SVSM_SUCCESS, 1ULL << 32 | 1},
	{"6.7/2 QUERY_PROTOCOL core version 2", QUERY, 2, SVSM_SUCCESS, 0},
	{"6.7/2 QUERY_PROTOCOL core version 0xffffffff", QUERY, 0xFFFFFFFF, SVSM_SUCCESS, 0},
	{"6.7/2 QUERY_PROTOCOL protocol 3", QUERY, 3ULL << 32 | 1, SVSM_SUCCESS, 0},
	{"6.7/2 QUERY_PROTOCOL protocol 9", QUERY, 9ULL << 32 | 1, SVSM_SUCCESS, 0},
	{"6.7/2 QUERY_PROTOCOL all ones", QUERY, UINT64_MAX, SVSM_SUCCESS, 0},
};

/* RCX of QUERY_PROTOCOL; UINT64_MAX when that fails. */
static u64 query(u32 protocol, u32 version)
{
	struct svsm_registers registers = {.rax = QUERY, .rcx = (u64)protocol << 32 | version};
	bool good = svsm_call(&registers) == SVSM_ANSWERED && registers.rax == SVSM_SUCCESS;
	return good ? registers.rcx : UINT64_MAX;
}

bool protocol_is_offered(u32 protocol)
{
	u64 versions = query(protocol, 1);
	return versions != 0 && versions != UINT64_MAX;
}

/* Offered or not: what is said of versions and what is done about a call agree. */
static void test_offer(u32 protocol, const char *name)
{
	bool is_offered = protocol_is_offered(protocol);
	u64 versions = query(protocol, 1);
	struct svsm_registers registers = {.rax = (u64)protocol << 32 | UNKNOWN_CALL, .rcx = KEEP};
	tap_begin();
	tap_expect("version 1 is between the lowest and the highest",
		   !is_offered || ((u32)versions <= 1 && versions >> 32 >= 1), true);
	tap_expect("RCX for version 0", query(protocol, 0), 0);
	tap_expect("RCX for version 0xffffffff", query(protocol, UINT32_MAX), 0);
	tap_expect("outcome", svsm_call(&registers), SVSM_ANSWERED);
	tap_expect("RAX of an unknown call", registers.rax,
		   is_offered ? SVSM_ERR_UNSUPPORTED_CALL : SVSM_ERR_UNSUPPORTED_PROTOCOL);
	tap_expect("RCX of that", registers.rcx, KEEP);
	tap_end("6.7/3 QUERY_PROTOCOL: ", name);
}

void test_protocols(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct protocol_case *c = &cases[i];
		struct svsm_registers registers = {.rax = c->rax, .rcx = c->rcx};
		tap_begin();
		tap_expect("outcome", svsm_call(&registers), SVSM_ANSWERED);
		tap_expect_either("RAX", registers.rax, c->result,
				  c->result == SVSM_ERR_INVALID_REQUEST ? SVSM_ERR_INVALID_PARAMETER : c->result);
		tap_expect("RCX", registers.rcx, c->rcx_after);
		tap_end("", c->name);
	}
	test_offer(SVSM_PROTOCOL_ATTESTATION, "attestation");
	test_offer(SVSM_PROTOCOL_VTPM, "vTPM");
}
