/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "host/report.h"
#include "show/commands.h"
#include "show/open.h"

static const char help[] =
	"Usage: igvm measure FILE [OPTION]...\n"
	"Prints the SEV-SNP launch digest (SHA-384) that a host gets for the file.\n"
	"\n"
	"  --zero-pages measured|native  how the host launches pages without data: as measured pages of\n"
	"                                zeros (QEMU, Hyper-V; the default) or as the PSP's own zero pages\n"
	"  --json                        as a JSON object\n"
	"  --help                        this text\n";

struct options {
	const char *path;
	enum igvm_zero_pages zero_pages;
	bool json;
	bool help;
};

static int take_zero_pages(struct options *o, const char *word)
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

static int take_option(struct options *o, int option, char **words)
{
	switch (option) {
	case 'z':
		return take_zero_pages(o, optarg);
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

static int read_options(int count, char **words, struct options *o)
{
	static const struct option long_options[] = {
		{"zero-pages", required_argument, NULL, 'z'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;
	*o = (struct options){0};
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
	return STATUS_OK;
}

static void print_result(const struct options *o, const u8 digest[LAUNCH_DIGEST_SIZE])
{
	if (!o->json) {
		show_digest(digest);
		putchar('\n');
		return;
	}
	printf("{\"platform\": \"sev-snp\", \"zero_pages\": \"%s\", \"digest\": \"",
	       o->zero_pages == IGVM_ZERO_NATIVE ? "native" : "measured");
	show_digest(digest);
	puts("\"}");
}

int measure_command(int count, char **words)
{
	struct options options;
	struct igvm_file file;
	u8 digest[LAUNCH_DIGEST_SIZE];
	int status = read_options(count, words, &options);
	if (status != STATUS_OK) {
		return status;
	}
	if (options.help) {
		fputs(help, stdout);
		return STATUS_OK;
	}
	if (!show_open(options.path, &file)) {
		return STATUS_FAILED;
	}
	if (show_measure(&file, options.zero_pages, digest) != ERR_OK) {
		report("%s: the file is not for SEV-SNP", options.path);
		return STATUS_FAILED;
	}
	print_result(&options, digest);
	return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}
