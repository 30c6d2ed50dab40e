/* SPDX-License-Identifier: MIT */
#include "elf/elf.h"

#include <stdlib.h>

#include "elf/layout.h"
#include "unit/unit.h"

#define SEGMENTS 3

struct sample {
	struct elf_header header;
	struct elf_program_header segments[SEGMENTS];
	u8 text[32];
	u8 data[16];
};

static struct sample good_sample(void)
{
	return (struct sample){
		.header =
			{
				.identification = {0x7F, 'E', 'L', 'F', 2, 1, 1},
				.type = ELF_TYPE_EXECUTABLE,
				.machine = ELF_MACHINE_X86_64,
				.entry = 0x10010,
				.program_header_offset = offsetof(struct sample, segments),
				.program_header_size = sizeof(struct elf_program_header),
				.program_header_count = SEGMENTS,
			},
		.segments =
			{
				{ELF_SEGMENT_LOAD, ELF_READ | ELF_EXECUTE, offsetof(struct sample, text), 0x10000, 0,
				 32, 32, 0x1000},
				{6, 0, 0, 0, 0, 0, 0, 0}, /* not for us */
				{ELF_SEGMENT_LOAD, ELF_READ | ELF_WRITE, offsetof(struct sample, data), 0x20000, 0, 16,
				 0x3000, 0x1000},
			},
		.text = {1, 2, 3},
		.data = {9},
	};
}

/* The bytes go to the heap, where the sanitizer sees a read past their end. */
static enum err open_bytes(const void *bytes, size_t n)
{
	u8 *copy = malloc(n > 0 ? n : 1);
	struct elf_file file;
	const char *what = NULL;
	memcpy(copy, bytes, n);
	enum err error = elf_open(span_of(copy, n), &file, &what);
	assert_true((error == ERR_OK) == (what == NULL));
	free(copy);
	return error;
}

static enum err open_sample(const struct sample *s)
{
	return open_bytes(s, sizeof(*s));
}

static void reads_segments(void **state)
{
	struct sample s = good_sample();
	struct elf_file file;
	struct elf_segment segment;
	u32 index = 0;
	assert_err(elf_open(span_of(&s, sizeof(s)), &file, NULL), ERR_OK);
	assert_int_equal(file.entry, 0x10010);
	assert_true(elf_next_segment(&file, &index, &segment));
	assert_int_equal(segment.virtual_address, 0x10000);
	assert_int_equal(segment.rights, ELF_READ | ELF_EXECUTE);
	assert_int_equal(segment.data.n, 32);
	assert_ptr_equal(segment.data.p, s.text);
	assert_true(elf_next_segment(&file, &index, &segment));
	assert_int_equal(segment.memory_size, 0x3000);
	assert_int_equal(segment.data.n, 16);
	assert_false(elf_next_segment(&file, &index, &segment));
}

static void refuses_every_truncation(void **state)
{
	struct sample s = good_sample();
	assert_err(open_sample(&s), ERR_OK);
	for (size_t n = 0; n < sizeof(s); n++) {
		assert_err(open_bytes(&s, n), ERR_TRUNCATED);
	}
}

static void refuses_other_files(void **state)
{
	struct sample s = good_sample();
	s.header.identification[1] = 'e';
	assert_err(open_sample(&s), ERR_INPUT);
	s = good_sample();
	s.header.identification[4] = 1;
	assert_err(open_sample(&s), ERR_UNSUPPORTED);
	s = good_sample();
	s.header.machine = 3;
	assert_err(open_sample(&s), ERR_UNSUPPORTED);
	s = good_sample();
	s.header.type = 3;
	assert_err(open_sample(&s), ERR_UNSUPPORTED);
	s = good_sample();
	s.header.program_header_size = 55;
	assert_err(open_sample(&s), ERR_INPUT);
	s = good_sample();
	s.segments[1].type = ELF_SEGMENT_DYNAMIC;
	assert_err(open_sample(&s), ERR_UNSUPPORTED);
	s.segments[1].type = ELF_SEGMENT_INTERPRETER;
	assert_err(open_sample(&s), ERR_UNSUPPORTED);
}

static void refuses_bad_tables(void **state)
{
	struct sample s = good_sample();
	s.header.program_header_offset = UINT64_MAX - 8;
	assert_err(open_sample(&s), ERR_TRUNCATED);
	s = good_sample();
	s.header.program_header_count = UINT16_MAX;
	assert_err(open_sample(&s), ERR_TRUNCATED);
	s = good_sample();
	s.header.program_header_count = 0;
	assert_err(open_sample(&s), ERR_RANGE);
}

static void refuses_bad_segments(void **state)
{
	struct sample s = good_sample();
	s.segments[0].file_size = 33;
	assert_err(open_sample(&s), ERR_INPUT);
	s = good_sample();
	s.segments[2].offset = UINT64_MAX;
	assert_err(open_sample(&s), ERR_TRUNCATED);
	s = good_sample();
	s.segments[2].virtual_address = UINT64_MAX - 0x2000;
	assert_err(open_sample(&s), ERR_RANGE);
	s = good_sample();
	s.segments[2].virtual_address = 0x1001F;
	assert_err(open_sample(&s), ERR_INPUT);
	s = good_sample();
	s.segments[2].virtual_address = 0x1000;
	assert_err(open_sample(&s), ERR_INPUT);
}

static void wants_the_entry_in_code(void **state)
{
	struct sample s = good_sample();
	s.header.entry = 0x20000;
	assert_err(open_sample(&s), ERR_RANGE);
	s.header.entry = 0x10020;
	assert_err(open_sample(&s), ERR_RANGE);
	s.header.entry = 0x1001F;
	assert_err(open_sample(&s), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_segments),       cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(refuses_other_files),  cmocka_unit_test(refuses_bad_tables),
		cmocka_unit_test(refuses_bad_segments), cmocka_unit_test(wants_the_entry_in_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
