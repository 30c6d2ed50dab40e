/* SPDX-License-Identifier: MIT */
/* Guest-physical memory, its RMP entries, and the host's side of them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/align.h"
#include "base/range.h"
#include "platform/fake/model.h"

#define LARGE_PAGE_PAGES (LARGE_PAGE_SIZE / PAGE_SIZE)
#define ENTRY_BYTES ((FAKE_MEMORY_LIMIT >> PAGE_SHIFT) * sizeof(struct fake_entry))

static int memory_file = -1;
static u8 *memory;
static struct fake_entry *entries;

static u32 locked;

/* Pages that the host took away and still has. */
static struct {
	u64 page;
	struct fake_entry entry;
	bool used;
} replaced[8];

struct fake fake;

void fake_fault(const char *what, u64 address)
{
	fprintf(stderr, "fake platform: %s at 0x%llx\n", what, (unsigned long long)address);
	abort();
}

void model_lock(void)
{
	while (__atomic_exchange_n(&locked, 1U, __ATOMIC_ACQUIRE) != 0) {
		sched_yield();
	}
}

void model_unlock(void)
{
	__atomic_store_n(&locked, 0U, __ATOMIC_RELEASE);
}

/* Loops of volatile bytes: no compiler makes calls of them, which a sanitizer would see. */
void bytes_copy(void *to, const void *from, size_t n)
{
	volatile u8 *out = to;
	const volatile u8 *in = from;
	for (size_t i = 0; i < n; i++) {
		out[i] = in[i];
	}
}

static void bytes_fill(void *to, u8 value, size_t n)
{
	volatile u8 *out = to;
	for (size_t i = 0; i < n; i++) {
		out[i] = value;
	}
}

static void *map_sparse(int file, u64 bytes)
{
	int flags = MAP_NORESERVE | (file >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS);
	void *address = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, file, 0);
	if (address == MAP_FAILED) {
		perror("fake platform: mmap");
		abort();
	}
	return address;
}

/* Whoever finds old content here sees that it was not cleared. */
void memory_reset(void)
{
	if (memory_file < 0) {
		memory_file = memfd_create("copra-fake-memory", MFD_CLOEXEC);
		entries = map_sparse(-1, ENTRY_BYTES);
	}
	madvise(entries, ENTRY_BYTES, MADV_DONTNEED);
	if (memory_file < 0 || ftruncate(memory_file, 0) != 0 ||
	    ftruncate(memory_file, (off_t)FAKE_MEMORY_LIMIT) != 0) {
		perror("fake platform: memory");
		abort();
	}
	if (memory == NULL) {
		memory = map_sparse(memory_file, FAKE_MEMORY_LIMIT);
	}
	memset(replaced, 0, sizeof(replaced));
}

struct fake_entry *memory_entry(u64 address)
{
	if (address >= FAKE_MEMORY_LIMIT) {
		fake_fault("there is no memory", address);
	}
	return &entries[address >> PAGE_SHIFT];
}

struct fake_entry *memory_effective_entry(u64 address)
{
	struct fake_entry *first = memory_entry(align_down(address, LARGE_PAGE_SIZE));
	return first->large ? first : memory_entry(address);
}

void memory_split(u64 address)
{
	struct fake_entry *first = memory_entry(align_down(address, LARGE_PAGE_SIZE));
	if (first->large) {
		first->large = false;
		for (u32 i = 1; i < LARGE_PAGE_PAGES; i++) {
			first[i] = *first;
		}
	}
}

/* Two marks are enough for a test to see that a page was not cleared, and cheap in 2 MiB pages. */
static void scramble(u64 start, u64 bytes)
{
	bytes_fill(memory + start, 0xA5, 64);
	bytes_fill(memory + start + bytes - 64, 0x5A, 64);
}

void memory_assign(u64 start, u64 pages, bool is_private)
{
	while (pages > 0) {
		bool large = is_private && !fake.faults.small_pages && is_aligned(start, LARGE_PAGE_SIZE) &&
			     pages >= LARGE_PAGE_PAGES;
		u64 step = large ? LARGE_PAGE_PAGES : 1;
		memory_split(start);
		*memory_entry(start) = (struct fake_entry){.assigned = is_private, .large = large};
		scramble(start, step * PAGE_SIZE);
		start += step * PAGE_SIZE;
		pages -= step;
	}
}

/* Gives the file's pages back, which costs less than writing to them. */
void memory_clear(u64 address, u64 bytes)
{
	if (fallocate(memory_file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)address, (off_t)bytes) != 0) {
		fake_fault("memory cannot be cleared", address);
	}
}

