/* SPDX-License-Identifier: MIT */
#include "base/compiler.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/svsm.h"

#define KEEP 0x5A5A5A5A5A5A5A5AULL

struct protocol_case {
	const char *name;
	u64 rax, rcx;
	u64 result, rcx_after;
};

#define CORE(call) ((u64)SVSM_PROTOCOL_CORE << 32 | (call))
#define QUERY CORE(SVSM_CORE_QUERY_PROTOCOL)

static const struct protocol_case cases[] = {
	{"5/1 protocol 5, call 0", 5ULL << 32, KEEP, SVSM_ERR_UNSUPPORTED_PROTOCOL, KEEP},
	{"5/1 protocol 0x7fffffff", 0x7FFFFFFFULL << 32, KEEP, SVSM_ERR_UNSUPPORTED_PROTOCOL, KEEP},
	{"5/1 protocol 0xffffffff, call 0xffffffff", UINT64_MAX, KEEP, SVSM_ERR_UNSUPPORTED_PROTOCOL, KEEP},
	{"5/1 APIC protocol without alternate injection", 3ULL << 32, KEEP, SVSM_ERR_UNSUPPORTED_PROTOCOL, KEEP},
	{"5/2 core call 8", CORE(8), KEEP, SVSM_ERR_UNSUPPORTED_CALL, KEEP},
	{"5/2 core call 0x80000000", CORE(0x80000000ULL), KEEP, SVSM_ERR_UNSUPPORTED_CALL, KEEP},
	{"5/2 core call 0xffffffff", CORE(0xFFFFFFFFULL), KEEP, SVSM_ERR_UNSUPPORTED_CALL, KEEP},
	{"6.8/1 CONFIGURE_VTOM, query", CORE(SVSM_CORE_CONFIGURE_VTOM), SVSM_VTOM_QUERY, SVSM_SUCCESS, 0},
	{"6.8/2 CONFIGURE_VTOM, configure", CORE(SVSM_CORE_CONFIGURE_VTOM), 0x80000000, SVSM_ERR_INVALID_REQUEST,
	 0x80000000},
	{"6.7/2 QUERY_PROTOCOL core version 0", QUERY, 0, SVSM_SUCCESS, 0},
	{"6.7/1 QUERY_PROTOCOL core version 1", QUERY, 1, SVSM_SUCCESS, 1ULL << 32 | 1},
	{"6.7/2 QUERY_PROTOCOL core version 2", QUERY, 2, SVSM_SUCCESS, 0},
	{"6.7/2 QUERY_PROTOCOL core version 0xffffffff", QUERY, 0xFFFFFFFF, SVSM_SUCCESS, 0},
	{"6.7/2 QUERY_PROTOCOL protocol 3", QUERY, 3ULL << 32 | 1, SVSM_SUCCESS, 0},
	{"6.7/2 QUERY_PROTOCOL protocol 9", QUERY, 9ULL << 32 | 1, SVSM_SUCCESS, 0},
	{"6.7/2 QUERY_PROTOCOL all ones", QUERY, UINT64_MAX, SVSM_SUCCESS, 0},
};

void test_protocols(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct protocol_case *c = &cases[i];
		struct svsm_registers registers = {.rax = c->rax, .rcx = c->rcx};
		tap_begin();
		tap_expect("outcome", svsm_call(&registers), SVSM_ANSWERED);
		tap_expect("RAX", registers.rax, c->result);
		tap_expect("RCX", registers.rcx, c->rcx_after);
		tap_end("", c->name);
	}
}
