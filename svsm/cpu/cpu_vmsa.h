/* SPDX-License-Identifier: MIT */
/* The state in which another CPU of the SVSM's starts: in the kernel, in 64-bit mode. Pure: runs on the host as well. */
#pragma once

#include <copra/vmsa.h>

#include "cpu/descriptors.h"

struct cpu_start {
	u64 entry; /* never returns */
	u64 argument;
	u64 stack; /* its end */
	u64 gs_base;
	u64 cr3; /* with the C-bit */
	u64 cr4;
	u64 sev_features;
	struct descriptor_pointer gdt, idt;
	const struct task_state *tss;
};

/* vmsa: a zeroed page. The selectors are those of every GDT (cpu/asm_offsets.h). */
void cpu_vmsa_fill(struct vmsa *vmsa, const struct cpu_start *start);
