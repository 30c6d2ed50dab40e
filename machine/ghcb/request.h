/* SPDX-License-Identifier: MIT */
/*
 * One non-automatic exit by the GHCB page: read once into here, answered from here. GHCB (56421), chapters 2.3.2 and 4.
 */
#pragma once

#include "base/err.h"
#include "cpu/vcpu.h"

/* Registers of the GHCB page that have a valid bit; bit numbers of the mask in `valid` and `returned`. */
enum ghcb_register {
	GHCB_CPL,
	GHCB_XSS,
	GHCB_RAX,
	GHCB_RBX,
	GHCB_RCX,
	GHCB_RDX,
	GHCB_EXITCODE,
	GHCB_INFO1,
	GHCB_INFO2,
	GHCB_SCRATCH,
	GHCB_XCR0,
	GHCB_REGISTERS,
};
#define GHCB_BIT(register) (1U << (register))

struct ghcb_request {
	struct vcpu *vcpu;
	struct vmpl_context *context;
	u64 page; /* GPA of the GHCB */
	u32 valid;
	u64 code, info1, info2, scratch;
	u64 rax, rbx, rcx, rdx, xcr0;
	u16 version;
	u32 usage;

	/* The answer */
	u32 returned; /* which of rax to rdx it contains */
	u32 result;   /* SW_EXITINFO1[31:0] */
	u64 result2;  /* SW_EXITINFO2 */
};

/* Reads the page. ERR_RANGE, ERR_STATE: it is not shared RAM, there is nobody to answer to. */
err_t ghcb_request_read(struct ghcb_request *request, struct vcpu *vcpu);

/* The page is no shared RAM, or not any more: nobody can be told, but the trace. */
void ghcb_lost(const struct ghcb_request *request, enum err error);

/* Writes results, returned registers and valid bits. */
void ghcb_request_answer(const struct ghcb_request *request);

/* The answers that are not success. Refusals are traced. */
void ghcb_refuse(struct ghcb_request *request, u32 error);
void ghcb_raise_gp(struct ghcb_request *request);

/*
 * Where in guest memory the n bytes lie that the scratch field names. They must be in the GHCB's shared buffer: refuses and
 * returns false otherwise.
 */
bool ghcb_scratch(struct ghcb_request *request, u64 n, gpa_t *at);
