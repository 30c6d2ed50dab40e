/* SPDX-License-Identifier: MIT */
/* From the chip's certificate to a root that the user trusts. */
#pragma once

#include "base/span.h"
#include "verify/certificate.h"
#include "verify/verdict.h"

#define TRUST_MAX 16U

/* What the user trusts, and what helps to get there. */
struct trust {
	struct certificate *roots[TRUST_MAX];
	u32 root_count;
	struct certificate *intermediates[TRUST_MAX]; /* came in the same files */
	u32 intermediate_count;
	s64 time; /* at which certificates have to be valid, seconds since 1970 */
};

/*
 * Takes the certificates of a PEM file, root or not. test: whether it is for roots of test machines, which are refused otherwise.
 * NULL, or what is wrong.
 */
const char *trust_add(struct trust *trust, struct span pem, bool test);

struct chain {
	struct certificate *ark; /* NULL: it did not come along */
	struct certificate *ask; /* likewise */
	struct certificate *vcek;
};

/* Opens a table as extended guest requests return it. False with CHECK_FORMAT noted. */
bool chain_open(struct span table, struct chain *chain, struct verdict *verdict);
void chain_close(struct chain *chain);

/* Root, chain, validity, revocation; all are noted. */
void chain_check(const struct chain *chain, const struct trust *trust, struct verdict *verdict);
