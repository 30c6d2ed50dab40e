/* SPDX-License-Identifier: MIT */
#include "igvm/input/firmware.h"

#include <stdlib.h>

#include "unit/unit.h"

/*
 * An image of one page: SEV metadata at 0x100, IGVM metadata at 0x200, the table of GUIDs in front of the last 0x20 bytes
 * (three entries: IGVM offset, SEV offset, footer).
 */
#define SEV_AT 0x100U
#define SEV_ENTRIES 5U
#define IGVM_AT 0x200U
#define IGVM_ENTRIES 3U
#define ENTRY_SIZE 22U /* u32, u16, GUID */
#define TABLE_END (PAGE_SIZE - 0x20U)
#define FOOTER_LENGTH_AT (TABLE_END - 18U)
#define SEV_ENTRY_AT (FOOTER_LENGTH_AT - ENTRY_SIZE)
#define IGVM_ENTRY_AT (SEV_ENTRY_AT - ENTRY_SIZE)

static u8 image[PAGE_SIZE];

static void set_u16(size_t at, u16 value)
{
	memcpy(image + at, &value, sizeof(value));
}

static void set_u32(size_t at, u32 value)
{
	memcpy(image + at, &value, sizeof(value));
}

static void set_entry(size_t at, u32 start, u32 size, u32 type)
{
	set_u32(at, start);
	set_u32(at + 4, size);
	set_u32(at + 8, type);
}

static size_t sev_entry(u32 index)
{
	return SEV_AT + 16 + (size_t)index * 12;
}

static size_t igvm_entry(u32 index)
{
	return IGVM_AT + 16 + (size_t)index * 12;
}

static void set_metadata(size_t at, const char *signature, u32 count)
{
	memcpy(image + at, signature, 4);
	set_u32(at + 4, 16 + count * 12);
	set_u32(at + 8, 1);
	set_u32(at + 12, count);
}

/* A GUID from its text form: the first three groups are little-endian numbers, the rest bytes. */
static void set_guid(size_t at, const char *text)
{
	static const u8 places[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
	for (size_t i = 0; i < sizeof(places); i++) {
		text += *text == '-' ? 1 : 0;
		const char digits[] = {text[0], text[1], '\0'};
		image[at + places[i]] = (u8)strtoul(digits, NULL, 16);
		text += 2;
	}
}

static void set_table(void)
{
	set_u16(FOOTER_LENGTH_AT, 18 + 2 * ENTRY_SIZE);
	set_guid(FOOTER_LENGTH_AT + 2, "96b582de-1fb2-45f7-baea-a366c55a082d");
	set_u32(SEV_ENTRY_AT, PAGE_SIZE - SEV_AT);
	set_u16(SEV_ENTRY_AT + 4, ENTRY_SIZE);
	set_guid(SEV_ENTRY_AT + 6, "dc886566-984a-4798-a75e-5585a7bf67cc");
	set_u32(IGVM_ENTRY_AT, PAGE_SIZE - IGVM_AT);
	set_u16(IGVM_ENTRY_AT + 4, ENTRY_SIZE);
	set_guid(IGVM_ENTRY_AT + 6, "784fa70e-3176-4677-8a20-04b68699e374");
}

static int make(void **state)
{
	memset(image, 0, sizeof(image));
	set_table();
	set_metadata(SEV_AT, "ASEV", SEV_ENTRIES);
	set_entry(sev_entry(0), 0x800000, 0x9000, FIRMWARE_MEMORY);
	set_entry(sev_entry(1), 0x80D000, 0x1000, FIRMWARE_SECRETS);
	set_entry(sev_entry(2), 0x80E000, 0x1000, FIRMWARE_CPUID);
	set_entry(sev_entry(3), 0x80F000, 0x1000, FIRMWARE_CALLING_AREA);
	set_entry(sev_entry(4), 0x811000, 0x2000, FIRMWARE_MEMORY);
	set_metadata(IGVM_AT, "IGVM", IGVM_ENTRIES);
	set_entry(igvm_entry(0), 0x812000, 0x1000, 0x100);
	set_entry(igvm_entry(1), 0, 0xC0, 0x101);
	set_entry(igvm_entry(2), 0xC0, 0x10, 0x102);
	return 0;
}

static enum err open_bytes(const u8 *bytes, size_t n)
{
	u8 *copy = malloc(n > 0 ? n : 1);
	struct firmware firmware;
	const char *what = NULL;
	memcpy(copy, bytes, n);
	enum err error = firmware_open(span_of(copy, n), &firmware, &what);
	assert_true((error == ERR_OK) == (what == NULL));
	free(copy);
	return error;
}

static enum err open_image(void)
{
	return open_bytes(image, sizeof(image));
}

static void reads_a_good_image(void **state)
{
	struct firmware f;
	assert_err(firmware_open(span_of(image, sizeof(image)), &f, NULL), ERR_OK);
	assert_int_equal(f.gpa, 0xFFFFF000);
	assert_int_equal(f.section_count, SEV_ENTRIES);
	assert_int_equal(f.secrets, 0x80D000);
	assert_int_equal(f.cpuid, 0x80E000);
	assert_int_equal(f.calling_area, 0x80F000);
	assert_int_equal(f.memory_map, 0x812000);
	assert_int_equal(f.memory_map_bytes, 0xC0);
	assert_int_equal(f.vp_count, 0x8120C0);
}

static void lives_without_igvm_metadata(void **state)
{
	struct firmware f;
	image[IGVM_ENTRY_AT + 6] ^= 1;
	assert_err(firmware_open(span_of(image, sizeof(image)), &f, NULL), ERR_OK);
	assert_int_equal(f.memory_map, 0);
	assert_int_equal(f.vp_count, 0);
}

static void wants_sev_metadata(void **state)
{
	image[SEV_ENTRY_AT + 6] ^= 1;
	assert_err(open_image(), ERR_NOT_FOUND);
	make(NULL);
	image[FOOTER_LENGTH_AT + 2] ^= 1;
	assert_err(open_image(), ERR_NOT_FOUND);
	make(NULL);
	set_u32(sev_entry(3) + 8, FIRMWARE_MEMORY); /* no calling area: knows of no SVSM */
	assert_err(open_image(), ERR_UNSUPPORTED);
}

static void refuses_wrong_sizes(void **state)
{
	assert_err(open_bytes(image, 0), ERR_INPUT);
	assert_err(open_bytes(image, PAGE_SIZE - 1), ERR_INPUT);
	static u8 large[FIRMWARE_MAX_SIZE + PAGE_SIZE];
	assert_err(open_bytes(large, sizeof(large)), ERR_INPUT);
}

static void refuses_bad_tables(void **state)
{
	static const u16 lengths[] = {0, 17, 18 + ENTRY_SIZE - 1, TABLE_END + 1, UINT16_MAX};
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		make(NULL);
		set_u16(FOOTER_LENGTH_AT, lengths[i]);
		assert_err(open_image(), ERR_INPUT);
	}
	static const u16 entries[] = {0, 17, 18, 21, 100, UINT16_MAX};
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		make(NULL);
		set_u16(SEV_ENTRY_AT + 4, entries[i]);
		assert_err(open_image(), ERR_INPUT);
	}
}

