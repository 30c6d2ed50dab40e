/* SPDX-License-Identifier: MIT */
#include "cpu/per_cpu.h"

#include <copra/boot.h>

#include "cpu/trap.h"
#include "cpu/user.h"
#include "platform/platform.h"

LAYOUT_AT(struct boot_layout, magic, LAYOUT_OFFSET_MAGIC);
LAYOUT_AT(struct boot_layout, version, LAYOUT_OFFSET_VERSION);
LAYOUT_AT(struct boot_layout, base, LAYOUT_OFFSET_BASE);
LAYOUT_AT(struct boot_layout, page_tables, LAYOUT_OFFSET_PAGE_TABLES);
LAYOUT_AT(struct boot_layout, page_table_pages, LAYOUT_OFFSET_PAGE_TABLE_PAGES);
LAYOUT_AT(struct boot_layout, cpuid, LAYOUT_OFFSET_CPUID);
LAYOUT_AT(struct cpu, self, CPU_OFFSET_SELF);
LAYOUT_AT(struct cpu, trap_depth, CPU_OFFSET_TRAP_DEPTH);
LAYOUT_AT(struct cpu, user_state, CPU_OFFSET_USER_STATE);
LAYOUT_AT(struct cpu, user_stack, CPU_OFFSET_USER_STACK);
LAYOUT_AT(struct cpu, stack_guard, CPU_OFFSET_STACK_GUARD);
LAYOUT_AT(struct cpu, descriptors.tss.stack, CPU_OFFSET_TSS_STACK0);
_Static_assert(BOOT_MAGIC == (((u64)LAYOUT_MAGIC_HIGH << 32) | LAYOUT_MAGIC_LOW), "entry.S knows another magic");
_Static_assert(PLATFORM_TERMINATE_SET == 4 && TERMINATE_LAYOUT_INVALID == 3 && TERMINATE_CPUID_INVALID == 7 &&
		       TERMINATE_RANDOM == 15 && TERMINATE_CBIT == 18,
	       "entry.S knows other reasons");
_Static_assert(TRAP_HV == VECTOR_HV && TRAP_VC == VECTOR_VC, "trap_entry.S and user_entry.S know other vectors");
_Static_assert(TERMINATE_UNEXPECTED_TRAP == 2 && TERMINATE_PAGE_NOT_VALIDATED == 8, "trap_entry.S knows other reasons");
LAYOUT_AT(struct trap_frame, vector, TRAP_FRAME_VECTOR);
LAYOUT_AT(struct trap_frame, rip, TRAP_FRAME_RIP);
LAYOUT_AT(struct trap_frame, cs, TRAP_FRAME_CS);
LAYOUT_SIZE(struct trap_frame, TRAP_FRAME_SIZE);
LAYOUT_SIZE(struct user_state, TRAP_FRAME_SIZE);
_Static_assert(TRAP_FRAME_SIZE % 16 == 0, "user_entry.S keeps the stack as the processor aligns it");

struct cpu cpu_boot;

/* Called by compiled code when a function's stack canary is damaged. */
noreturn_fn void __stack_chk_fail(void);
noreturn_fn void __stack_chk_fail(void)
{
	platform_terminate(TERMINATE_STACK);
}

u32 platform_cpu_index(void)
{
	return cpu_current()->index;
}

u32 platform_apic_id(void)
{
	return cpu_current()->apic_id;
}
