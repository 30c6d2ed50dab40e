/* SPDX-License-Identifier: MIT */
#include "build/options.h"

#include <copra/boot.h>
#include <copra/psp.h>
#include <copra/sev.h>

#include "base/align.h"
#include "base/compiler.h"
#include "host/options.h"
#include "host/report.h"

#define DEFAULT_SERIAL_PORT 0x2F8U
#define DEFAULT_SERIAL_PORT_NATIVE 0x3F8U
#define SERIAL_PORT_DEFAULT UINT32_MAX       /* not given */
#define DEFAULT_MEMORY_MINIMUM 0x10000000ULL /* 256 MiB */
#define SEV_FEATURES_DECISIVE (SEV_FEATURE_SNP_ACTIVE | SEV_FEATURE_VTOM | SEV_FEATURE_REFLECT_VC)
#define FOUR_GIB 0x100000000ULL

static const char help[] =
	"Usage: igvm build --kernel-image ELF --output FILE [OPTION]...\n"
	"Makes an IGVM file of the SVSM kernel and one guest, which is measured with it.\n"
	"\n"
	"The guest, at most one:\n"
	"  --firmware FD          an OVMF image, flat or as IGVM, with SEV metadata that knows of an SVSM\n"
	"  --linux BZIMAGE        a Linux kernel, started without firmware\n"
	"    --initrd FILE          its initial RAM disk\n"
	"    --append TEXT          its command line\n"
	"  --program FILE         a flat 64-bit test program, loaded at 16 MiB\n"
	"\n"
	"  --service ELF          static Linux executable of the SVSM's ring-3 services\n"
	"\n"
	"Options; numbers may be hexadecimal (0x...) and end with K, M or G:\n"
	"  --platform NAME        snp, or native: the kernel's self-tests in an ordinary VM, without a guest (snp)\n"
	"  --cpus N               how many processors the guest may have (1)\n"
	"  --memory-minimum SIZE  guest memory that --linux may count on (256M)\n"
	"  --boot-vmpl N          privilege level of the guest, 1 to 3 (2)\n"
	"  --base ADDRESS         the SVSM's memory, 2 MiB aligned, below 4 GiB (0xFF000000)\n"
	"  --size SIZE            how much of it, a multiple of 2 MiB (2M; with --service what it needs)\n"
	"  --policy NUMBER        SNP guest policy (0x30000: SMT allowed, no debugging)\n"
	"  --sev-features NUMBER  SEV_FEATURES of the first processor (0x29: SNP, restricted injection, debug swap)\n"
	"  --serial PORT          the SVSM's serial port, 0 for none (0x2f8; native: 0x3f8)\n"
	"  --debug                the SVSM's log goes to that port; only its last words otherwise\n"
	"  --manifest FILE        options from a file: lines 'name = value', yes or no where there is none\n"
	"  --help                 this text\n";

static int check_guest(const struct build_options *o)
{
	int guests = (o->firmware != NULL) + (o->linux_image != NULL) + (o->program != NULL);
	if (guests > 1) {
		return report_usage("build", "--firmware, --linux and --program exclude one another");
	}
	if (guests > 0 && o->platform == BUILD_NATIVE) {
		return report_usage("build", "--platform native: this image takes no guest");
	}
	if (o->linux_image == NULL && (o->initrd != NULL || o->append != NULL)) {
		return report_usage("build", "--initrd and --append go with --linux only");
	}
	return STATUS_OK;
}

