/* SPDX-License-Identifier: MIT */
#include "base/compiler.h"
#include "runtime/memory.h"
#include "runtime/smp.h"
#include "storm/storm.h"

_Static_assert(GUEST_CPUS *STORM_PAGES < MEMORY_TEST_PAGES, "pages for every CPU");

u64 storm_page(u32 index, enum storm_page page)
{
	return memory_test_pages() + ((u64)index * STORM_PAGES + page) * PAGE_SIZE;
}

u64 storm_contested(void)
{
	return memory_test_pages() + (u64)GUEST_CPUS * STORM_PAGES * PAGE_SIZE;
}

u64 storm_foreign(void)
{
	static const u64 places[] = {0xFEE00000, 0xFF000000, 0xFF010000, 1ULL << 46, UINT64_MAX};
	return places[random_below(&storm_self()->random, ARRAY_SIZE(places))];
}
