/* SPDX-License-Identifier: MIT */
#include "verify/setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "host/file.h"
#include "host/hash.h"
#include "host/hex.h"
#include "host/report.h"
#include "igvm/show/open.h"
#include "verify/quote.h"

static bool misuse(int *status, int usage)
{
	*status = usage;
	return false;
}

const char *setup_read(const char *path, u8 *bytes, size_t room, size_t *n)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		return strerror(errno);
	}
	*n = fread(bytes, 1, room, file);
	const char *wrong = ferror(file) != 0 ? "cannot be read" : NULL;
	if (wrong == NULL && *n == room && fgetc(file) != EOF) {
		wrong = "is too large";
	}
	(void)fclose(file);
	return wrong;
}

static bool digest_read(const char *word, const char *option, u8 digest[LAUNCH_DIGEST_SIZE], int *status)
{
	size_t n;
	if (!hex_read(word, digest, LAUNCH_DIGEST_SIZE, &n) || n != LAUNCH_DIGEST_SIZE) {
		return misuse(status, report_usage("verify", "--%s: 96 hexadecimal digits are wanted", option));
	}
	return true;
}

static bool igvm_read(const struct verify_options *options, struct demands *demands)
{
	struct igvm_file file;
	u32 mask;
	if (!show_open(options->igvm, &file) ||
	    !show_find_platform(options->igvm, &file, IGVM_PLATFORM_SEV_SNP, &mask)) {
		return false;
	}
	enum err error =
		igvm_measure_snp(&file, mask, (enum igvm_zero_pages)options->zero_pages, &host_hash, demands->digest);
	if (error != ERR_OK) {
		return report("%s: cannot be measured: %s", options->igvm, err_name(error));
	}
	error = show_find_policy(options->igvm, &file, mask, &demands->policy);
	demands->has_policy = error == ERR_OK;
	return error != ERR_EXISTS;
}

static bool can_be_skipped(enum check check)
{
	switch (check) {
	case CHECK_VALIDITY:
	case CHECK_TCB_FLOOR:
	case CHECK_POLICY:
	case CHECK_DIGEST:
	case CHECK_VMPL:
	case CHECK_REPORT_DATA:
		return true;
	default:
		return false;
	}
}

static bool skips_read(const char *list, struct demands *demands, int *status)
{
	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		enum check check;
		if (!check_find(list, n, &check) || !can_be_skipped(check)) {
			return misuse(status, report_usage("verify", "--skip %.*s: not a check that can be left out",
							   (int)n, list));
		}
		demands->skip[check] = true;
		list += n + (list[n] == ',' ? 1 : 0);
	}
	return true;
}

static bool pcrs_read(const char *list, struct demands *demands, int *status)
{
	if (list != NULL && !quote_pcrs_read(list, &demands->pcrs)) {
		return misuse(status,
			      report_usage("verify", "--pcrs %s: numbers of PCRs, 0 to 23, like 0,4,7 or 0-7", list));
	}
	return true;
}

static bool ek_read(const struct verify_options *options, struct demands *demands)
{
	if (options->ek != NULL && !file_read(options->ek, "public area", &demands->ek)) {
		return false;
	}
	return true;
}

bool setup_demands(const struct verify_options *options, struct demands *demands, int *status)
{
	*demands = (struct demands){.tcb_floor = options->tcb_floor,
				    .vmpl = options->vmpl,
				    .allow_debug = options->allow_debug,
				    .allow_migration = options->allow_migration};
	*status = STATUS_FAILED;
	if (options->igvm != NULL && options->measurement != NULL) {
		return misuse(status, report_usage("verify", "--igvm and --measurement exclude one another"));
	}
	if (options->measurement != NULL) {
		if (!digest_read(options->measurement, "measurement", demands->digest, status)) {
			return false;
		}
	}
	if (options->id_key_digest != NULL) {
		demands->has_id_key = true;
		if (!digest_read(options->id_key_digest, "id-key-digest", demands->id_key_digest, status)) {
			return false;
		}
	}
	if (!skips_read(options->skip != NULL ? options->skip : "", demands, status) ||
	    !pcrs_read(options->pcrs, demands, status)) {
		return false;
	}
	if (options->igvm == NULL && options->measurement == NULL && !demands->skip[CHECK_DIGEST]) {
		return misuse(status, report_usage("verify", "--igvm, --measurement or --skip digest is wanted"));
	}
	return (options->igvm == NULL || igvm_read(options, demands)) && ek_read(options, demands);
}

bool setup_trust(const struct verify_options *options, struct trust *trust, int *status)
{
	bool test = options->test_roots != NULL;
	const char *path = test ? options->test_roots : options->roots;
	struct span pem;
	*status = STATUS_FAILED;
	*trust = (struct trust){.time = options->time != 0 ? (s64)options->time : (s64)time(NULL)};
	if ((options->roots == NULL) != test) {
		return misuse(status, report_usage("verify", "one of --roots and --test-roots is wanted"));
	}
	if (!file_read(path, "root certificates", &pem)) {
		return false;
	}
	const char *wrong = trust_add(trust, pem, test);
	return wrong == NULL || report("%s: %s", path, wrong);
}
