/* SPDX-License-Identifier: MIT */
/* What the user wants verified, and how. */
#pragma once

#include <copra/types.h>

struct verify_options {
	const char *report, *manifest, *nonce, *nonce_file, *certificates, *vcek;
	const char *roots, *test_roots;
	const char *igvm, *measurement, *id_key_digest, *ek;
	const char *quote, *quote_signature, *quote_key, *event_log, *pcrs;
	const char *skip, *batch;
	u32 zero_pages, vmpl, jobs;
	u64 tcb_floor, time; /* time 0: now */
	bool allow_debug, allow_migration, json;
};

/* False when the program ends here, with *status. */
bool verify_options_read(int count, char **words, struct verify_options *options, int *status);
