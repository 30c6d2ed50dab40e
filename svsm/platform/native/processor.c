/* SPDX-License-Identifier: MIT */
#include "platform/native/processor.h"

#include "base/mem.h"
#include "cpu/cpuid.h"
#include "platform/native/instructions.h"

#define LEAVES_BASIC 0U
#define LEAVES_EXTENDED 0x80000000U
#define LEAVES_MAX 0x40U /* of each of the two, as many as the page could hold */
#define SUBLEAVES_MAX 4U

static bool is_nothing(struct cpuid_result result)
{
	return (result.eax | result.ebx | result.ecx | result.edx) == 0;
}

static bool same(struct cpuid_result a, struct cpuid_result b)
{
	return a.eax == b.eax && a.ebx == b.ebx && a.ecx == b.ecx && a.edx == b.edx;
}

static void entry_add(struct cpuid_page *page, u32 leaf, u32 subleaf, struct cpuid_result result)
{
	if (page->count == CPUID_PAGE_MAX_ENTRIES) {
		return;
	}
	page->entries[page->count] = (struct cpuid_entry){
		.eax_in = leaf,
		.ecx_in = subleaf,
		.eax = result.eax,
		.ebx = result.ebx,
		.ecx = result.ecx,
		.edx = result.edx,
	};
	page->count++;
}

/* A leaf without sub-leaves answers the same whatever ECX is. */
static void leaf_add(struct cpuid_page *page, u32 leaf)
{
	struct cpuid_result first = cpuid_execute(leaf, 0);
	entry_add(page, leaf, 0, first);
	for (u32 subleaf = 1; subleaf < SUBLEAVES_MAX; subleaf++) {
		struct cpuid_result result = cpuid_execute(leaf, subleaf);
		if (is_nothing(result) || same(result, first)) {
			return;
		}
		entry_add(page, leaf, subleaf, result);
	}
}

static void leaves_add(struct cpuid_page *page, u32 first)
{
	u32 last = cpuid_execute(first, 0).eax;
	if (last < first || last - first >= LEAVES_MAX) {
		last = first + LEAVES_MAX - 1;
	}
	for (u32 leaf = first; leaf <= last; leaf++) {
		if (leaf == first || !is_nothing(cpuid_execute(leaf, 0))) {
			leaf_add(page, leaf);
		}
	}
}

void processor_table_fill(struct cpuid_page *page)
{
	memset(page, 0, sizeof(*page));
	leaves_add(page, LEAVES_EXTENDED); /* few, and NX is among them */
	leaves_add(page, LEAVES_BASIC);
}

u32 processor_apic_id(void)
{
	struct cpuid_result topology = cpuid_find(0xB, 0);
	return topology.ebx != 0 ? topology.edx : cpuid_find(1, 0).ebx >> 24;
}
