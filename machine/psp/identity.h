/* SPDX-License-Identifier: MIT */
/*
 * Who this PSP is: made when the machine is built (make_identity.py), with certificates that nobody has to trust. Not AMD's.
 */
#pragma once

#include <copra/psp.h>

#include "base/span.h"

struct psp_identity {
	u8 key[48]; /* VCEK, P-384, big endian */
	u8 chip_id[64];
	u64 tcb;
	struct span certificates; /* as extended guest requests hand them out: a table by GUID, then the certificates */
};

extern const struct psp_identity psp_identity;
