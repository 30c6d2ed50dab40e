/* SPDX-License-Identifier: MIT */
/* copra verify: what evidence of a confidential guest proves. docs/attestation.md */
#include "host/file.h"
#include "host/report.h"
#include "verify/batch.h"
#include "verify/setup.h"

const char report_program[] = "copra verify";
const char report_front[] = "copra";

/* What a line says of its own evidence cannot be said for all: an option that does nothing would be taken for a demand. */
static bool batch_options_check(const struct verify_options *o, int *status)
{
	bool any = o->report != NULL || o->manifest != NULL || o->nonce != NULL || o->nonce_file != NULL;
	if (any) {
		*status = report_usage(
			"verify", "--batch excludes --report, --manifest, --nonce and --nonce-file: lines have them");
	}
	return !any;
}

static bool options_check(const struct verify_options *o, const struct demands *demands, int *status)
{
	*status = STATUS_USAGE;
	if (o->certificates != NULL && o->vcek != NULL) {
		*status = report_usage("verify", "--certificates and --vcek exclude one another");
		return false;
	}
	if (o->nonce != NULL && o->nonce_file != NULL) {
		*status = report_usage("verify", "--nonce and --nonce-file exclude one another");
		return false;
	}
	bool parts = o->quote_signature != NULL && o->quote_key != NULL;
	bool any = o->quote_signature != NULL || o->quote_key != NULL || o->event_log != NULL || o->pcrs != NULL;
	if (o->quote != NULL ? !parts || o->batch != NULL : any) {
		*status = report_usage("verify",
				       "--quote, --quote-signature and --quote-key go together, without --batch");
		return false;
	}
	if (o->batch != NULL) {
		return batch_options_check(o, status);
	}
	if (o->report == NULL || (o->certificates == NULL && o->vcek == NULL)) {
		*status = report_usage("verify", "--report, and --certificates or --vcek are wanted");
		return false;
	}
	if (o->nonce == NULL && o->nonce_file == NULL && !demands->skip[CHECK_REPORT_DATA]) {
		*status = report_usage("verify", "--nonce, --nonce-file or --skip report-data is wanted");
		return false;
	}
	return true;
}

/* Reads the parts of the quote, where one is given, and checks it. False: a file cannot be read. */
static bool verify_quote(const struct verify_options *o, const struct demands *demands, const struct job *job,
			 struct verdict *verdict)
{
	struct quote quote = {.pcrs = demands->pcrs};
	if (o->quote == NULL) {
		return true;
	}
	if (!file_read(o->quote, "quote", &quote.attest) ||
	    !file_read(o->quote_signature, "signature", &quote.signature) ||
	    !file_read(o->quote_key, "public key", &quote.key) ||
	    (o->event_log != NULL && !file_read(o->event_log, "event log", &quote.log))) {
		return false;
	}
	quote_check(&quote, span_of(job->nonce, job->nonce_size), verdict);
	return true;
}

static int verify_one(const struct verify_options *o, const struct demands *demands, const struct trust *trust)
{
	static struct verdict verdict;
	const struct job_files files = {.report = o->report,
					.manifest = o->manifest,
					.nonce = o->nonce,
					.nonce_file = o->nonce_file,
					.certificates = o->certificates,
					.vcek = o->vcek};
	struct job *job = job_new();
	job_run(job, &files, demands, trust, &verdict);
	bool read = verify_quote(o, demands, job, &verdict);
	job_free(job);
	if (!read) {
		return STATUS_FAILED;
	}
	if (o->json) {
		verdict_print_json(&verdict, NULL, stdout);
	} else {
		verdict_print(&verdict, stdout);
	}
	return report_end(verdict_accepts(&verdict) ? STATUS_OK : STATUS_FAILED);
}

int main(int count, char **words)
{
	struct verify_options options;
	struct demands demands;
	struct trust trust;
	int status;
	if (!verify_options_read(count, words, &options, &status) || !setup_demands(&options, &demands, &status) ||
	    !options_check(&options, &demands, &status) || !setup_trust(&options, &trust, &status)) {
		return status;
	}
	return options.batch != NULL ? batch_run(&options, &demands, &trust) : verify_one(&options, &demands, &trust);
}
