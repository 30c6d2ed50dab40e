/* SPDX-License-Identifier: MIT */
#include "cpu/cpuid.h"

#include "base/mem.h"
#include "base/span.h"

#define CPUID_1_ECX_RDRAND (1U << 30)
#define CPUID_80000001_EDX_NX (1U << 20)

static struct cpuid_page table;

/* SNP Firmware ABI (56860), section 8.14.2.6: what is not defined is zero. */
static bool page_is_well_formed(const struct cpuid_page *page)
{
	if (page->count == 0 || page->count > CPUID_PAGE_MAX_ENTRIES) {
		return false;
	}
	if (page->reserved_04 != 0 || page->reserved_08 != 0) {
		return false;
	}
	for (u32 i = 0; i < page->count; i++) {
		if (page->entries[i].reserved != 0) {
			return false;
		}
	}
	return true;
}

static bool has_needed_features(void)
{
	return (cpuid_find(1, 0).ecx & CPUID_1_ECX_RDRAND) != 0 &&
	       (cpuid_find(0x80000001U, 0).edx & CPUID_80000001_EDX_NX) != 0;
}

err_t cpuid_load(const struct cpuid_page *page)
{
	memcpy(&table, page, sizeof(table));
	if (!page_is_well_formed(&table)) {
		table.count = 0;
		return ERR_INPUT;
	}
	return has_needed_features() ? ERR_OK : ERR_UNSUPPORTED;
}

/* Leaves whose answer depends on ECX (APM volume 3, appendix E). */
static bool leaf_is_indexed(u32 leaf)
{
	static const u32 indexed[] = {0x4, 0x7, 0xB, 0xD, 0xF, 0x10, 0x14, 0x8000001D, 0x80000020, 0x80000026};
	for (size_t i = 0; i < sizeof(indexed) / sizeof(indexed[0]); i++) {
		if (indexed[i] == leaf) {
			return true;
		}
	}
	return false;
}

struct cpuid_result cpuid_find(u32 leaf, u32 subleaf)
{
	for (u32 i = 0; i < table.count; i++) {
		const struct cpuid_entry *entry = &table.entries[i];
		if (entry->eax_in == leaf && (entry->ecx_in == subleaf || !leaf_is_indexed(leaf))) {
			return (struct cpuid_result){entry->eax, entry->ebx, entry->ecx, entry->edx};
		}
	}
	return (struct cpuid_result){0};
}

const struct cpuid_page *cpuid_table(void)
{
	return &table;
}
