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

u64 memory_load(u64 address)
{
	return *(volatile u64 *)memory_at(address);
}

void memory_store(u64 address, u64 value)
{
	*(volatile u64 *)memory_at(address) = value;
}
