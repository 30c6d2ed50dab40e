/* SPDX-License-Identifier: MIT */
#include "platform/start.h"

#include "cpu/cpuid.h"
#include "cpu/per_cpu.h"
#include "mm/own_map.h"
#include "platform/native/console.h"
#include "platform/native/ledger.h"
#include "platform/native/processor.h"
#include "platform/platform.h"

_Static_assert(TERMINATE_CPUID_INVALID == 7, "native/entry.S knows another reason");

/* The page in which SEV-SNP has the CPUID table comes empty in this image. */
void platform_start(struct cpu *cpu, const struct boot_layout *layout)
{
	struct cpuid_page *table = own_address(gpa(layout->cpuid));
	console_init((u16)layout->serial_port);
	processor_table_fill(table);
	if (cpuid_load(table) != ERR_OK) {
		platform_terminate(TERMINATE_CPUID_INVALID);
	}
	cpu->apic_id = processor_apic_id();
	ledger_init(layout->base, layout->size, layout->heap - layout->base);
}
