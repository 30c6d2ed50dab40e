/* SPDX-License-Identifier: MIT */
/*
 * libigvm: reads IGVM files. Binary and source compatible with the C API of the igvm crate.
 *
 * A parsed file and each buffer taken from it go by handles, which are positive. Functions that return a handle, a count
 * or a size return a negative IgvmResult when they fail. All functions may be called from several threads at once; a
 * pointer from igvm_get_buffer is good until its buffer or its file is freed.
 */
#pragma once

#include <stdint.h>

#include <igvm/igvm_defs.h>

#ifdef __cplusplus
extern "C" {
#endif

enum IGVM_TAG(IgvmResult) {
	IGVMAPI_OK = 0,
	IGVMAPI_INVALID_PARAMETER = -1,
	IGVMAPI_NO_DATA = -2,
	IGVMAPI_INVALID_FILE = -3,
	IGVMAPI_INVALID_HANDLE = -4,
	IGVMAPI_NO_PLATFORM_HEADERS = -5,
	IGVMAPI_FILE_DATA_SECTION_TOO_LARGE = -6,
	IGVMAPI_VARIABLE_HEADER_SECTION_TOO_LARGE = -7,
	IGVMAPI_TOTAL_FILE_SIZE_TOO_LARGE = -8,
	IGVMAPI_INVALID_BINARY_PLATFORM_HEADER = -9,
	IGVMAPI_INVALID_BINARY_INITIALIZATION_HEADER = -10,
	IGVMAPI_INVALID_BINARY_DIRECTIVE_HEADER = -11,
	IGVMAPI_MULTIPLE_PLATFORM_HEADERS_WITH_SAME_ISOLATION = -12,
	IGVMAPI_INVALID_PARAMETER_AREA_INDEX = -13,
	IGVMAPI_INVALID_PLATFORM_TYPE = -14,
	IGVMAPI_NO_FREE_COMPATIBILITY_MASKS = -15,
	IGVMAPI_INVALID_FIXED_HEADER = -16,
	IGVMAPI_INVALID_BINARY_VARIABLE_HEADER_SECTION = -17,
	IGVMAPI_INVALID_CHECKSUM = -18,
	IGVMAPI_MULTIPLE_PAGE_TABLE_RELOCATION_HEADERS = -19,
	IGVMAPI_RELOCATION_REGIONS_OVERLAP = -20,
	IGVMAPI_PARAMETER_INSERT_INSIDE_PAGE_TABLE_REGION = -21,
	IGVMAPI_NO_MATCHING_VP_CONTEXT = -22,
	IGVMAPI_PLATFORM_ARCH_UNSUPPORTED = -23,
	IGVMAPI_INVALID_HEADER_ARCH = -24,
	IGVMAPI_UNSUPPORTED_PAGE_SIZE = -25,
	IGVMAPI_INVALID_FIXED_HEADER_ARCH = -26,
	IGVMAPI_MERGE_REVISION = -27,
	IGVMAPI_INVALID_CCA_POLICY_COMPATIBILITY_MASK = -28,
	IGVMAPI_CORIM_GENERATION = -29,
	IGVMAPI_MEASUREMENT_FAILED = -30
};
typedef int32_t IgvmResult;

typedef int32_t IgvmHandle;

enum IGVM_TAG(IgvmHeaderSection) {
	IGVM_HEADER_SECTION_PLATFORM,
	IGVM_HEADER_SECTION_INITIALIZATION,
	IGVM_HEADER_SECTION_DIRECTIVE
};
typedef uint32_t IgvmHeaderSection;

/* Checks the file whole and takes a copy of it. A handle for igvm_free, or what is wrong; when memory runs out,
 * IGVMAPI_TOTAL_FILE_SIZE_TOO_LARGE. */
IgvmHandle igvm_new_from_binary(const uint8_t *data, uint32_t len);

/* Frees the file and all its buffers. A handle that is none has no effect. */
void igvm_free(IgvmHandle handle);

/* How many headers the section has */
int32_t igvm_header_count(IgvmHandle handle, IgvmHeaderSection section);

/* IGVM_VHT_* of a header of the section. index counts from 0. */
int32_t igvm_get_header_type(IgvmHandle handle, IgvmHeaderSection section, uint32_t index);

/*
 * A buffer with the header: IGVM_VHS_VARIABLE_HEADER, content, zeros to a multiple of 8 bytes. Its file_offset is always
 * 0, for data and for none: ask igvm_get_header_data.
 */
IgvmHandle igvm_get_header(IgvmHandle handle, IgvmHeaderSection section, uint32_t index);

/* A buffer with the data that belongs to the header; IGVMAPI_NO_DATA when it has none. */
IgvmHandle igvm_get_header_data(IgvmHandle handle, IgvmHeaderSection section, uint32_t index);

/* The bytes of a buffer; NULL when either handle is none */
const uint8_t *igvm_get_buffer(IgvmHandle igvm_handle, IgvmHandle buffer_handle);

/* How many bytes it has */
int32_t igvm_get_buffer_size(IgvmHandle igvm_handle, IgvmHandle buffer_handle);

/* Frees it; no effect when either handle is none. */
void igvm_free_buffer(IgvmHandle igvm_handle, IgvmHandle buffer_handle);

#ifdef __cplusplus
}
#endif
