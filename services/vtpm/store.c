/* SPDX-License-Identifier: MIT */
#include "vtpm/store.h"

#include <libtpms/tpm_error.h>
#include <libtpms/tpm_memory.h>
#include <libtpms/tpm_nvfilename.h>
#include <stdlib.h>
#include <string.h>

/* More than libtpms 0.9 and 0.10 ever have in one blob: its NV memory of 128 KiB and what describes it. */
#define BLOB_MAX 0x40000U

struct blob {
	const char *name;
	u8 *data; /* NULL: there is none */
	u32 size;
};

static struct blob blobs[] = {
	{.name = TPM_PERMANENT_ALL_NAME},
	{.name = TPM_VOLATILESTATE_NAME},
	{.name = TPM_SAVESTATE_NAME},
};

static struct blob *blob_find(const char *name)
{
	for (size_t i = 0; i < sizeof(blobs) / sizeof(blobs[0]); i++) {
		if (strcmp(blobs[i].name, name) == 0) {
			return &blobs[i];
		}
	}
	return NULL;
}

TPM_RESULT store_init(void)
{
	return TPM_SUCCESS;
}

/* TPM_RETRY is libtpms' word for "there is none". The copy is libtpms' to free. */
TPM_RESULT store_load(unsigned char **data, uint32_t *length, uint32_t tpm_number, const char *name)
{
	const struct blob *blob = blob_find(name);
	if (blob == NULL || blob->data == NULL) {
		return TPM_RETRY;
	}
	TPM_RESULT result = TPM_Malloc(data, blob->size);
	if (result == TPM_SUCCESS) {
		memcpy(*data, blob->data, blob->size);
		*length = blob->size;
	}
	return result;
}

TPM_RESULT store_save(const unsigned char *data, uint32_t length, uint32_t tpm_number, const char *name)
{
	struct blob *blob = blob_find(name);
	if (blob == NULL || length == 0 || length > BLOB_MAX) {
		return TPM_FAIL;
	}
	u8 *copy = realloc(blob->data, length);
	if (copy == NULL) {
		return TPM_FAIL;
	}
	memcpy(copy, data, length);
	blob->data = copy;
	blob->size = length;
	return TPM_SUCCESS;
}

TPM_RESULT store_delete(uint32_t tpm_number, const char *name, TPM_BOOL must_exist)
{
	struct blob *blob = blob_find(name);
	if (blob == NULL || (blob->data == NULL && must_exist)) {
		return TPM_FAIL;
	}
	free(blob->data);
	blob->data = NULL;
	blob->size = 0;
	return TPM_SUCCESS;
}
