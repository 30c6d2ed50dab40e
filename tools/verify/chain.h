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

/* An authority's certificate that was opened before, and its bytes. */
struct chain_known {
	struct certificate *certificate; /* NULL: none */
	const struct certificate *root;  /* of those that are trusted, which has signed it; NULL: not looked for */
	size_t size;
	u8 der[4096];
};

/* All zeros at first. */
struct chain {
	struct certificate *ark; /* NULL: it did not come along */
	struct certificate *ask; /* likewise */
	struct certificate *vcek;
	struct chain_known known_ark, known_ask; /* chips of one product have the same ones */
};

/* Opens a table as extended guest requests return it. False with CHECK_FORMAT noted. */
bool chain_open(struct span table, struct chain *chain, struct verdict *verdict);
/* Makes room for another one. */
void chain_close(struct chain *chain);
/* Closes it, and forgets what is known. */
void chain_forget(struct chain *chain);

/* Root, chain, validity, revocation; all are noted. trust: the same each time, until chain_forget. */
void chain_check(struct chain *chain, const struct trust *trust, struct verdict *verdict);
