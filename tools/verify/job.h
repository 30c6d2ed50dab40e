/* SPDX-License-Identifier: MIT */
/* One verification out of files: what the command does once, and a batch for each line. */
#pragma once

#include "verify/evidence.h"
#include "verify/quote.h"

#define JOB_REPORT_ROOM 8192U
#define JOB_MANIFEST_ROOM 65536U
#define JOB_NONCE_ROOM 1024U
#define JOB_CERTIFICATES_ROOM 65536U

/* Where the evidence is; NULL for none. */
struct job_files {
	const char *report, *manifest, *nonce, *nonce_file, *certificates, *vcek;
};

/* Room for one job at a time, and the certificates of the last: guests of one host have the same. */
struct job {
	u8 report[JOB_REPORT_ROOM], manifest[JOB_MANIFEST_ROOM], nonce[JOB_NONCE_ROOM];
	u8 certificates[JOB_CERTIFICATES_ROOM];
	u8 seen[JOB_CERTIFICATES_ROOM];
	size_t nonce_size, seen_size;
	struct chain chain;
	struct verdict chain_verdict;
};

struct job *job_new(void);
void job_free(struct job *job);

/* Reads and checks; what cannot be read is a failure like any other. */
void job_run(struct job *job, const struct job_files *files, const struct demands *demands, const struct trust *trust,
	     struct verdict *verdict);
