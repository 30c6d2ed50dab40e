/* SPDX-License-Identifier: MIT */
/* Headers are the same when type and place are: an address, a parameter area, or the first, second, ... of their type. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/options.h"
#include "host/report.h"
#include "show/commands.h"
#include "show/content.h"
#include "show/names.h"
#include "show/open.h"
#include "show/places.h"

static const char help[] =
	"Usage: igvm diff A B\n"
	"Says how two files differ, by header: only in A (-), only in B (+), or in both, but not the same (!).\n"
	"Where data lies in the files does not count. Exit status 1 when they differ.\n"
	"\n"
	"  --help  this text\n";

struct side {
	struct igvm_file file;
	struct places places;
};

static u64 key_of(const struct igvm_header *header)
{
	u64 gpa = 0;
	u32 index = 0;
	switch (header->type) {
	case IGVM_VHT_PAGE_DATA:
	case IGVM_VHT_PARAMETER_INSERT:
	case IGVM_VHT_REQUIRED_MEMORY:
	case IGVM_VHT_ERROR_RANGE:
		(void)!span_copy(header->content, 0, &gpa, sizeof(gpa));
		return gpa;
	case IGVM_VHT_PARAMETER_AREA:
		(void)!span_copy(header->content, offsetof(struct igvm_vhs_parameter_area, parameter_area_index),
				 &index, sizeof(index));
		return index;
	default:
		return 0;
	}
}

static bool open_side(const char *path, struct side *side)
{
	struct igvm_iterator iterator;
	struct igvm_header header;
	if (!show_open(path, &side->file)) {
		return false;
	}
	side->places = places_begin(&side->file);
	iterator = igvm_headers(&side->file);
	while (igvm_next(&iterator, &header)) {
		places_add(&side->places, &header, key_of(&header));
	}
	places_sort_by_type(&side->places);
	return true;
}

static void print_header(char sign, const struct igvm_header *header)
{
	u64 key = key_of(header);
	printf("%c %s", sign, name_of_header(header->type));
	if (key != 0) {
		printf(" 0x%llx", (unsigned long long)key);
	}
	printf(" (header %u at 0x%llx)", header->index, (unsigned long long)header->offset);
}

/* Offset of the first byte that differs; both have n bytes. */
static size_t first_difference(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++) {
		if (a.p[i] != b.p[i]) {
			return i;
		}
	}
	return n;
}

/* Content without its file offset, of at most this many bytes */
#define CONTENT_ROOM 1024U

static struct span content_of(const struct igvm_header *header, u8 room[CONTENT_ROOM])
{
	const u32 none = 0;
	u32 at;
	size_t n = header->content.n < CONTENT_ROOM ? header->content.n : CONTENT_ROOM;
	memcpy(room, header->content.p, n);
	if (igvm_data_field(header->type, &at) && at + sizeof(none) <= n) {
		memcpy(room + at, &none, sizeof(none));
	}
	return span_of(room, n);
}

static void print_fields(char sign, const struct side *side, const struct igvm_header *header)
{
	const struct fields fields = {.json = false};
	printf("  %c", sign);
	show_content(&side->file, header, &fields);
	putchar('\n');
}

static bool same_header(const struct side *a, const struct igvm_header *left, const struct side *b,
			const struct igvm_header *right)
{
	u8 rooms[2][CONTENT_ROOM];
	struct span one = content_of(left, rooms[0]);
	struct span other = content_of(right, rooms[1]);
	static const char content[] = "content";
	const char *what = content;
	if (span_equal(one, other)) {
		one = other = span_of(NULL, 0);
		(void)!igvm_header_data(&a->file, left, &one);
		(void)!igvm_header_data(&b->file, right, &other);
		what = "data";
	}
	if (span_equal(one, other)) {
		return true;
	}
	print_header('!', left);
	printf(": %s differs from byte 0x%zx\n", what, first_difference(one, other));
	if (what == content) {
		print_fields('-', a, left);
		print_fields('+', b, right);
	}
	return false;
}

/* Which of the two comes first, or 0 when they are about the same thing; the end comes after everything. */
static int compare_places(const struct side *a, u32 left, const struct side *b, u32 right)
{
	struct igvm_header one;
	struct igvm_header other;
	if (left == a->places.count || right == b->places.count) {
		return left == a->places.count ? 1 : -1;
	}
	places_get(&a->places, left, &one);
	places_get(&b->places, right, &other);
	if (one.type != other.type) {
		return one.type < other.type ? -1 : 1;
	}
	u64 key = a->places.all[left].key;
	u64 other_key = b->places.all[right].key;
	return (key > other_key) - (key < other_key);
}

static void print_single(const struct side *side, u32 at, char sign)
{
	struct igvm_header header;
	places_get(&side->places, at, &header);
	print_header(sign, &header);
	putchar('\n');
}

static bool compare_pair(const struct side *a, u32 left, const struct side *b, u32 right)
{
	struct igvm_header one;
	struct igvm_header other;
	places_get(&a->places, left, &one);
	places_get(&b->places, right, &other);
	return same_header(a, &one, b, &other);
}

static bool compare_files(const struct side *a, const struct side *b)
{
	u32 left = 0;
	u32 right = 0;
	bool same = true;
	while (left < a->places.count || right < b->places.count) {
		int order = compare_places(a, left, b, right);
		if (order == 0) {
			same = compare_pair(a, left, b, right) && same;
		} else {
			print_single(order < 0 ? a : b, order < 0 ? left : right, order < 0 ? '-' : '+');
			same = false;
		}
		left += order <= 0;
		right += order >= 0;
	}
	return same;
}

static bool compare_fixed(const struct side *a, const struct side *b)
{
	if (a->file.format_version == b->file.format_version && a->file.architecture == b->file.architecture) {
		return true;
	}
	puts("! format version or architecture");
	return false;
}

int diff_command(int count, char **words)
{
	struct side a = {0};
	struct side b = {0};
	const char *paths[2];
	const struct command_line line = {"diff", help, NULL, 0, paths, 2};
	int status;
	if (!options_read(&line, count, words, &status)) {
		return status;
	}
	if (!open_side(paths[0], &a) || !open_side(paths[1], &b)) {
		return STATUS_FAILED;
	}
	bool same = compare_fixed(&a, &b);
	same = compare_files(&a, &b) && same;
	free(a.places.all);
	free(b.places.all);
	return report_end(same ? STATUS_OK : STATUS_FAILED);
}
