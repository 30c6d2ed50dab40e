/* SPDX-License-Identifier: MIT */
#include "measure/options.h"

#include <getopt.h>
#include <string.h>

#include "host/number.h"
#include "host/report.h"

#define DEFAULT_SIGNATURE 0x00800F12U /* QEMU's EPYC models up to v4 */
#define MAX_CPUS 4096U

static int take_zero_pages(struct measure_options *o, const char *word)
{
	if (strcmp(word, "measured") == 0) {
		o->zero_pages = IGVM_ZERO_MEASURED;
		return STATUS_OK;
	}
	if (strcmp(word, "native") == 0) {
		o->zero_pages = IGVM_ZERO_NATIVE;
		return STATUS_OK;
	}
	return report_usage("measure", "--zero-pages %s: neither measured nor native", word);
}

static int take_platform(struct measure_options *o, const char *word)
{
	static const struct {
		const char *name;
		u8 type;
	} platforms[] = {
		{"snp", IGVM_PLATFORM_SEV_SNP},   {"sev-snp", IGVM_PLATFORM_SEV_SNP},
		{"sev-es", IGVM_PLATFORM_SEV_ES}, {"sev", IGVM_PLATFORM_SEV},
		{"tdx", IGVM_PLATFORM_TDX},       {"vbs", IGVM_PLATFORM_VSM_ISOLATION},
	};
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++) {
		if (strcmp(word, platforms[i].name) == 0) {
			o->platform = platforms[i].type;
			return STATUS_OK;
		}
	}
	return report_usage("measure", "--platform %s: none of snp, sev-es, sev, tdx and vbs", word);
}

static int take_cpus(struct measure_options *o, const char *word)
{
	if (!number_read_u32(word, &o->cpus) || o->cpus == 0 || o->cpus > MAX_CPUS) {
		return report_usage("measure", "--cpus %s: not a number between 1 and %u", word, MAX_CPUS);
	}
	return STATUS_OK;
}

static int take_option(struct measure_options *o, int option, char **words)
{
	switch (option) {
	case 'z':
		return take_zero_pages(o, optarg);
	case 'p':
		return take_platform(o, optarg);
	case 'c':
		return take_cpus(o, optarg);
	case 's':
		return number_read_u32(optarg, &o->cpu_signature)
			       ? STATUS_OK
			       : report_usage("measure", "--cpu-signature %s: not a number of 32 bits", optarg);
	case 'j':
		o->json = true;
		return STATUS_OK;
	case 'h':
		o->help = true;
		return STATUS_OK;
	default:
		return report_usage("measure", "%s: unknown option, or one without its value", words[optind - 1]);
	}
}

static int check_options(const struct measure_options *o)
{
	if (o->cpus > 0 && o->platform != IGVM_PLATFORM_SEV_SNP && o->platform != IGVM_PLATFORM_SEV_ES) {
		return report_usage("measure", "--cpus: only SNP and SEV-ES measure processors one by one");
	}
	return STATUS_OK;
}

int measure_options_read(int count, char **words, struct measure_options *o)
{
	static const struct option long_options[] = {
		{"platform", required_argument, NULL, 'p'},
		{"zero-pages", required_argument, NULL, 'z'},
		{"cpus", required_argument, NULL, 'c'},
		{"cpu-signature", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;
	*o = (struct measure_options){.platform = IGVM_PLATFORM_SEV_SNP, .cpu_signature = DEFAULT_SIGNATURE};
	opterr = 0;
	while ((option = getopt_long(count, words, "", long_options, NULL)) != -1) {
		int status = take_option(o, option, words);
		if (status != STATUS_OK || o->help) {
			return status;
		}
	}
	if (optind + 1 != count) {
		return report_usage("measure", "one file is needed");
	}
	o->path = words[optind];
	return check_options(o);
}
