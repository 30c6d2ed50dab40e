/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "host/hash.h"
#include "host/report.h"
#include "measure/digest.h"
#include "measure/options.h"
#include "show/commands.h"
#include "show/names.h"
#include "show/open.h"

static void print_result(const struct measure_options *o, const struct measure_digest *digest)
{
	if (!o->json) {
		show_digest(digest->bytes, digest->size);
		putchar('\n');
		return;
	}
	printf("{\"platform\": \"%s\"", name_of_platform(o->platform));
	if (o->platform == IGVM_PLATFORM_SEV_SNP) {
		printf(", \"zero_pages\": \"%s\"", zero_page_names[o->zero_pages]);
	}
	if (o->cpus > 0) {
		printf(", \"cpus\": %u", o->cpus);
	}
	printf(", \"digest\": \"");
	show_digest(digest->bytes, digest->size);
	puts("\"}");
}

int measure_command(int count, char **words)
{
	struct measure_options options;
	struct igvm_file file;
	struct measure_digest digest;
	int status;
	if (!measure_options_read(count, words, &options, &status)) {
		return status;
	}
	if (!show_open(options.path, &file) || !measure_file(&file, &options, &digest)) {
		return STATUS_FAILED;
	}
	print_result(&options, &digest);
	return report_end(STATUS_OK);
}
