/* SPDX-License-Identifier: MIT */
/* The public functions: handles outside, parsed files inside. */
#include <igvm/igvm.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include "libigvm/handles.h"
#include "libigvm/parsed.h"

_Static_assert(PARSED_NO_MEMORY == IGVMAPI_TOTAL_FILE_SIZE_TOO_LARGE, "both say that memory ran out");
_Static_assert(sizeof(IGVM_FIXED_HEADER) == 24 && sizeof(IGVM_FIXED_HEADER_V2) == 32, "fixed headers");
_Static_assert(sizeof(IGVM_VHS_SUPPORTED_PLATFORM) == 16 && sizeof(IGVM_VHS_GUEST_POLICY) == 16, "headers");
_Static_assert(sizeof(IGVM_VHS_RELOCATABLE_REGION) == 48 && sizeof(IGVM_VHS_PAGE_TABLE_RELOCATION) == 32, "relocation");
_Static_assert(sizeof(IGVM_VHS_CORIM_DATA) == 16 && sizeof(IGVM_VHS_CCA_POLICY) == 32, "initialization headers");
_Static_assert(sizeof(IGVM_VHS_PARAMETER_AREA) == 16 && sizeof(IGVM_VHS_PARAMETER_INSERT) == 16, "parameter areas");
_Static_assert(sizeof(IGVM_VHS_PAGE_DATA) == 24 && sizeof(IGVM_VHS_REQUIRED_MEMORY) == 24, "memory directives");
_Static_assert(sizeof(IGVM_VHS_PARAMETER) == 8 && sizeof(IGVM_VHS_ERROR_RANGE) == 16, "directives");
_Static_assert(sizeof(IGVM_VHS_SNP_ID_BLOCK) == 696 && sizeof(IGVM_VHS_VBS_MEASUREMENT) == 864, "signatures");
_Static_assert(sizeof(IGVM_VHS_MEMORY_MAP_ENTRY) == 24 && sizeof(IgvmVbsVpContextRegister) == 32, "data");

/* Who works with a file holds it: igvm_free in another thread then only takes its handle away. */
struct opened {
	struct parsed *parsed;
	pthread_mutex_t lock; /* of buffers */
	struct handle_map buffers;
	unsigned holders; /* under files_lock; the handle is one of them */
};

static pthread_mutex_t files_lock = PTHREAD_MUTEX_INITIALIZER;
static struct handle_map files;

static struct opened *hold(IgvmHandle handle)
{
	struct opened *file = NULL;
	pthread_mutex_lock(&files_lock);
	const struct handle_entry *entry = handle_find(&files, handle);
	if (entry != NULL) {
		file = (struct opened *)(uintptr_t)entry->thing;
		file->holders++;
	}
	pthread_mutex_unlock(&files_lock);
	return file;
}

static void release(struct opened *file)
{
	pthread_mutex_lock(&files_lock);
	file->holders--;
	unsigned left = file->holders;
	pthread_mutex_unlock(&files_lock);
	if (left == 0) {
		pthread_mutex_destroy(&file->lock);
		handle_free_all(&file->buffers);
		parsed_free(file->parsed);
		free(file);
	}
}

static IgvmHandle add_file(struct parsed *parsed)
{
	struct opened *file = calloc(1, sizeof(*file));
	if (file == NULL) {
		parsed_free(parsed);
		return PARSED_NO_MEMORY;
	}
	file->parsed = parsed;
	file->holders = 1;
	pthread_mutex_init(&file->lock, NULL);
	IgvmHandle handle = handle_new();
	pthread_mutex_lock(&files_lock);
	bool added = handle_put(&files, (struct handle_entry){.handle = handle, .thing = file});
	pthread_mutex_unlock(&files_lock);
	if (!added) {
		release(file);
		return PARSED_NO_MEMORY;
	}
	return handle;
}

IgvmHandle igvm_new_from_binary(const uint8_t *data, uint32_t len)
{
	struct parsed *parsed;
	if (data == NULL) {
		return IGVMAPI_INVALID_PARAMETER;
	}
	int32_t result = parsed_make(data, len, &parsed);
	return result == IGVMAPI_OK ? add_file(parsed) : result;
}

void igvm_free(IgvmHandle handle)
{
	struct opened *file = NULL;
	pthread_mutex_lock(&files_lock);
	const struct handle_entry *entry = handle_find(&files, handle);
	if (entry != NULL) {
		file = (struct opened *)(uintptr_t)entry->thing;
		handle_remove(&files, handle);
	}
	pthread_mutex_unlock(&files_lock);
	if (file != NULL) {
		release(file);
	}
}

