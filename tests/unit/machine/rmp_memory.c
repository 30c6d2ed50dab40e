/* SPDX-License-Identifier: MIT */
#include "rmp_memory.h"
#include "mm/own_memory.h"
#include "rmp/view.h"

#include <string.h>

#include "base/range.h"
#include "mm/memory.h"
#include "rmp/nested.h"

#define OWN_PAGES 64U

static _Alignas(PAGE_SIZE) u8 ram[RMP_TEST_RAM];
static _Alignas(PAGE_SIZE) u8 own[OWN_PAGES][PAGE_SIZE];
static u64 own_used;

void rmp_memory_reset(void)
{
	memset(ram, 0, sizeof(ram));
	memset(own, 0, sizeof(own));
	own_used = 0;
}

u8 *rmp_memory_bytes(gpa_t page)
{
	return ram + page.raw;
}

const struct memory_range *memory_ranges(u32 *count)
{
	static const struct memory_range range = {0, RMP_TEST_RAM};
	*count = 1;
	return &range;
}

bool memory_is_ram(gpa_t start, u64 size)
{
	return range_within(start.raw, size, 0, RMP_TEST_RAM);
}

void *memory_page(gpa_t page)
{
	return memory_is_ram(page, PAGE_SIZE) ? rmp_memory_bytes(page) : NULL;
}

void *memory_own_pages(u64 pages)
{
	if (pages > OWN_PAGES - own_used) {
		return NULL;
	}
	own_used += pages;
	return own[own_used - pages];
}

void nested_changed(gpa_t page, enum page_size size)
{
}