void memory_map_window(void *window, u64 address, enum page_size size, bool accessible)
{
	int rights = accessible ? PROT_READ | PROT_WRITE : PROT_NONE;
	u64 bytes = page_bytes(size);
	if (address + bytes > FAKE_MEMORY_LIMIT ||
	    mmap(window, bytes, rights, MAP_SHARED | MAP_FIXED, memory_file, (off_t)address) != window) {
		fake_fault("a window cannot be mapped", address);
	}
}

void memory_unmap_window(void *window)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
	if (mmap(window, LARGE_PAGE_SIZE, PROT_NONE, flags, -1, 0) != window) {
		fake_fault("a window cannot be unmapped", 0);
	}
}

struct fake_entry fake_entry(gpa_t page)
{
	model_lock();
	struct fake_entry entry = *memory_effective_entry(page.raw);
	model_unlock();
	return entry;
}

void fake_launch(gpa_t start, u64 pages)
{
	model_lock();
	for (u64 i = 0; i < pages; i++) {
		memory_split(start.raw + i * PAGE_SIZE);
		*memory_entry(start.raw + i * PAGE_SIZE) = (struct fake_entry){.assigned = true, .validated = true};
	}
	model_unlock();
}

void memory_replace(u64 page)
{
	memory_split(page);
	for (size_t i = 0; i < ARRAY_SIZE(replaced); i++) {
		if (!replaced[i].used) {
			replaced[i].used = true;
			replaced[i].page = page;
			replaced[i].entry = *memory_entry(page);
			memory_assign(page, 1, true);
			return;
		}
	}
	fake_fault("too many replaced pages", page);
}

void fake_replace(gpa_t page)
{
	model_lock();
	memory_replace(page.raw);
	model_unlock();
}

bool memory_is_replaced(u64 page)
{
	for (size_t i = 0; i < ARRAY_SIZE(replaced); i++) {
		if (replaced[i].used && replaced[i].page == page) {
			return true;
		}
	}
	return false;
}

void fake_restore(gpa_t page)
{
	model_lock();
	for (size_t i = 0; i < ARRAY_SIZE(replaced); i++) {
		if (replaced[i].used && replaced[i].page == page.raw) {
			replaced[i].used = false;
			*memory_entry(page.raw) = replaced[i].entry;
		}
	}
	model_unlock();
}

void *fake_bytes(gpa_t address)
{
	if (address.raw >= FAKE_MEMORY_LIMIT) {
		fake_fault("there is no memory", address.raw);
	}
	return memory + address.raw;
}

/* APM volume 2, section 15.36.10: assigned, validated, then the VMPL's permissions. */
static bool guest_may(u32 vmpl, u64 address, u32 rights)
{
	if (address >= FAKE_MEMORY_LIMIT) {
		return false;
	}
	const struct fake_entry *entry = memory_effective_entry(address);
	return entry->assigned && entry->validated && (entry->permissions[vmpl] & rights) == rights;
}

bool fake_guest_may(u32 vmpl, gpa_t address, u32 rights)
{
	model_lock();
	bool may = guest_may(vmpl, address.raw, rights);
	model_unlock();
	return may;
}

static bool guest_may_all(u32 vmpl, gpa_t address, size_t n, u32 rights)
{
	if (!range_within(address.raw, n, 0, FAKE_MEMORY_LIMIT)) {
		return false;
	}
	for (u64 page = gpa_page(address).raw; page < address.raw + n; page += PAGE_SIZE) {
		if (!guest_may(vmpl, page, rights)) {
			return false;
		}
	}
	return true;
}

bool fake_guest_load(u32 vmpl, gpa_t address, void *to, size_t n)
{
	model_lock();
	bool may = guest_may_all(vmpl, address, n, RMP_PERM_READ);
	if (may) {
		bytes_copy(to, memory + address.raw, n);
	}
	model_unlock();
	return may;
}

bool fake_guest_store(u32 vmpl, gpa_t address, const void *from, size_t n)
{
	model_lock();
	bool may = guest_may_all(vmpl, address, n, RMP_PERM_WRITE);
	if (may) {
		bytes_copy(memory + address.raw, from, n);
	}
	model_unlock();
	return may;
}

enum err platform_page_state(gpa_t start, u64 pages, enum window_view view)
{
	__atomic_fetch_add(&fake.counters.page_state_requests, 1U, __ATOMIC_RELAXED);
	if (fake.faults.page_state_refused || start.raw + pages * PAGE_SIZE > FAKE_MEMORY_LIMIT) {
		return ERR_HOST;
	}
	if (!fake.faults.page_state_ignored) {
		model_lock();
		memory_assign(start.raw, pages, view == WINDOW_PRIVATE);
		model_unlock();
	}
	return ERR_OK;
}
