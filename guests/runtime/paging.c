/* SPDX-License-Identifier: MIT */
#include "runtime/paging.h"

#include "base/compiler.h"
#include "runtime/instructions.h"

#define TABLE_ENTRIES 512ULL
#define DIRECTORIES 4ULL

/* APM volume 2 (24593), section 5.3 */
#define ENTRY_PRESENT_WRITE 0x3ULL
#define ENTRY_LEAF 0x80ULL

static u64 root[TABLE_ENTRIES] aligned_to(PAGE_SIZE);
static u64 pointers[TABLE_ENTRIES] aligned_to(PAGE_SIZE);
static u64 directory[DIRECTORIES * TABLE_ENTRIES] aligned_to(PAGE_SIZE);
static u64 table[TABLE_ENTRIES] aligned_to(PAGE_SIZE);

static u64 cr3;

void paging_install(u32 cbit, u64 shared, u32 shared_pages)
{
	u64 private = 1ULL << cbit;
	u64 flags = ENTRY_PRESENT_WRITE | private;
	u64 block = shared & ~(u64)(LARGE_PAGE_SIZE - 1);

	root[0] = (u64)pointers | flags;
	for (u64 i = 0; i < DIRECTORIES; i++) {
		pointers[i] = (u64)&directory[i * TABLE_ENTRIES] | flags;
	}
	for (u64 i = 0; i < DIRECTORIES * TABLE_ENTRIES; i++) {
		directory[i] = (i << LARGE_PAGE_SHIFT) | flags | ENTRY_LEAF;
	}
	for (u64 i = 0; i < TABLE_ENTRIES; i++) {
		table[i] = (block + (i << PAGE_SHIFT)) | flags;
	}
	for (u64 page = shared; page < shared + (u64)shared_pages * PAGE_SIZE; page += PAGE_SIZE) {
		table[(page - block) >> PAGE_SHIFT] = page | ENTRY_PRESENT_WRITE;
	}
	directory[block >> LARGE_PAGE_SHIFT] = (u64)table | flags;
	cr3 = (u64)root | private;
	write_cr3(cr3);
}

u64 paging_root(void)
{
	return cr3;
}
