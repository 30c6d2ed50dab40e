/* SPDX-License-Identifier: MIT */
/* Headers are the same when type and place are: an address, a parameter area, or the first, second, ... of their type. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/options.h"
#include "host/report.h"
#include "show/commands.h"
#include "show/names.h"
#include "show/open.h"

static const char help[] =
	"Usage: igvm diff A B\n"
	"Says how two files differ, by header: only in A (-), only in B (+), or in both, but not the same (!).\n"
	"Where data lies in the files does not count. Exit status 1 when they differ.\n"
	"\n"
	"  --help  this text\n";

struct entry {
	u64 place;
	struct igvm_header header;
};

struct side {
	struct igvm_file file;
	struct entry *entries;
	u32 count;
};

static u64 place_of(const struct igvm_header *header)
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

static int compare_places(const struct entry *a, const struct entry *b)
{
	if (a->header.type != b->header.type) {
		return a->header.type < b->header.type ? -1 : 1;
	}
	return a->place == b->place ? 0 : a->place < b->place ? -1 : 1;
}

static int compare(const void *a, const void *b)
{
	const struct entry *one = a;
	const struct entry *other = b;
	int places = compare_places(one, other);
	return places != 0 ? places : one->header.index < other->header.index ? -1 : 1;
}

static bool open_side(const char *path, struct side *side)
{
	struct igvm_iterator iterator;
	struct igvm_header header;
	if (!show_open(path, &side->file)) {
		return false;
	}
	side->entries = allocate(sizeof(*side->entries) * side->file.header_count);
	iterator = igvm_headers(&side->file);
	while (igvm_next(&iterator, &header)) {
		side->entries[side->count] = (struct entry){.place = place_of(&header), .header = header};
		side->count++;
	}
	qsort(side->entries, side->count, sizeof(*side->entries), compare);
	return true;
}

static void print_entry(char sign, const struct entry *e)
{
	printf("%c %s", sign, name_of_header(e->header.type));
	if (e->header.section == IGVM_SECTION_DIRECTIVE && e->place != 0) {
		printf(" 0x%llx", (unsigned long long)e->place);
	}
	printf(" (header %u at 0x%llx)", e->header.index, (unsigned long long)e->header.offset);
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

static bool same_entry(const struct side *a, const struct entry *left, const struct side *b, const struct entry *right)
{
	u8 rooms[2][CONTENT_ROOM];
	struct span one = content_of(&left->header, rooms[0]);
	struct span other = content_of(&right->header, rooms[1]);
	const char *what = "content";
	if (span_equal(one, other)) {
		one = other = span_of(NULL, 0);
		(void)!igvm_header_data(&a->file, &left->header, &one);
		(void)!igvm_header_data(&b->file, &right->header, &other);
		what = "data";
	}
	if (span_equal(one, other)) {
		return true;
	}
	print_entry('!', left);
	printf(": %s differs from byte 0x%zx\n", what, first_difference(one, other));
	return false;
}

static bool compare_files(const struct side *a, const struct side *b)
{
	u32 left = 0;
	u32 right = 0;
	bool same = true;
	while (left < a->count || right < b->count) {
		int order = left == a->count    ? 1
			    : right == b->count ? -1
						: compare_places(&a->entries[left], &b->entries[right]);
		if (order == 0) {
			same = same_entry(a, &a->entries[left], b, &b->entries[right]) && same;
		} else {
			print_entry(order < 0 ? '-' : '+', order < 0 ? &a->entries[left] : &b->entries[right]);
			putchar('\n');
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
	struct side a = {.count = 0};
	struct side b = {.count = 0};
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
	return fflush(stdout) == 0 && same ? STATUS_OK : STATUS_FAILED;
}
