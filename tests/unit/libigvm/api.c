/* SPDX-License-Identifier: MIT */
/*
 * The public C API from outside, as another program would use it: only <igvm/igvm.h>. argv[1] is a file with every header
 * type, which tests/igvm_corpus makes.
 */
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <igvm/igvm.h>

static uint8_t *whole;
static uint32_t whole_size;
static const char *whole_path;

static int load(void **state)
{
	FILE *file = fopen(whole_path, "rb");
	whole = malloc(1 << 20);
	if (file == NULL || whole == NULL) {
		return -1;
	}
	whole_size = (uint32_t)fread(whole, 1, 1 << 20, file);
	fclose(file);
	return 0;
}

static int unload(void **state)
{
	free(whole);
	return 0;
}

static IgvmHandle open_whole(void)
{
	IgvmHandle file = igvm_new_from_binary(whole, whole_size);
	assert_true(file > 0);
	return file;
}

static void refuses_nonsense(void **state)
{
	static const uint8_t nonsense[32] = {1, 2, 3};
	assert_int_equal(igvm_new_from_binary(nonsense, sizeof(nonsense)), IGVMAPI_INVALID_FIXED_HEADER);
	assert_int_equal(igvm_new_from_binary(nonsense, 0), IGVMAPI_INVALID_FIXED_HEADER);
	assert_int_equal(igvm_new_from_binary(NULL, 0), IGVMAPI_INVALID_PARAMETER);
	assert_int_equal(igvm_new_from_binary(whole, whole_size - 1), IGVMAPI_INVALID_FIXED_HEADER);
	whole[20] ^= 1;
	assert_int_equal(igvm_new_from_binary(whole, whole_size), IGVMAPI_INVALID_CHECKSUM);
	whole[20] ^= 1;
}

static void counts_and_types(void **state)
{
	IgvmHandle file = open_whole();
	uint32_t sum = 0;
	for (IgvmHeaderSection section = 0; section < 3; section++) {
		int32_t count = igvm_header_count(file, section);
		assert_true(count > 0);
		sum += (uint32_t)count;
		for (uint32_t i = 0; i < (uint32_t)count; i++) {
			int32_t type = igvm_get_header_type(file, section, i);
			assert_true(type > 0 && (type < 0x101 ? 0U : type < 0x301 ? 1U : 2U) == section);
		}
		assert_int_equal(igvm_get_header_type(file, section, (uint32_t)count), IGVMAPI_INVALID_PARAMETER);
		assert_int_equal(igvm_get_header(file, section, (uint32_t)count), IGVMAPI_INVALID_PARAMETER);
		assert_int_equal(igvm_get_header_data(file, section, UINT32_MAX), IGVMAPI_INVALID_PARAMETER);
	}
	assert_int_equal(igvm_header_count(file, 3), IGVMAPI_INVALID_PARAMETER);
	assert_int_equal(igvm_get_header_type(file, 3, 0), IGVMAPI_INVALID_PARAMETER);
	assert_int_equal(igvm_get_header(file, UINT32_MAX, 0), IGVMAPI_INVALID_PARAMETER);
	assert_int_equal(igvm_get_header_data(file, IGVM_HEADER_SECTION_PLATFORM, 0), IGVMAPI_INVALID_PARAMETER);
	assert_true(sum > 20);
	igvm_free(file);
}

static void headers_are_padded(void **state)
{
	IgvmHandle file = open_whole();
	for (uint32_t i = 0; i < (uint32_t)igvm_header_count(file, IGVM_HEADER_SECTION_DIRECTIVE); i++) {
		IgvmHandle buffer = igvm_get_header(file, IGVM_HEADER_SECTION_DIRECTIVE, i);
		assert_true(buffer > 0 && buffer != file);
		const uint8_t *bytes = igvm_get_buffer(file, buffer);
		IGVM_VHS_VARIABLE_HEADER header;
		memcpy(&header, bytes, sizeof(header));
		assert_int_equal(header.typ, igvm_get_header_type(file, IGVM_HEADER_SECTION_DIRECTIVE, i));
		assert_int_equal(igvm_get_buffer_size(file, buffer), 8 + (header.length + 7) / 8 * 8);
		for (uint32_t at = header.length; at % 8 != 0; at++) {
			assert_int_equal(bytes[8 + at], 0);
		}
		igvm_free_buffer(file, buffer);
		assert_null(igvm_get_buffer(file, buffer));
	}
	igvm_free(file);
}

/* The first directive of the type */
static uint32_t find(IgvmHandle file, IgvmHeaderSection section, int32_t type)
{
	for (uint32_t i = 0; i < (uint32_t)igvm_header_count(file, section); i++) {
		if (igvm_get_header_type(file, section, i) == type) {
			return i;
		}
	}
	fail();
	return 0;
}

