/* SPDX-License-Identifier: MIT */
/* Who loads IGVM files, and what each of them takes. */
#pragma once

#include <copra/types.h>

struct consumer {
	const char *title;     /* in sentences */
	u32 platforms;         /* bit n: platform type n */
	u32 initialization;    /* bit n: header type 0x101 + n */
	u32 directives;        /* bit n: header type 0x301 + n */
	const char *otherwise; /* what it does with other headers */
	bool every_mask;       /* also when they are for other platforms */
	bool is_qemu;
	bool makes_vmsas; /* the hypervisor makes the VMSAs from the file's: KVM */
	bool native_context;
};

/* Their names in the order of consumer_get, ended by NULL */
extern const char *const consumer_names[];

#define CONSUMER_NONE UINT32_MAX

/* The consumer of that name; NULL for CONSUMER_NONE */
const struct consumer *consumer_get(u32 index);
