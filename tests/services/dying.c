/* SPDX-License-Identifier: MIT */
/* Linked around the TPM of the services (ld's --wrap): one vendor command makes the process touch memory that it does not have. */
#include <string.h>

#include "vtpm/tpm.h"

/* What ld calls them. */
bool __real_tpm_execute(u8 locality, const u8 *command, u32 size, struct tpm_response *response);
bool __wrap_tpm_execute(u8 locality, const u8 *command, u32 size, struct tpm_response *response);

bool __wrap_tpm_execute(u8 locality, const u8 *command, u32 size, struct tpm_response *response)
{
	static const u8 deadly[] = {0x80, 0x01, 0, 0, 0, 10, 0x20, 0, 0xDE, 0xAD};
	static volatile u8 *volatile nowhere = (volatile u8 *)0x10;
	if (size == sizeof(deadly) && memcmp(command, deadly, size) == 0) {
		*nowhere = 1;
	}
	return __real_tpm_execute(locality, command, size, response);
}