static int check_memory(const struct build_options *o)
{
	if (!is_aligned(o->base, LARGE_PAGE_SIZE) || o->base == 0 || o->base >= FOUR_GIB) {
		return report_usage("build", "--base 0x%llx: a multiple of 2 MiB below 4 GiB",
				    (unsigned long long)o->base);
	}
	if (!is_aligned(o->size, LARGE_PAGE_SIZE) || o->size > BOOT_MAX_SIZE) {
		return report_usage("build", "--size 0x%llx: a multiple of 2 MiB, at most 16 MiB",
				    (unsigned long long)o->size);
	}
	if (o->base + (o->size != 0 ? o->size : BOOT_DEFAULT_SIZE) > FOUR_GIB) {
		return report_usage("build", "--base and --size: the SVSM's memory reaches beyond 4 GiB");
	}
	if (!is_aligned(o->memory_minimum, PAGE_SIZE) || o->memory_minimum > FOUR_GIB) {
		return report_usage("build", "--memory-minimum: a multiple of 4 KiB, at most 4 GiB");
	}
	return STATUS_OK;
}

static int check_options(const struct build_options *o)
{
	if (o->kernel_image == NULL || o->output == NULL) {
		return report_usage("build", "--kernel-image and --output are needed");
	}
	if ((o->policy & POLICY_RESERVED_ONE) == 0) {
		return report_usage("build", "--policy 0x%llx: bit 17 has to be set", (unsigned long long)o->policy);
	}
	if ((o->sev_features & SEV_FEATURES_DECISIVE) != SEV_FEATURE_SNP_ACTIVE) {
		return report_usage(
			"build",
			"--sev-features 0x%llx: bit 0 (SNP) has to be set, bits 1 (vTOM) and 2 (reflected #VC) clear",
			(unsigned long long)o->sev_features);
	}
	int status = check_guest(o);
	return status == STATUS_OK ? check_memory(o) : status;
}

static void set_defaults(struct build_options *o)
{
	*o = (struct build_options){
		.base = BOOT_DEFAULT_BASE,
		.policy = POLICY_RESERVED_ONE | POLICY_SMT,
		.sev_features = SEV_FEATURE_SNP_ACTIVE | SEV_FEATURE_RESTRICTED_INJECTION | SEV_FEATURE_DEBUG_SWAP,
		.memory_minimum = DEFAULT_MEMORY_MINIMUM,
		.cpus = 1,
		.serial_port = SERIAL_PORT_DEFAULT,
		.boot_vmpl = 2,
	};
}

bool build_options_read(int count, char **words, struct build_options *o, int *status)
{
	static const char *const platforms[] = {[BUILD_SNP] = "snp", [BUILD_NATIVE] = "native", NULL};
	const struct option_rule rules[] = {
		{"manifest", .is_manifest = true},
		{"kernel-image", .text = &o->kernel_image, .is_file = true},
		{"output", .text = &o->output, .is_file = true},
		{"firmware", .text = &o->firmware, .is_file = true},
		{"linux", .text = &o->linux_image, .is_file = true},
		{"initrd", .text = &o->initrd, .is_file = true},
		{"append", .text = &o->append},
		{"service", .text = &o->service, .is_file = true},
		{"program", .text = &o->program, .is_file = true},
		{"platform", .choice = &o->platform, .names = platforms},
		{"cpus", .number32 = &o->cpus, .least = 1, .most = BOOT_MAX_CPUS},
		{"memory-minimum", .number = &o->memory_minimum},
		{"boot-vmpl", .number32 = &o->boot_vmpl, .least = 1, .most = 3},
		{"base", .number = &o->base},
		{"size", .number = &o->size, .least = LARGE_PAGE_SIZE, .most = BOOT_MAX_SIZE},
		{"policy", .number = &o->policy},
		{"sev-features", .number = &o->sev_features},
		{"serial", .number32 = &o->serial_port, .most = UINT16_MAX},
		{"debug", .flag = &o->debug},
	};
	const struct command_line line = {"build", help, rules, ARRAY_SIZE(rules), NULL, 0};
	set_defaults(o);
	if (!options_read(&line, count, words, status)) {
		return false;
	}
	if (o->serial_port == SERIAL_PORT_DEFAULT) {
		o->serial_port = o->platform == BUILD_NATIVE ? DEFAULT_SERIAL_PORT_NATIVE : DEFAULT_SERIAL_PORT;
	}
	*status = check_options(o);
	return *status == STATUS_OK;
}
