/* SPDX-License-Identifier: MIT */
/* Executables: what is mapped where, what is refused, and what the program finds on its stack. */
#include "task/loader.h"

#include "elf/layout.h"
#include "task/initial_stack.h"
#include "task/linux_abi.h"
#include "task/task_file.h"
#include "task/task_groups.h"
#include "task/task_model.h"

static struct space space;

static int begin(void **state)
{
	model_reset();
	assert_err(space_make(&space, 200), ERR_OK);
	return 0;
}

static int end(void **state)
{
	space_end(&space);
	return model.frames_used == TASK_FILE_PAGES ? 0 : -1;
}

static void loads(void **state)
{
	struct loaded loaded;
	char bytes[4];
	assert_err(loader_load(&space, task_file(TASK_FILE_GOOD), &loaded), ERR_OK);
	assert_int_equal(loaded.entry, TASK_FILE_ENTRY);
	assert_int_equal(loaded.headers, TASK_FILE_BASE + sizeof(struct elf_header));
	assert_int_equal(loaded.header_count, 2);
	assert_int_equal(loaded.end, TASK_FILE_BASE + 4 * PAGE_SIZE);
	assert_err(space_read(&space, TASK_FILE_ENTRY, bytes, 4), ERR_OK);
	assert_memory_equal(bytes, "code", 4);
	assert_err(space_write(&space, TASK_FILE_ENTRY, bytes, 4), ERR_RANGE);
	assert_err(space_read(&space, TASK_FILE_DATA, bytes, 4), ERR_OK);
	assert_memory_equal(bytes, "data", 4);
	assert_err(space_write(&space, TASK_FILE_DATA + PAGE_SIZE, bytes, 4), ERR_OK);
}

/* Two processes of one executable share its code and not its data. */
static void shares_code(void **state)
{
	struct space other;
	struct loaded loaded;
	struct span file = task_file(TASK_FILE_GOOD);
	char bytes[4];
	assert_err(space_make(&other, 200), ERR_OK);
	assert_err(loader_load(&space, file, &loaded), ERR_OK);
	u32 before = model.frames_used;
	assert_err(loader_load(&other, file, &loaded), ERR_OK);
	assert_int_equal(model.frames_used - before, other.frames - 1);
	assert_err(space_write(&other, TASK_FILE_DATA, "DATA", 4), ERR_OK);
	assert_err(space_read(&space, TASK_FILE_DATA, bytes, 4), ERR_OK);
	assert_memory_equal(bytes, "data", 4);
	space_end(&other);
}

static void refuses(void **state)
{
	static const struct {
		enum task_file_flaw flaw;
		enum err error;
	} cases[] = {
		{TASK_FILE_NOT_ELF, ERR_INPUT},       {TASK_FILE_WRITABLE_CODE, ERR_INPUT},
		{TASK_FILE_TOO_HIGH, ERR_RANGE},      {TASK_FILE_LOW, ERR_RANGE},
		{TASK_FILE_SHIFTED, ERR_UNSUPPORTED}, {TASK_FILE_ZEROS_IN_CODE, ERR_UNSUPPORTED},
		{TASK_FILE_TOO_LARGE, ERR_RANGE},     {TASK_FILE_SHARED_PAGE, ERR_EXISTS},
	};
	struct loaded loaded;
	struct span file = task_file(cases[0].flaw);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		task_file_spoil((u8 *)file.p, cases[i].flaw);
		space_end(&space);
		assert_err(space_make(&space, 200), ERR_OK);
		assert_err(loader_load(&space, file, &loaded), cases[i].error);
	}
}

static u64 word_at(u64 address)
{
	u64 word = 0;
	assert_err(space_read(&space, address, &word, sizeof(word)), ERR_OK);
	return word;
}

static void assert_text(u64 address, const char *text)
{
	char found[16];
	size_t n = strlen(text) + 1;
	assert_err(space_read(&space, address, found, n), ERR_OK);
	assert_string_equal(found, text);
}

/* The value of an entry of the auxiliary vector that begins at `at`. */
static u64 auxiliary(u64 at, u64 type)
{
	while (word_at(at) != type) {
		assert_int_not_equal(word_at(at), LINUX_AT_NULL);
		at += 16;
	}
	return word_at(at + 8);
}

static void builds_stack(void **state)
{
	struct loaded loaded;
	struct initial_stack stack = {.loaded = &loaded, .name = "vtpm", .random = {1, 2, 3}, .capabilities = 0x55};
	u64 at = 0;
	u8 random[3];
	assert_err(loader_load(&space, task_file(TASK_FILE_GOOD), &loaded), ERR_OK);
	assert_err(initial_stack_build(&space, &stack, &at), ERR_OK);
	assert_int_equal(at % 16, 0);
	assert_int_equal(word_at(at), 2);
	assert_text(word_at(at + 8), "service");
	assert_text(word_at(at + 16), "vtpm");
	assert_int_equal(word_at(at + 24), 0);
	assert_int_equal(word_at(at + 32), 0);
	at += 40;
	assert_int_equal(auxiliary(at, LINUX_AT_PHDR), loaded.headers);
	assert_int_equal(auxiliary(at, LINUX_AT_PHNUM), 2);
	assert_int_equal(auxiliary(at, LINUX_AT_PHENT), 56);
	assert_int_equal(auxiliary(at, LINUX_AT_PAGESZ), PAGE_SIZE);
	assert_int_equal(auxiliary(at, LINUX_AT_ENTRY), TASK_FILE_ENTRY);
	assert_int_equal(auxiliary(at, LINUX_AT_SECURE), 1);
	assert_int_equal(auxiliary(at, LINUX_AT_HWCAP), 0x55);
	assert_err(space_read(&space, auxiliary(at, LINUX_AT_RANDOM), random, sizeof(random)), ERR_OK);
	assert_memory_equal(random, stack.random, sizeof(random));
}

static void says_that_it_is_the_second(void **state)
{
	struct loaded loaded;
	struct initial_stack stack = {.loaded = &loaded, .name = "a-name-that-is-too-long", .again = true};
	u64 at = 0;
	assert_err(loader_load(&space, task_file(TASK_FILE_GOOD), &loaded), ERR_OK);
	assert_err(initial_stack_build(&space, &stack, &at), ERR_OK);
	assert_int_equal(word_at(at), 3);
	assert_text(word_at(at + 16), "a-name-that-is-");
	assert_text(word_at(at + 24), "again");
	assert_int_equal(word_at(at + 32), 0);
	assert_int_equal(word_at(at + 40), 0);
	assert_int_equal(word_at(at + 48), LINUX_AT_PHDR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int test_loader(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loads), TEST(shares_code), TEST(refuses), TEST(builds_stack), TEST(says_that_it_is_the_second),
	};
	return cmocka_run_group_tests_name("loader", tests, NULL, NULL);
}