static bool has_header(const struct opened *file, IgvmHeaderSection section, uint32_t index)
{
	return section <= IGVM_HEADER_SECTION_DIRECTIVE && index < parsed_count(file->parsed, section);
}

int32_t igvm_header_count(IgvmHandle handle, IgvmHeaderSection section)
{
	struct opened *file = hold(handle);
	if (file == NULL) {
		return IGVMAPI_INVALID_HANDLE;
	}
	int32_t count = IGVMAPI_INVALID_PARAMETER;
	if (section <= IGVM_HEADER_SECTION_DIRECTIVE) {
		count = (int32_t)parsed_count(file->parsed, section); /* a file has fewer than 2^28 */
	}
	release(file);
	return count;
}

int32_t igvm_get_header_type(IgvmHandle handle, IgvmHeaderSection section, uint32_t index)
{
	struct opened *file = hold(handle);
	if (file == NULL) {
		return IGVMAPI_INVALID_HANDLE;
	}
	int32_t type = IGVMAPI_INVALID_PARAMETER;
	if (has_header(file, section, index)) {
		type = (int32_t)parsed_type(file->parsed, section, index);
	}
	release(file);
	return type;
}

/* A handle for bytes that live as long as the file */
static IgvmHandle add_buffer(struct opened *file, struct parsed_bytes bytes)
{
	if (bytes.n > INT32_MAX) {
		return IGVMAPI_FILE_DATA_SECTION_TOO_LARGE;
	}
	IgvmHandle handle = handle_new();
	const struct handle_entry entry = {.handle = handle, .thing = bytes.p, .size = (uint32_t)bytes.n};
	pthread_mutex_lock(&file->lock);
	bool added = handle_put(&file->buffers, entry);
	pthread_mutex_unlock(&file->lock);
	return added ? handle : PARSED_NO_MEMORY;
}

IgvmHandle igvm_get_header(IgvmHandle handle, IgvmHeaderSection section, uint32_t index)
{
	struct opened *file = hold(handle);
	if (file == NULL) {
		return IGVMAPI_INVALID_HANDLE;
	}
	IgvmHandle buffer = IGVMAPI_INVALID_PARAMETER;
	if (has_header(file, section, index)) {
		buffer = add_buffer(file, parsed_header(file->parsed, section, index));
	}
	release(file);
	return buffer;
}

static IgvmHandle add_data(struct opened *file, IgvmHeaderSection section, uint32_t index)
{
	struct parsed_bytes data;
	if (section == IGVM_HEADER_SECTION_PLATFORM || !has_header(file, section, index)) {
		return IGVMAPI_INVALID_PARAMETER;
	}
	return parsed_data(file->parsed, section, index, &data) ? add_buffer(file, data) : IGVMAPI_NO_DATA;
}

IgvmHandle igvm_get_header_data(IgvmHandle handle, IgvmHeaderSection section, uint32_t index)
{
	struct opened *file = hold(handle);
	if (file == NULL) {
		return IGVMAPI_INVALID_HANDLE;
	}
	IgvmHandle buffer = add_data(file, section, index);
	release(file);
	return buffer;
}

/* False when either handle is none. */
static bool find_buffer(IgvmHandle igvm_handle, IgvmHandle buffer_handle, struct handle_entry *out)
{
	struct opened *file = hold(igvm_handle);
	if (file == NULL) {
		return false;
	}
	pthread_mutex_lock(&file->lock);
	const struct handle_entry *entry = handle_find(&file->buffers, buffer_handle);
	if (entry != NULL) {
		*out = *entry;
	}
	pthread_mutex_unlock(&file->lock);
	release(file);
	return entry != NULL;
}

const uint8_t *igvm_get_buffer(IgvmHandle igvm_handle, IgvmHandle buffer_handle)
{
	struct handle_entry entry;
	return find_buffer(igvm_handle, buffer_handle, &entry) ? entry.thing : NULL;
}

int32_t igvm_get_buffer_size(IgvmHandle igvm_handle, IgvmHandle buffer_handle)
{
	struct handle_entry entry;
	return find_buffer(igvm_handle, buffer_handle, &entry) ? (int32_t)entry.size : IGVMAPI_INVALID_HANDLE;
}

void igvm_free_buffer(IgvmHandle igvm_handle, IgvmHandle buffer_handle)
{
	struct opened *file = hold(igvm_handle);
	if (file == NULL) {
		return;
	}
	pthread_mutex_lock(&file->lock);
	handle_remove(&file->buffers, buffer_handle);
	pthread_mutex_unlock(&file->lock);
	release(file);
}
