/* SPDX-License-Identifier: MIT */
#include "vtpm/tpm.h"

#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>
#include <string.h>

#include "vtpm/store.h"

static u8 command_locality;

static TPM_RESULT io_init(void)
{
	return TPM_SUCCESS;
}

static TPM_RESULT io_locality(TPM_MODIFIER_INDICATOR *locality, uint32_t tpm_number)
{
	*locality = command_locality;
	return TPM_SUCCESS;
}

/* There is nobody who could be present. */
static TPM_RESULT io_physical_presence(TPM_BOOL *present, uint32_t tpm_number)
{
	*present = 0;
	return TPM_SUCCESS;
}

static struct libtpms_callbacks callbacks = {
	.sizeOfStruct = sizeof(struct libtpms_callbacks),
	.tpm_nvram_init = store_init,
	.tpm_nvram_loaddata = store_load,
	.tpm_nvram_storedata = store_save,
	.tpm_nvram_deletename = store_delete,
	.tpm_io_init = io_init,
	.tpm_io_getlocality = io_locality,
	.tpm_io_getphysicalpresence = io_physical_presence,
};

tpm_trouble_t tpm_set_up(void)
{
	if (TPMLIB_ChooseTPMVersion(TPMLIB_TPM_VERSION_2) != TPM_SUCCESS) {
		return "libtpms has no TPM 2.0";
	}
	if (TPMLIB_RegisterCallbacks(&callbacks) != TPM_SUCCESS) {
		return "libtpms does not take its callbacks";
	}
	if (TPMLIB_SetBufferSize(VTPM_MESSAGE_MAX, NULL, NULL) != VTPM_MESSAGE_MAX) {
		return "libtpms does not take the size of its buffers";
	}
	return NULL;
}

tpm_trouble_t tpm_power_on(void)
{
	return TPMLIB_MainInit() == TPM_SUCCESS ? NULL : "the TPM does not start";
}

/* libtpms keeps one buffer for responses and makes it larger when it has to. It changes the command in its place. */
bool tpm_execute(u8 locality, const u8 *command, u32 size, struct tpm_response *response)
{
	static unsigned char *buffer;
	static u32 buffer_size;
	static u8 copy[VTPM_MESSAGE_MAX];
	u32 response_size = 0;
	if (size > sizeof(copy)) {
		return false;
	}
	memcpy(copy, command, size);
	command_locality = locality;
	TPM_RESULT result = TPMLIB_Process(&buffer, &response_size, &buffer_size, copy, size);
	if (result != TPM_SUCCESS || buffer == NULL || response_size < VTPM_MESSAGE_MIN ||
	    response_size > VTPM_MESSAGE_MAX) {
		return false;
	}
	*response = (struct tpm_response){.bytes = buffer, .size = response_size};
	return true;
}
