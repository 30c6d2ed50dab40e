/* SPDX-License-Identifier: MIT */
/* What `igvm build` was asked for. */
#pragma once

#include <copra/types.h>

enum build_platform {
	BUILD_SNP,
	BUILD_NATIVE,
};

struct build_options {
	const char *kernel_image; /* the SVSM, an ELF file */
	const char *output;
	const char *firmware;
	const char *linux_image;
	const char *initrd;
	const char *append;
	const char *program;
	const char *service; /* an ELF file; NULL for none */
	u64 base;
	u64 size; /* 0: what is needed */
	u64 policy;
	u64 sev_features;   /* of the first vCPU */
	u64 memory_minimum; /* guest RAM from 0 that the layout may count on */
	u32 platform;       /* enum build_platform */
	u32 cpus;
	u32 serial_port;
	u32 boot_vmpl;
	bool debug;
};

/* False when the command ends here, with *status: after --help or a message. */
bool build_options_read(int count, char **words, struct build_options *options, int *status);
