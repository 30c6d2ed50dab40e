/* SPDX-License-Identifier: MIT */
#include "build/options.h"

#include <copra/boot.h>
#include <copra/psp.h>

#include <getopt.h>

#include "base/align.h"
#include "host/number.h"
#include "host/report.h"

#define DEFAULT_SERIAL_PORT 0x2F8U
#define DEFAULT_MEMORY_MINIMUM 0x10000000ULL /* 256 MiB */
#define FOUR_GIB 0x100000000ULL

enum option_code {
	OPTION_KERNEL_IMAGE = 256,
	OPTION_OUTPUT,
	OPTION_FIRMWARE,
	OPTION_LINUX,
	OPTION_INITRD,
	OPTION_APPEND,
	OPTION_PROGRAM,
	OPTION_CPUS,
	OPTION_DEBUG,
	OPTION_SERIAL,
	OPTION_BASE,
	OPTION_SIZE,
	OPTION_POLICY,
	OPTION_BOOT_VMPL,
	OPTION_MEMORY_MINIMUM,
	OPTION_HELP,
};

static const struct option long_options[] = {
	{"kernel-image", required_argument, NULL, OPTION_KERNEL_IMAGE},
	{"output", required_argument, NULL, OPTION_OUTPUT},
	{"firmware", required_argument, NULL, OPTION_FIRMWARE},
	{"linux", required_argument, NULL, OPTION_LINUX},
	{"initrd", required_argument, NULL, OPTION_INITRD},
	{"append", required_argument, NULL, OPTION_APPEND},
	{"program", required_argument, NULL, OPTION_PROGRAM},
	{"cpus", required_argument, NULL, OPTION_CPUS},
	{"debug", no_argument, NULL, OPTION_DEBUG},
	{"serial", required_argument, NULL, OPTION_SERIAL},
	{"base", required_argument, NULL, OPTION_BASE},
	{"size", required_argument, NULL, OPTION_SIZE},
	{"policy", required_argument, NULL, OPTION_POLICY},
	{"boot-vmpl", required_argument, NULL, OPTION_BOOT_VMPL},
	{"memory-minimum", required_argument, NULL, OPTION_MEMORY_MINIMUM},
	{"help", no_argument, NULL, OPTION_HELP},
	{NULL, 0, NULL, 0},
};

static bool take_number(struct build_options *o, int option, const char *word)
{
	switch (option) {
	case OPTION_CPUS:
		return number_read_u32(word, &o->cpus);
	case OPTION_SERIAL:
		return number_read_u32(word, &o->serial_port);
	case OPTION_BASE:
		return number_read(word, &o->base);
	case OPTION_SIZE:
		return number_read(word, &o->size);
	case OPTION_POLICY:
		return number_read(word, &o->policy);
	case OPTION_BOOT_VMPL:
		return number_read_u32(word, &o->boot_vmpl);
	default:
		return number_read(word, &o->memory_minimum);
	}
}

/* True when the option is one that takes text as it is. */
static bool take_text(struct build_options *o, int option, const char *word)
{
	const char **targets[] = {
		[0] = &o->kernel_image,
		[OPTION_OUTPUT - OPTION_KERNEL_IMAGE] = &o->output,
		[OPTION_FIRMWARE - OPTION_KERNEL_IMAGE] = &o->firmware,
		[OPTION_LINUX - OPTION_KERNEL_IMAGE] = &o->linux_image,
		[OPTION_INITRD - OPTION_KERNEL_IMAGE] = &o->initrd,
		[OPTION_APPEND - OPTION_KERNEL_IMAGE] = &o->append,
		[OPTION_PROGRAM - OPTION_KERNEL_IMAGE] = &o->program,
	};
	if (option < OPTION_KERNEL_IMAGE || option > OPTION_PROGRAM) {
		return false;
	}
	*targets[option - OPTION_KERNEL_IMAGE] = word;
	return true;
}

static int take_option(struct build_options *o, int option, const char *word, const char *name)
{
	if (option == '?') {
		return report_usage("build", "%s: unknown option, or one without its value", word);
	}
	if (option == OPTION_DEBUG) {
		o->debug = true;
		return STATUS_OK;
	}
	if (option == OPTION_HELP) {
		o->help = true;
		return STATUS_OK;
	}
	if (take_text(o, option, word) || take_number(o, option, word)) {
		return STATUS_OK;
	}
	return report_usage("build", "--%s %s: not a number in range", name, word);
}

static int check_guest(const struct build_options *o)
{
	int guests = (o->firmware != NULL) + (o->linux_image != NULL) + (o->program != NULL);
	if (guests > 1) {
		return report_usage("build", "--firmware, --linux and --program exclude one another");
	}
	if (o->linux_image == NULL && (o->initrd != NULL || o->append != NULL)) {
		return report_usage("build", "--initrd and --append go with --linux only");
	}
	if (o->boot_vmpl < 1 || o->boot_vmpl > 3) {
		return report_usage("build", "--boot-vmpl %u: a guest runs at VMPL 1, 2 or 3", o->boot_vmpl);
	}
	if (o->cpus < 1 || o->cpus > BOOT_MAX_CPUS) {
		return report_usage("build", "--cpus %u: between 1 and %u", o->cpus, BOOT_MAX_CPUS);
	}
	return STATUS_OK;
}

static int check_memory(const struct build_options *o)
{
	if (!is_aligned(o->base, LARGE_PAGE_SIZE) || o->base == 0 || o->base >= FOUR_GIB) {
		return report_usage("build", "--base 0x%llx: a multiple of 2 MiB below 4 GiB",
				    (unsigned long long)o->base);
	}
	if (!is_aligned(o->size, LARGE_PAGE_SIZE) || o->size == 0 || o->size > BOOT_MAX_SIZE) {
		return report_usage("build", "--size 0x%llx: a multiple of 2 MiB, at most 8 MiB",
				    (unsigned long long)o->size);
	}
	if (o->base + o->size > FOUR_GIB) {
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
	if (o->serial_port > UINT16_MAX) {
		return report_usage("build", "--serial 0x%x: not an I/O port", o->serial_port);
	}
	if ((o->policy & POLICY_RESERVED_ONE) == 0) {
		return report_usage("build", "--policy 0x%llx: bit 17 has to be set", (unsigned long long)o->policy);
	}
	int status = check_guest(o);
	return status == STATUS_OK ? check_memory(o) : status;
}

int build_options_read(int count, char **words, struct build_options *options)
{
	int index = 0;
	int option;
	*options = (struct build_options){
		.base = BOOT_DEFAULT_BASE,
		.size = BOOT_DEFAULT_SIZE,
		.policy = POLICY_RESERVED_ONE | POLICY_SMT,
		.memory_minimum = DEFAULT_MEMORY_MINIMUM,
		.cpus = 1,
		.serial_port = DEFAULT_SERIAL_PORT,
		.boot_vmpl = 2,
	};
	opterr = 0;
	while ((option = getopt_long(count, words, "", long_options, &index)) != -1) {
		const char *word = option == '?' ? words[optind - 1] : optarg;
		int status = take_option(options, option, word, long_options[index].name);
		if (status != STATUS_OK || options->help) {
			return status;
		}
	}
	if (optind < count) {
		return report_usage("build", "'%s' is no option", words[optind]);
	}
	return check_options(options);
}
