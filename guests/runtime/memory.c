/* SPDX-License-Identifier: MIT */
#include "runtime/memory.h"

#include "base/compiler.h"

static u8 test_pages[MEMORY_TEST_PAGES * PAGE_SIZE] aligned_to(PAGE_SIZE);

volatile void *memory_at(u64 address)
{
	return (volatile void *)address;
}

u64 memory_test_pages(void)
{
	return (u64)test_pages;
}
