/* SPDX-License-Identifier: MIT */
/* The guest's secrets page. SVSM (58019), chapter 4. Pure: runs on the host as well. */
#pragma once

#include <copra/boot.h>
#include <copra/psp.h>

/*
 * Makes it out of the PSP's: without the keys of VMPLs above the guest's, with the SVSM's fields. The keys of the guest's VMPL and
 * of those below stay.
 */
void secrets_publish(struct secrets_page *out, const struct secrets_page *in, const struct boot_layout *layout);