struct change {
	size_t at;
	u32 value;
	enum err expected;
};

static void try_changes(const struct change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		make(NULL);
		set_u32(changes[i].at, changes[i].value);
		assert_err(open_image(), changes[i].expected);
	}
}

static void refuses_bad_metadata(void **state)
{
	const struct change changes[] = {
		{SEV_ENTRY_AT, PAGE_SIZE + 1, ERR_TRUNCATED},
		{SEV_ENTRY_AT, UINT32_MAX, ERR_TRUNCATED},
		{SEV_ENTRY_AT, 15, ERR_TRUNCATED},
		{SEV_AT, 0, ERR_UNSUPPORTED},
		{SEV_AT + 8, 2, ERR_UNSUPPORTED},
		{SEV_AT + 4, 16, ERR_INPUT},
		{SEV_AT + 12, UINT32_MAX, ERR_INPUT},
		{sev_entry(0), 0x800800, ERR_INPUT},
		{sev_entry(0), 0, ERR_INPUT},
		{sev_entry(0) + 4, 0, ERR_INPUT},
		{sev_entry(0) + 4, 0xFFFFF000, ERR_RANGE},
		{sev_entry(0) + 4, 0xE000, ERR_EXISTS},
		{sev_entry(0) + 8, 0x77, ERR_UNSUPPORTED},
		{sev_entry(1) + 4, 0x2000, ERR_INPUT},
		{sev_entry(2) + 8, FIRMWARE_SECRETS, ERR_EXISTS},
		{sev_entry(4), 0x80F000, ERR_EXISTS},
		{sev_entry(4), 0xFFFFE000, ERR_RANGE},
		{IGVM_AT, 0, ERR_UNSUPPORTED},
		{igvm_entry(0) + 8, 0x101, ERR_INPUT},
		{igvm_entry(0), 0x700000, ERR_RANGE},
		{igvm_entry(1), 0xFFFFFFFF, ERR_RANGE},
		{igvm_entry(1) + 4, 0x1001, ERR_RANGE},
		{igvm_entry(2) + 4, 3, ERR_INPUT},
		{igvm_entry(0) + 4, 0xFFFFFFFF, ERR_OK},
	};
	try_changes(changes, sizeof(changes) / sizeof(changes[0]));
}

static void refuses_too_many_sections(void **state)
{
	u32 count = FIRMWARE_MAX_SECTIONS + 1;
	image[IGVM_ENTRY_AT + 6] ^= 1; /* its place is needed */
	set_metadata(SEV_AT, "ASEV", count);
	for (u32 i = SEV_ENTRIES; i < count; i++) {
		set_entry(sev_entry(i), 0x900000 + i * 0x1000, 0x1000, FIRMWARE_MEMORY);
	}
	assert_err(open_image(), ERR_UNSUPPORTED);
	set_metadata(SEV_AT, "ASEV", count - 1);
	assert_err(open_image(), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_a_good_image, make),
		cmocka_unit_test_setup(lives_without_igvm_metadata, make),
		cmocka_unit_test_setup(wants_sev_metadata, make),
		cmocka_unit_test_setup(refuses_wrong_sizes, make),
		cmocka_unit_test_setup(refuses_bad_tables, make),
		cmocka_unit_test_setup(refuses_bad_metadata, make),
		cmocka_unit_test_setup(refuses_too_many_sections, make),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
