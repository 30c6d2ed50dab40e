/* SPDX-License-Identifier: MIT */
/* From the entry code to where a platform's image serves its guest (boot/serve.h). */
#include <copra/boot.h>

#include "boot/layout.h"
#include "boot/serve.h"
#include "cpu/cpuid.h"
#include "cpu/instructions.h"
#include "cpu/per_cpu.h"
#include "cpu/stacks.h"
#include "cpu/vectors.h"
#include "dev/log.h"
#include "guest/require.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "platform/platform.h"
#include "platform/start.h"

/* CPUID leaf 7, sub-leaf 0 (APM volume 3, appendix E.3.6) */
#define CPUID_7_EBX_SMEP (1U << 7)
#define CPUID_7_EBX_SMAP (1U << 20)
#define CPUID_7_ECX_UMIP (1U << 2)

/* Called by entry.S: the layout page as it is mapped, its guest-physical address, the C-bit's mask. */
noreturn_fn void boot_main(const struct boot_layout *layout, u64 at, u64 cbit);

static void cpu_features_enable(void)
{
	struct cpuid_result features = cpuid_find(7, 0);
	u64 cr4 = cr4_read();
	cr4 |= (features.ebx & CPUID_7_EBX_SMEP) != 0 ? CR4_SMEP : 0;
	cr4 |= (features.ebx & CPUID_7_EBX_SMAP) != 0 ? CR4_SMAP : 0;
	cr4 |= (features.ecx & CPUID_7_ECX_UMIP) != 0 ? CR4_UMIP : 0;
	cr4_write(cr4);
	vectors_init();
}

static void own_memory_init(const struct boot_layout *layout)
{
	enum err error = frames_init(gpa(layout->heap), layout->heap_size);
	if (error == ERR_HARDWARE) {
		require(error, TERMINATE_VALIDATION, "validating the heap");
	}
	require(error, TERMINATE_PAGE_STATE, "making the heap private");
	log_info("memory %llu KiB, %llu KiB free", (unsigned long long)(layout->size >> 10),
		 (unsigned long long)(frames_free_bytes() >> 10));
}

static void boot_cpu_init(struct cpu *cpu)
{
	stacks_of_boot(cpu->stacks);
	descriptors_init();
	descriptors_fill(cpu);
	descriptors_load(&cpu->descriptors);
}

void boot_main(const struct boot_layout *layout, u64 at, u64 cbit)
{
	struct cpu *cpu = cpu_current();
	const char *what = NULL;
	boot_cpu_init(cpu);
	enum err error = layout_check(layout, at, &what);
	require(error, TERMINATE_LAYOUT_INVALID, what);
	own_map_init(layout, cbit);
	own_map_drop_identity();
	for (u32 i = 0; i < STACK_COUNT; i++) {
		own_map_remove(cpu->stacks[i].guard);
	}
	platform_start(cpu, layout);
	cpu_features_enable();
	log_console((layout->flags & BOOT_FLAG_DEBUG) != 0);
	log_info("interrupts of the SVSM's own: %s", platform_interrupts_text());
	own_memory_init(layout);
	boot_serve(layout);
}
