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

static const char help[] =
	"Usage: igvm measure FILE [OPTION]...\n"
	"Prints the launch digest that a host gets for the file: of SEV-SNP (SHA-384), TDX (MRTD, SHA-384),\n"
	"SEV and SEV-ES (SHA-256), or VBS (SHA-256).\n"
	"\n"
	"  --platform snp|sev-es|sev|tdx|vbs  whose digest (snp)\n"
	"  --zero-pages measured|native       SNP: how the host launches pages without data: as measured pages\n"
	"                                     of zeros (QEMU, Hyper-V; the default) or as the PSP's zero pages\n"
	"  --cpus N                           SNP, SEV-ES: N processors, each with a state of its own (KVM);\n"
	"                                     by default the states that are in the file\n"
	"  --cpu-signature NUMBER             CPUID 1 EAX, for processors without a state in the file (0x800f12)\n"
	"  --json                             as a JSON object\n"
	"  --help                             this text\n";

static void print_result(const struct measure_options *o, const struct measure_digest *digest)
{
	if (!o->json) {
		show_digest(digest->bytes, digest->size);
		putchar('\n');
		return;
	}
	printf("{\"platform\": \"%s\"", name_of_platform(o->platform));
	if (o->platform == IGVM_PLATFORM_SEV_SNP) {
		printf(", \"zero_pages\": \"%s\"", o->zero_pages == IGVM_ZERO_NATIVE ? "native" : "measured");
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
	int status = measure_options_read(count, words, &options);
	if (status != STATUS_OK) {
		return status;
	}
	if (options.help) {
		fputs(help, stdout);
		return STATUS_OK;
	}
	if (!show_open(options.path, &file) || !measure_file(&file, &options, &digest)) {
		return STATUS_FAILED;
	}
	print_result(&options, &digest);
	return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}
