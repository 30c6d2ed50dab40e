/* SPDX-License-Identifier: MIT */
#include "cpu/cpuid.h"
#include "cpu/per_cpu.h"
#include "mm/frames.h"
#include "selftest/tap.h"
#include "selftest/traps.h"

/* CPUID leaf 7, sub-leaf 0 (APM volume 3, appendix E.3.6) */
#define CPUID_7_EBX_SMEP (1U << 7)
#define CPUID_7_EBX_SMAP (1U << 20)
#define RANDOM_TRIES 10U

static bool random_differs(void)
{
	u64 first;
	u64 second;
	for (u32 i = 0; i < RANDOM_TRIES; i++) {
		if (random_u64(&first) && random_u64(&second) && first != second) {
			return true;
		}
	}
	return false;
}

static bool agrees(u32 features, u32 feature, u64 bit)
{
	return ((features & feature) != 0) == ((cr4_read() & bit) != 0);
}

void selftest_processor(void)
{
	const struct cpu *cpu = cpu_current();
	u32 features = cpuid_find(7, 0).ebx;
	tap_check(cpu == &cpu_boot && cpu->self == cpu, "GS leads to this CPU's data");
	tap_check(cpu->stack_guard != 0, "the stack protector has its value");
	tap_check(cpuid_table()->count > 0 && cpuid_find(0, 0).eax >= 1, "there is a CPUID table");
	tap_check(agrees(features, CPUID_7_EBX_SMEP, CR4_SMEP) && agrees(features, CPUID_7_EBX_SMAP, CR4_SMAP),
		  "SMEP and SMAP are on where the processor has them");
	tap_check(random_differs(), "random numbers differ");
}

static bool is_zero(const u64 *words, u64 bytes)
{
	u64 all = 0;
	for (u64 i = 0; i < bytes / sizeof(u64); i++) {
		all |= words[i];
	}
	return all == 0;
}

void selftest_frames(void)
{
	const u64 before = frames_free_bytes();
	void *first = NULL;
	void *many = NULL;
	void *none = NULL;
	tap_check(frames_take(1, &first) == ERR_OK && is_zero(first, PAGE_SIZE), "a frame is taken, and zero");
	*(u64 *)first = before;
	tap_check(frames_take(8, &many) == ERR_OK && is_zero(many, 8 * PAGE_SIZE), "so are eight in a row");
	tap_check(frames_free_bytes() == before - 9 * PAGE_SIZE, "nine are gone");
	tap_check(frames_take((u32)(before / PAGE_SIZE), &none) == ERR_NO_MEMORY && none == NULL,
		  "more than there are is an error");
	frames_return(first, 1);
	frames_return(many, 8);
	tap_check(frames_free_bytes() == before, "given back they are there again");
	tap_check(frames_take(1, &first) == ERR_OK && is_zero(first, PAGE_SIZE), "and have lost what they held");
	frames_return(first, 1);
}
