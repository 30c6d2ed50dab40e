/* SPDX-License-Identifier: MIT */
#include "measure/options.h"

#include "base/compiler.h"
#include "host/options.h"
#include "host/report.h"
#include "show/names.h"

#define DEFAULT_SIGNATURE 0x00800F12U /* QEMU's EPYC models up to v4 */
#define MAX_CPUS 4096U

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

static const char *const platform_names[] = {"snp", "sev-es", "sev", "tdx", "vbs", "sev-snp", NULL};
static const u8 platform_types[] = {
	IGVM_PLATFORM_SEV_SNP, IGVM_PLATFORM_SEV_ES,        IGVM_PLATFORM_SEV,
	IGVM_PLATFORM_TDX,     IGVM_PLATFORM_VSM_ISOLATION, IGVM_PLATFORM_SEV_SNP,
};

static int check_options(const struct measure_options *o)
{
	if (o->cpus > 0 && o->platform != IGVM_PLATFORM_SEV_SNP && o->platform != IGVM_PLATFORM_SEV_ES) {
		return report_usage("measure", "--cpus: only SNP and SEV-ES measure processors one by one");
	}
	return STATUS_OK;
}

bool measure_options_read(int count, char **words, struct measure_options *o, int *status)
{
	u32 platform = 0;
	const struct option_rule rules[] = {
		{"platform", .choice = &platform, .names = platform_names},
		{"zero-pages", .choice = &o->zero_pages, .names = zero_page_names},
		{"cpus", .number32 = &o->cpus, .least = 1, .most = MAX_CPUS},
		{"cpu-signature", .number32 = &o->cpu_signature},
		{"json", .flag = &o->json},
	};
	const struct command_line line = {"measure", help, rules, ARRAY_SIZE(rules), &o->path, 1};
	*o = (struct measure_options){.cpu_signature = DEFAULT_SIGNATURE};
	if (!options_read(&line, count, words, status)) {
		return false;
	}
	o->platform = platform_types[platform];
	*status = check_options(o);
	return *status == STATUS_OK;
}
