/* SPDX-License-Identifier: MIT */
#include <copra/igvm_defs.h>

#include "build/parts.h"

#define CODE_SELECTOR 0x08
#define DATA_SELECTOR 0x10
/* Flat 32-bit: present, DPL 0, accessed; here granularity 4 KiB and default size 32 bits are bits 15:14 */
#define CODE_ATTRIBUTES 0xC09B
#define DATA_ATTRIBUTES 0xC093
#define RESET_LIMIT 0xFFFFU

#define CR0_PE_ET_NE 0x31ULL
#define CR4_MCE 0x40ULL
#define RFLAGS_RESET 0x2ULL

/* The same state as that of the VMSA, as far as a native context can say it. */
void build_native_context(struct image *image)
{
	const struct boot_layout *layout = &image->layout;
	image->native = (struct igvm_native_context){
		.rbx = layout->base,
		.rip = layout->entry,
		.rflags = RFLAGS_RESET,
		.idtr_limit = RESET_LIMIT,
		.gdtr_limit = RESET_LIMIT,
		.code_selector = CODE_SELECTOR,
		.code_attributes = CODE_ATTRIBUTES,
		.code_limit = UINT32_MAX,
		.data_selector = DATA_SELECTOR,
		.data_attributes = DATA_ATTRIBUTES,
		.data_limit = UINT32_MAX,
		.cr0 = CR0_PE_ET_NE,
		.cr4 = CR4_MCE,
	};
}
