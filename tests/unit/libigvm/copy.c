/* SPDX-License-Identifier: MIT */
/* Reading and writing are inverse: each argument is a good file; its copy is the same, byte for byte. */
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "igvm/write.h"

#define ROOM 0x10000U

static char **paths;
static int path_count;

static struct span load(const char *path)
{
	u8 *bytes = malloc(ROOM);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t n = fread(bytes, 1, ROOM, file);
	fclose(file);
	return span_of(bytes, n);
}

/* Headers of the type `left_out` stay behind; `added` bytes of content come as an ID block's. */
struct change {
	u32 left_out;
	u32 added;
};

static void put(struct igvm_writer *w, const struct igvm_file *file, const struct change *change)
{
	static const u8 content[sizeof(struct igvm_vhs_snp_id_block)] = {4};
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		if (header.type != change->left_out) {
			igvm_copy_header(w, file, &header);
		}
	}
	if (change->added > 0) {
		igvm_write_header(w, IGVM_VHT_SNP_ID_BLOCK, content, change->added);
	}
	igvm_copy_data(w, file);
}

static struct span copy(const struct igvm_file *file, const struct change *change)
{
	struct igvm_writer w;
	struct span out;
	u8 *room = malloc(ROOM);
	memset(room, 0xAA, ROOM);
	igvm_copy_begin(&w, file, NULL, 0, 0);
	put(&w, file, change);
	igvm_copy_begin(&w, file, room, ROOM, w.header_bytes);
	put(&w, file, change);
	assert_err(igvm_write_end(&w, &out), ERR_OK);
	return out;
}

static void copies_are_the_file(void **state)
{
	const struct change none = {0};
	for (int i = 0; i < path_count; i++) {
		struct igvm_file file;
		struct span bytes = load(paths[i]);
		assert_err(igvm_open(bytes, &file, NULL), ERR_OK);
		struct span copied = copy(&file, &none);
		assert_true(span_equal(copied, bytes));
		free((void *)(uintptr_t)copied.p);
		free((void *)(uintptr_t)bytes.p);
	}
}

static void assert_same_data(const struct igvm_file *a, const struct igvm_file *b)
{
	struct igvm_iterator left = igvm_headers(a);
	struct igvm_iterator right = igvm_headers(b);
	struct igvm_header one;
	struct igvm_header other;
	while (igvm_next(&left, &one)) {
		struct span data = span_of(NULL, 0);
		struct span moved = span_of(NULL, 0);
		if (one.type == IGVM_VHT_GUEST_POLICY) {
			continue;
		}
		assert_true(igvm_next(&right, &other));
		assert_int_equal(one.type, other.type);
		assert_int_equal(igvm_header_data(a, &one, &data), igvm_header_data(b, &other, &moved));
		assert_true(span_equal(data, moved));
	}
}

static void data_moves_with_headers(void **state)
{
	const struct change changes[] = {
		{IGVM_VHT_GUEST_POLICY, 0},
		{IGVM_VHT_GUEST_POLICY, sizeof(struct igvm_vhs_snp_id_block)},
	};
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct igvm_file file;
		struct igvm_file changed;
		struct span bytes = load(paths[0]);
		assert_err(igvm_open(bytes, &file, NULL), ERR_OK);
		struct span copied = copy(&file, &changes[i]);
		assert_err(igvm_open(copied, &changed, NULL), ERR_OK);
		assert_int_equal(changed.header_count, file.header_count - 2 + (changes[i].added > 0));
		assert_same_data(&file, &changed);
		free((void *)(uintptr_t)copied.p);
		free((void *)(uintptr_t)bytes.p);
	}
}

static void version_2(void **state)
{
	static u8 room[ROOM];
	struct igvm_writer w;
	struct igvm_file file;
	struct span out;
	igvm_write_begin(&w, room, sizeof(room), 24);
	igvm_write_version_2(&w, IGVM_ARCHITECTURE_AARCH64);
	igvm_write_platform(&w, 1, IGVM_PLATFORM_CCA);
	assert_err(igvm_write_end(&w, &out), ERR_OK);
	assert_err(igvm_open(out, &file, NULL), ERR_OK);
	assert_int_equal(file.format_version, 2);
	assert_int_equal(file.architecture, IGVM_ARCHITECTURE_AARCH64);
}

int main(int count, char **words)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_are_the_file),
		cmocka_unit_test(data_moves_with_headers),
		cmocka_unit_test(version_2),
	};
	paths = words + 1;
	path_count = count - 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
