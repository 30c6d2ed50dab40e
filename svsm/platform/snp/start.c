/* SPDX-License-Identifier: MIT */
#include "platform/start.h"

#include "mm/own_map.h"
#include "platform/platform.h"
#include "platform/snp/host.h"
#include "platform/snp/processor.h"

/* The boot CPU's pages that the host shares */
static u8 ghcb_page[PAGE_SIZE] aligned_to(PAGE_SIZE) __attribute__((section(".bss.pages")));
static u8 doorbell_page[PAGE_SIZE] aligned_to(PAGE_SIZE) __attribute__((section(".bss.pages")));

void platform_start(struct cpu *cpu, const struct boot_layout *layout)
{
	if (processor_load(own_address(gpa(layout->cpuid))) != ERR_OK) {
		platform_terminate(TERMINATE_CPUID_INVALID);
	}
	host_meet(cpu, layout, (struct host_pages){(struct ghcb *)ghcb_page, (struct hv_doorbell *)doorbell_page});
}
