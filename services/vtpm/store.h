/* SPDX-License-Identifier: MIT */
/*
 * The TPM's non-volatile state, as libtpms hands it out in blobs with names. It is kept in the process's memory: it lives as long as
 * the process.
 */
#pragma once

#include <copra/types.h>
#include <libtpms/tpm_library.h>

/* What libtpms calls; results are its own codes. */
TPM_RESULT store_init(void);
TPM_RESULT store_load(unsigned char **data, uint32_t *length, uint32_t tpm_number, const char *name);
TPM_RESULT store_save(const unsigned char *data, uint32_t length, uint32_t tpm_number, const char *name);
TPM_RESULT store_delete(uint32_t tpm_number, const char *name, TPM_BOOL must_exist);