static void data_by_type(void **state)
{
	static const struct {
		IgvmHeaderSection section;
		int32_t type;
		int32_t size;
	} cases[] = {
		{IGVM_HEADER_SECTION_DIRECTIVE, IGVM_VHT_PAGE_DATA, 4096},
		{IGVM_HEADER_SECTION_DIRECTIVE, IGVM_VHT_VP_CONTEXT, 4096},
		{IGVM_HEADER_SECTION_DIRECTIVE, IGVM_VHT_PARAMETER_AREA, 8192},
		{IGVM_HEADER_SECTION_INITIALIZATION, IGVM_VHT_CORIM_DOCUMENT, 13},
		{IGVM_HEADER_SECTION_INITIALIZATION, IGVM_VHT_GUEST_POLICY, IGVMAPI_NO_DATA},
		{IGVM_HEADER_SECTION_DIRECTIVE, IGVM_VHT_PARAMETER_INSERT, IGVMAPI_NO_DATA},
	};
	IgvmHandle file = open_whole();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t index = find(file, cases[i].section, cases[i].type);
		IgvmHandle buffer = igvm_get_header_data(file, cases[i].section, index);
		if (cases[i].size < 0) {
			assert_int_equal(buffer, cases[i].size);
		} else {
			assert_int_equal(igvm_get_buffer_size(file, buffer), cases[i].size);
		}
	}
	igvm_free(file); /* with their buffers */
}

static void file_offsets_are_rebased(void **state)
{
	IgvmHandle file = open_whole();
	uint32_t index = find(file, IGVM_HEADER_SECTION_DIRECTIVE, IGVM_VHT_PAGE_DATA);
	IgvmHandle buffer = igvm_get_header(file, IGVM_HEADER_SECTION_DIRECTIVE, index);
	IGVM_VHS_PAGE_DATA page;
	memcpy(&page, igvm_get_buffer(file, buffer) + sizeof(IGVM_VHS_VARIABLE_HEADER), sizeof(page));
	assert_int_equal(page.file_offset, 0);
	assert_int_not_equal(page.gpa, 0);
	igvm_free(file);
}

static void handles_that_are_none(void **state)
{
	static const IgvmHandle none[] = {0, -1, INT32_MAX, INT32_MIN};
	IgvmHandle file = open_whole();
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_int_equal(igvm_header_count(none[i], 0), IGVMAPI_INVALID_HANDLE);
		assert_int_equal(igvm_get_header_type(none[i], 0, 0), IGVMAPI_INVALID_HANDLE);
		assert_int_equal(igvm_get_header(none[i], 0, 0), IGVMAPI_INVALID_HANDLE);
		assert_int_equal(igvm_get_header_data(none[i], 2, 0), IGVMAPI_INVALID_HANDLE);
		assert_null(igvm_get_buffer(none[i], 1));
		assert_null(igvm_get_buffer(file, none[i]));
		assert_int_equal(igvm_get_buffer_size(file, none[i]), IGVMAPI_INVALID_HANDLE);
		igvm_free_buffer(none[i], 1);
		igvm_free_buffer(file, none[i]);
		igvm_free(none[i]);
	}
	igvm_free(file);
	igvm_free(file);
	assert_int_equal(igvm_header_count(file, 0), IGVMAPI_INVALID_HANDLE);
}

/* QEMU asks for data and never gives the handles back. */
static void many_buffers(void **state)
{
	enum {
		MANY = 5000
	};
	static IgvmHandle buffers[MANY];
	IgvmHandle file = open_whole();
	for (int i = 0; i < MANY; i++) {
		buffers[i] = igvm_get_header(file, IGVM_HEADER_SECTION_PLATFORM, 0);
		assert_true(buffers[i] > 0 && (i == 0 || buffers[i] > buffers[i - 1]));
	}
	for (int i = 0; i < MANY; i += 2) {
		igvm_free_buffer(file, buffers[i]);
	}
	for (int i = 0; i < MANY; i++) {
		assert_true((igvm_get_buffer(file, buffers[i]) == NULL) == (i % 2 == 0));
	}
	for (int i = 1; i < MANY - 2; i += 2) {
		igvm_free_buffer(file, buffers[i]);
	}
	assert_non_null(igvm_get_buffer(file, buffers[MANY - 1]));
	igvm_free(file);
}

int main(int count, char **words)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_nonsense),
		cmocka_unit_test(counts_and_types),
		cmocka_unit_test(headers_are_padded),
		cmocka_unit_test(data_by_type),
		cmocka_unit_test(file_offsets_are_rebased),
		cmocka_unit_test(handles_that_are_none),
		cmocka_unit_test(many_buffers),
	};
	whole_path = count > 1 ? words[1] : "";
	return cmocka_run_group_tests(tests, load, unload);
}
