/* SPDX-License-Identifier: MIT */
/*
 * Making evidence: a manifest by the vTPM service, a report by the attestation service and the PSP, certificates by the host. It
 * takes several steps, one in each call; there is one piece of evidence in the making at a time.
 */
#pragma once

#include <copra/attest.h>
#include <copra/psp.h>

#include "base/err.h"
#include "base/span.h"

struct evidence_question {
	u8 nonce[ATTEST_NONCE_SIZE];
	bool all;          /* the table of all services, else the vTPM's manifest alone */
	bool certificates; /* the host's, too */
};

struct evidence {
	struct span report, manifest, certificates; /* valid until evidence_end */
};

/*
 * For boot: hands VMPCK0 to the attestation service, and wipes from the page all keys of VMPLs above the guest's. pages: as
 * platform_messages_begin; NULL where there is no such service: then there is only the wiping.
 */
void evidence_begin(struct secrets_page *secrets, u32 guest_vmpl, void *pages);

/* False where there is no attestation service, or it has no key (any more): then there is no evidence. */
bool evidence_is_there(void);

/*
 * The next step for this question; who asks the same question goes on with it, from whatever CPU.
 * ERR_OK: here it is, and it is the caller's until evidence_end.
 * ERR_INCOMPLETE, ERR_BUSY (another CPU, another question, or the host puts us off): ask again.
 * ERR_NOT_FOUND: !evidence_is_there, or no vTPM where its manifest is asked for. ERR_STATE: a service has died over it or the PSP
 *   refuses; the next question starts anew.
 */
err_t evidence_step(const struct evidence_question *question, struct evidence *evidence);
/* done: nobody needs it any more. Otherwise it is kept for EVIDENCE_KEEP_SECONDS, for who asks the same question again. */
void evidence_end(bool done);
#define EVIDENCE_KEEP_SECONDS SERVICE_KEEP_SECONDS
