/* SPDX-License-Identifier: MIT */
/* What the PSP keeps of the guest that it launched: SEV-SNP Firmware ABI (56860), guest context. */
#pragma once

#include <copra/psp.h>

#define VMPCK_COUNT 4U

struct psp_guest {
	u64 policy;
	u8 measurement[LAUNCH_DIGEST_SIZE];
	u32 guest_svn;
	u8 family_id[16];
	u8 image_id[16];
	u8 id_key_digest[LAUNCH_DIGEST_SIZE];
	u8 author_key_digest[LAUNCH_DIGEST_SIZE];
	bool author_key;
	u8 report_id[32];
	u32 report_version; /* 2 or 3 */
	u64 tcb;            /* at launch; nothing is ever committed or updated after */
	u8 vmpck[VMPCK_COUNT][GUEST_MESSAGE_KEY_SIZE];
	u64 messages[VMPCK_COUNT]; /* sequence number of the last one, of either side */
};
