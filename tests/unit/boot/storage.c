/* SPDX-License-Identifier: MIT */
/* Where the page-state table comes to lie, with hosts that have large pages or not, or none to give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <copra/sev.h>

#include "base/align.h"
#include "guest/page_state.h"
#include "guest/page_state_storage.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "platform/platform.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define MAX_VCPUS 2U
#define RESERVE (128ULL << 10) /* for what boot has yet to make */
#define BLOCKS 2U              /* what the table of the guest below takes */

static u8 table[BLOCKS * LARGE_PAGE_SIZE] __attribute__((aligned(LARGE_PAGE_SIZE)));

static struct {
	u64 heap_bytes, keep;
	bool small_pages, refused, unchanged;
	u64 asked, validated; /* bytes */
	u32 validations;
	u32 failing; /* this many-th PVALIDATE fails; 0: none */
	u64 mapped;  /* address of the first block */
} host;

u64 frames_free_bytes(void)
{
	return host.heap_bytes;
}

err_t frames_take(u32 pages, void **out)
{
	*out = table;
	return (u64)pages * PAGE_SIZE <= host.heap_bytes ? ERR_OK : ERR_NO_MEMORY;
}

void *own_map_large(u32 first, gpa_t start, u32 blocks)
{
	assert_int_equal(first, MAX_VCPUS);
	assert_int_equal(blocks, BLOCKS);
	host.mapped = start.raw;
	return table;
}

err_t platform_page_state(gpa_t start, u64 pages, enum window_view view)
{
	assert_int_equal(view, WINDOW_PRIVATE);
	host.asked += pages * PAGE_SIZE;
	return host.refused ? ERR_HOST : ERR_OK;
}

struct validate_result platform_validate(void *window, enum page_size size, bool validate)
{
	assert_true(validate && is_aligned((u64)window, page_bytes(size)));
	host.validations++;
	if (host.validations == host.failing) {
		return (struct validate_result){.code = RMP_FAIL_INPUT};
	}
	if (host.small_pages && size == PAGE_2M) {
		return (struct validate_result){.code = RMP_FAIL_SIZE_MISMATCH};
	}
	host.validated += page_bytes(size);
	return (struct validate_result){.unchanged = host.unchanged};
}

enum err platform_clear(void *window, enum page_size size)
{
	assert_true(host.validated >= LARGE_PAGE_SIZE && size == PAGE_2M);
	memset(window, 0, page_bytes(size));
	return ERR_OK;
}

noreturn_fn void platform_terminate(enum terminate_reason reason)
{
	fail_msg("terminated, reason %d", (int)reason);
	abort();
}

static int reset(void **state)
{
	memset(&host, 0, sizeof(host));
	memset(table, 0xA5, sizeof(table));
	return 0;
}

/* A guest of 20 GiB, whose table takes two blocks of 2 MiB. */
static enum err reserve(struct memory_map *map, struct page_state_storage *storage)
{
	static const struct boot_layout layout = {.max_vcpus = MAX_VCPUS};
	*map = (struct memory_map){.count = 1, .ranges = {{0, 20 * GIB, MEMORY_RAM}}};
	return page_state_storage_reserve(&layout, map, host.keep, storage);
}

static void lies_on_the_heap_where_there_is_room(void **state)
{
	struct memory_map map;
	struct page_state_storage storage;
	host.heap_bytes = 4 * MIB;
	assert_int_equal(reserve(&map, &storage), ERR_OK);
	assert_int_equal(storage.bytes, page_states_bytes(&map) + PAGE_SIZE - page_states_bytes(&map) % PAGE_SIZE);
	assert_int_equal(map.count, 1);
	assert_int_equal(host.asked, 0);
}

/* What processes may yet want is no room for the table. */
static void heap_keeps_what_services_want(void **state)
{
	struct memory_map map;
	struct page_state_storage storage;
	host.heap_bytes = 4 * MIB;
	assert_int_equal(reserve(&map, &storage), ERR_OK);
	host.keep = 4 * MIB - RESERVE - storage.bytes;
	assert_int_equal(reserve(&map, &storage), ERR_OK);
	assert_int_equal(host.asked, 0);
	host.keep++;
	assert_int_equal(reserve(&map, &storage), ERR_OK);
	assert_int_equal(host.asked, sizeof(table));
}

static void assert_in_ram(u32 validations)
{
	struct memory_map map;
	struct page_state_storage storage;
	assert_int_equal(reserve(&map, &storage), ERR_OK);
	assert_ptr_equal(storage.start, table);
	assert_int_equal(storage.bytes, sizeof(table));
	assert_int_equal(host.mapped, 20 * GIB - sizeof(table));
	assert_int_equal(host.asked, sizeof(table));
	assert_int_equal(host.validated, sizeof(table));
	assert_int_equal(host.validations, validations);
	assert_int_equal(table[0] | table[sizeof(table) - 1], 0);
	assert_int_equal(memory_map_bytes(&map, MEMORY_SVSM), sizeof(table));
}

static void lies_at_the_top_of_ram_otherwise(void **state)
{
	assert_in_ram(BLOCKS);
}

static void host_may_have_small_pages_only(void **state)
{
	host.small_pages = true;
	assert_in_ram(BLOCKS * (1 + 512));
}

static void what_the_host_refuses_is_named(void **state)
{
	struct memory_map map;
	struct page_state_storage storage;
	host.refused = true;
	assert_int_equal(reserve(&map, &storage), ERR_HOST);
	reset(state);
	host.failing = 2;
	assert_int_equal(reserve(&map, &storage), ERR_HARDWARE);
	reset(state);
	host.small_pages = true;
	host.failing = 512; /* the first block's last but two */
	assert_int_equal(reserve(&map, &storage), ERR_HARDWARE);
	assert_int_equal(host.validations, 512);
	reset(state);
	host.unchanged = true;
	assert_int_equal(reserve(&map, &storage), ERR_HARDWARE);
	assert_int_equal(host.validations, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lies_on_the_heap_where_there_is_room, reset),
		cmocka_unit_test_setup(heap_keeps_what_services_want, reset),
		cmocka_unit_test_setup(lies_at_the_top_of_ram_otherwise, reset),
		cmocka_unit_test_setup(host_may_have_small_pages_only, reset),
		cmocka_unit_test_setup(what_the_host_refuses_is_named, reset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
