/* SPDX-License-Identifier: MIT */
#include "verify/quote.h"

#include <string.h>

#include "verify/event_log.h"

#define TPM_GENERATED 0xFF544347U
#define TPM_ST_ATTEST_QUOTE 0x8018U
#define CLOCK_AND_FIRMWARE (17U + 8U)
#define BANKS_MAX 4U
#define SELECT_SIZE_MAX 3U

struct pcr_selection {
	u16 algorithm;
	u32 pcrs; /* bit map */
};

struct attest {
	struct span nonce;
	u32 banks;
	struct pcr_selection selection[BANKS_MAX];
	struct span digest;
};

static bool take_u16(struct span *s, u16 *value)
{
	struct span b;
	if (span_take(s, 2, &b) != ERR_OK) {
		return false;
	}
	*value = (u16)(b.p[0] << 8 | b.p[1]);
	return true;
}

static bool take_u32(struct span *s, u32 *value)
{
	u16 high, low;
	if (!take_u16(s, &high) || !take_u16(s, &low)) {
		return false;
	}
	*value = (u32)high << 16 | low;
	return true;
}

/* A TPM2B */
static bool take_sized(struct span *s, struct span *value)
{
	u16 size;
	return take_u16(s, &size) && span_take(s, size, value) == ERR_OK;
}

static bool selection_take(struct span *s, struct pcr_selection *selection)
{
	u8 size;
	struct span bits;
	if (!take_u16(s, &selection->algorithm) || span_take_u8(s, &size) != ERR_OK || size > SELECT_SIZE_MAX ||
	    span_take(s, size, &bits) != ERR_OK) {
		return false;
	}
	selection->pcrs = 0;
	for (u32 i = 0; i < size; i++) {
		selection->pcrs |= (u32)bits.p[i] << 8 * i;
	}
	return true;
}

static bool attest_open(struct span s, struct attest *attest)
{
	u32 magic;
	u16 type;
	struct span skipped;
	if (!take_u32(&s, &magic) || magic != TPM_GENERATED || !take_u16(&s, &type) || type != TPM_ST_ATTEST_QUOTE ||
	    !take_sized(&s, &skipped) || !take_sized(&s, &attest->nonce) ||
	    span_take(&s, CLOCK_AND_FIRMWARE, &skipped) != ERR_OK || !take_u32(&s, &attest->banks) ||
	    attest->banks > BANKS_MAX) {
		return false;
	}
	for (u32 i = 0; i < attest->banks; i++) {
		if (!selection_take(&s, &attest->selection[i])) {
			return false;
		}
	}
	return take_sized(&s, &attest->digest) && s.n == 0;
}

static bool signature_open(struct span s, struct tpm_signature *signature)
{
	struct span first, second = {0};
	*signature = (struct tpm_signature){0};
	if (!take_u16(&s, &signature->scheme) || !take_u16(&s, &signature->hash) ||
	    tpm_hash_size(signature->hash) == 0 || !take_sized(&s, &first)) {
		return false;
	}
	if (signature->scheme == TPM_ALG_ECDSA && !take_sized(&s, &second)) {
		return false;
	}
	signature->first = first.p;
	signature->first_size = first.n;
	signature->second = second.p;
	signature->second_size = second.n;
	return s.n == 0;
}

/* The selected PCRs of a bank, as the log has them, behind one another in *values. */
static const char *bank_collect(const struct pcr_selection *selection, struct span log, u8 *values, size_t *n)
{
	static _Thread_local struct pcr_bank bank;
	size_t size = tpm_hash_size(selection->algorithm);
	if (size == 0) {
		return "the quote is over PCRs of a weak hash";
	}
	const char *wrong = event_log_replay(log, selection->algorithm, &bank);
	for (u32 pcr = 0; wrong == NULL && pcr < PCR_COUNT; pcr++) {
		if ((selection->pcrs >> pcr & 1U) != 0) {
			memcpy(values + *n, bank.value[pcr], size);
			*n += size;
		}
	}
	return wrong;
}

static void pcrs_check(const struct attest *attest, u16 hash, struct span log, struct verdict *verdict)
{
	static _Thread_local u8 values[BANKS_MAX * PCR_COUNT * TPM_HASH_MAX];
	u8 digest[TPM_HASH_MAX];
	size_t n = 0;
	const char *wrong = attest->banks == 0 ? "the quote is over no PCRs" : NULL;
	for (u32 i = 0; wrong == NULL && i < attest->banks; i++) {
		wrong = bank_collect(&attest->selection[i], log, values, &n);
	}
	if (wrong == NULL && n == 0) {
		wrong = "the quote is over no PCRs";
	}
	if (wrong != NULL) {
		(void)verdict_fails(verdict, CHECK_QUOTE_PCRS, "%s", wrong);
		return;
	}
	tpm_hash(hash, (struct tpm_bytes){values, n}, (struct tpm_bytes){0}, digest);
	if (!span_equal(attest->digest, span_of(digest, tpm_hash_size(hash)))) {
		(void)verdict_fails(verdict, CHECK_QUOTE_PCRS, "the event log is not what the PCRs hold");
		return;
	}
	verdict_holds(verdict, CHECK_QUOTE_PCRS, "the event log is what the PCRs hold (first bank: 0x%06x)",
		      attest->selection[0].pcrs);
}

void quote_check(const struct quote *quote, struct span nonce, struct verdict *verdict)
{
	struct attest attest;
	struct tpm_signature signature;
	if (!attest_open(quote->attest, &attest)) {
		(void)verdict_fails(verdict, CHECK_QUOTE, "it is not a TPM's quote");
		return;
	}
	if (!signature_open(quote->signature, &signature)) {
		(void)verdict_fails(verdict, CHECK_QUOTE, "its signature is in no known form");
		return;
	}
	if (!tpm_signature_verify(&signature, quote->key.p, quote->key.n, quote->attest.p, quote->attest.n)) {
		(void)verdict_fails(verdict, CHECK_QUOTE, "the key did not sign this quote");
		return;
	}
	verdict_holds(verdict, CHECK_QUOTE, "the key signed the quote");
	verdict_skips(verdict, CHECK_QUOTE_KEY,
		      "whether the key is in the TPM that the manifest names: "
		      "that takes TPM2_ActivateCredential with its endorsement key");
	if (nonce.n == 0) {
		(void)verdict_fails(verdict, CHECK_QUOTE_NONCE, "there is no nonce, so the quote may be an old one");
	} else if (!span_equal(attest.nonce, nonce)) {
		(void)verdict_fails(verdict, CHECK_QUOTE_NONCE, "the quote is not for this nonce");
	} else {
		verdict_holds(verdict, CHECK_QUOTE_NONCE, "the quote is for this nonce");
	}
	if (quote->log.p == NULL) {
		verdict_skips(verdict, CHECK_QUOTE_PCRS, "what the PCRs hold (--event-log)");
	} else {
		pcrs_check(&attest, signature.hash, quote->log, verdict);
	}
}
