/* SPDX-License-Identifier: MIT */
#include "verify/job.h"

#include <stdlib.h>
#include <string.h>

#include "host/hex.h"
#include "host/report.h"
#include "verify/setup.h"

struct job *job_new(void)
{
	return allocate(sizeof(struct job));
}

void job_free(struct job *job)
{
	chain_forget(&job->chain);
	free(job);
}

/* A file into its room. False with CHECK_FORMAT noted. */
static bool part_read(const char *path, u8 *room, size_t size, struct span *part, struct verdict *verdict)
{
	size_t n = 0;
	const char *wrong = setup_read(path, room, size, &n);
	if (wrong != NULL) {
		return verdict_fails(verdict, CHECK_FORMAT, "%s: %s", path, wrong);
	}
	*part = span_of(room, n);
	return true;
}

static bool nonce_read(struct job *job, const struct job_files *files, struct span *nonce, struct verdict *verdict)
{
	size_t n;
	if (files->nonce_file != NULL) {
		return part_read(files->nonce_file, job->nonce, sizeof(job->nonce), nonce, verdict);
	}
	if (files->nonce == NULL) {
		return true;
	}
	if (!hex_read(files->nonce, job->nonce, sizeof(job->nonce), &n)) {
		return verdict_fails(verdict, CHECK_FORMAT, "the nonce is not a row of hexadecimal digits");
	}
	*nonce = span_of(job->nonce, n);
	return true;
}

static bool evidence_read(struct job *job, const struct job_files *files, struct evidence *evidence,
			  struct verdict *verdict)
{
	*evidence = (struct evidence){0};
	job->nonce_size = 0;
	if (!part_read(files->report, job->report, sizeof(job->report), &evidence->report, verdict)) {
		return false;
	}
	if (files->manifest != NULL &&
	    !part_read(files->manifest, job->manifest, sizeof(job->manifest), &evidence->manifest, verdict)) {
		return false;
	}
	const char *certificates = files->certificates != NULL ? files->certificates : files->vcek;
	if (!nonce_read(job, files, &evidence->nonce, verdict)) {
		return false;
	}
	job->nonce_size = evidence->nonce.n;
	return part_read(certificates, job->certificates, sizeof(job->certificates), &evidence->certificates, verdict);
}

static bool vcek_open(struct span file, struct chain *chain, struct verdict *verdict)
{
	const u8 *text = file.p;
	size_t n = file.n;
	chain->vcek = certificate_read(file.p, file.n);
	bool read = chain->vcek != NULL || certificate_read_pem(&text, &n, &chain->vcek) == CERTIFICATE_FOUND;
	return read ||
	       verdict_fails(verdict, CHECK_FORMAT, "the chip's certificate is none, neither in DER nor in PEM");
}

/* The chain of these certificates, checked now or the last time. */
static bool chain_get(struct job *job, struct span certificates, bool alone, const struct trust *trust,
		      struct verdict *verdict)
{
	if (job->chain.vcek == NULL || !span_equal(certificates, span_of(job->seen, job->seen_size))) {
		chain_close(&job->chain);
		memset(&job->chain_verdict, 0, sizeof(job->chain_verdict));
		bool opened = alone ? vcek_open(certificates, &job->chain, &job->chain_verdict)
				    : chain_open(certificates, &job->chain, &job->chain_verdict);
		if (opened) {
			chain_check(&job->chain, trust, &job->chain_verdict);
			memcpy(job->seen, certificates.p, certificates.n);
			job->seen_size = certificates.n;
		}
	}
	*verdict = job->chain_verdict;
	return job->chain.vcek != NULL;
}

void job_run(struct job *job, const struct job_files *files, const struct demands *demands, const struct trust *trust,
	     struct verdict *verdict)
{
	struct evidence evidence;
	memset(verdict, 0, sizeof(*verdict));
	if (!evidence_read(job, files, &evidence, verdict) ||
	    !chain_get(job, evidence.certificates, files->certificates == NULL, trust, verdict)) {
		return;
	}
	if (demands->skip[CHECK_VALIDITY] && verdict->outcome[CHECK_VALIDITY] != OUTCOME_NONE) {
		verdict_skips(verdict, CHECK_VALIDITY, "you said --skip validity");
	}
	evidence_check(&evidence, demands, job->chain.vcek, verdict);
}
