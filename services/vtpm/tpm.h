/* SPDX-License-Identifier: MIT */
/* libtpms as one object: power, and one command after the other. There is one TPM in a process. */
#pragma once

#include <copra/types.h>
#include <copra/vtpm.h>

/* What is wrong in words; nobody else has them. NULL: nothing is. */
typedef const char *tpm_trouble_t;

/* Once, after random_init: chooses TPM 2.0, sets the size of its buffers, registers where its state is kept. */
tpm_trouble_t tpm_set_up(void);

/* Power on: what is stored is read; where nothing is, a TPM is manufactured. It then waits for TPM2_Startup. */
tpm_trouble_t tpm_power_on(void);

struct tpm_response {
	const u8 *bytes; /* libtpms' own, until the next command */
	u32 size;
};

/*
 * Carries out one command at that locality. False: libtpms gave no response at all. size is at most VTPM_MESSAGE_MAX; what is wrong
 * with the command is said in the response.
 */
bool tpm_execute(u8 locality, const u8 *command, u32 size, struct tpm_response *response);
