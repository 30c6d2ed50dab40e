/* SPDX-License-Identifier: MIT */
#include "verify/quote.h"

#include <stdio.h>
#include <string.h>

#include "verify/event_log.h"

#define TPM_GENERATED 0xFF544347U
#define TPM_ST_ATTEST_QUOTE 0x8018U
#define CLOCK_AND_FIRMWARE (17U + 8U)
#define BANKS_MAX 4U
#define SELECT_SIZE_MAX 3U
#define PCRS_TEXT 64U /* the numbers of all, and commas */
#define BANKS_TEXT (BANKS_MAX * (PCRS_TEXT + sizeof(", SHA-256 ")))

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

static bool pcr_take(const char **text, u32 *pcr)
{
	const char *at = *text;
	*pcr = 0;
	while (*at >= '0' && *at <= '9' && *pcr < PCR_COUNT) {
		*pcr = *pcr * 10 + (u32)(*at++ - '0');
	}
	bool good = at != *text && *pcr < PCR_COUNT;
	*text = at;
	return good;
}

/* A number, or two with a dash between. */
static bool pcrs_take(const char **text, u32 *pcrs)
{
	u32 first, last;
	if (!pcr_take(text, &first)) {
		return false;
	}
	last = first;
	if (**text == '-') {
		(*text)++;
		if (!pcr_take(text, &last)) {
			return false;
		}
	}
	for (u32 pcr = first; pcr <= last; pcr++) {
		*pcrs |= 1U << pcr;
	}
	return first <= last;
}

bool quote_pcrs_read(const char *list, u32 *pcrs)
{
	*pcrs = 0;
	do {
		if (!pcrs_take(&list, pcrs)) {
			return false;
		}
	} while (*list++ == ',');
	return list[-1] == '\0';
}

static const char *pcrs_text(u32 pcrs, char room[PCRS_TEXT])
{
	size_t n = 0;
	room[0] = '\0';
	for (u32 pcr = 0; pcr < PCR_COUNT; pcr++) {
		if ((pcrs >> pcr & 1U) != 0) {
			n += (size_t)snprintf(room + n, PCRS_TEXT - n, n > 0 ? ",%u" : "%u", pcr);
		}
	}
	return room;
}

/* What was quoted of each bank: of other banks' digests a quote says nothing. */
static const char *banks_text(const struct attest *attest, char room[BANKS_TEXT])
{
	char pcrs[PCRS_TEXT];
	size_t n = 0;
	room[0] = '\0';
	for (u32 i = 0; i < attest->banks; i++) {
		const struct pcr_selection *bank = &attest->selection[i];
		n += (size_t)snprintf(room + n, BANKS_TEXT - n, "%sSHA-%zu %s", i > 0 ? ", " : "",
				      tpm_hash_size(bank->algorithm) * 8, pcrs_text(bank->pcrs, pcrs));
	}
	return room;
}

/* The selected PCRs of a bank, as the log has them, behind one another in *values; *others are those that the log extends besides. */
static const char *bank_collect(const struct pcr_selection *selection, struct span log, u32 *others, u8 *values,
				size_t *n)
{
	static _Thread_local struct pcr_bank bank;
	size_t size = tpm_hash_size(selection->algorithm);
	if (size == 0) {
		return "the quote is over PCRs of a weak hash";
	}
	const char *wrong = event_log_replay(log, selection->algorithm, &bank);
	*others |= bank.extended & ~selection->pcrs;
	for (u32 pcr = 0; wrong == NULL && pcr < PCR_COUNT; pcr++) {
		if ((selection->pcrs >> pcr & 1U) != 0) {
			memcpy(values + *n, bank.value[pcr], size);
			*n += size;
		}
	}
	return wrong;
}

/* Whether each bank of the quote has the PCRs that matter. False with CHECK_QUOTE_PCRS noted. */
static bool pcrs_cover(const struct attest *attest, u32 pcrs, struct verdict *verdict)
{
	char room[PCRS_TEXT];
	for (u32 i = 0; i < attest->banks; i++) {
		u32 missing = pcrs & ~attest->selection[i].pcrs;
		if (missing != 0) {
			return verdict_fails(verdict, CHECK_QUOTE_PCRS,
					     "the quote does not cover PCR %s (--pcrs says which matter)",
					     pcrs_text(missing, room));
		}
	}
	return attest->banks > 0 || verdict_fails(verdict, CHECK_QUOTE_PCRS, "the quote is over no PCRs");
}

/* The log is believed only as far as it is quoted: what it says of other PCRs could be anything. */
static void log_check(const struct attest *attest, u16 hash, const struct quote *quote, struct verdict *verdict)
{
	static _Thread_local u8 values[BANKS_MAX * PCR_COUNT * TPM_HASH_MAX];
	u8 digest[TPM_HASH_MAX];
	char room[PCRS_TEXT], banks[BANKS_TEXT];
	u32 others = 0;
	size_t n = 0;
	const char *wrong = NULL;
	for (u32 i = 0; wrong == NULL && i < attest->banks; i++) {
		wrong = bank_collect(&attest->selection[i], quote->log, &others, values, &n);
	}
	tpm_hash(hash, (struct tpm_bytes){values, n}, (struct tpm_bytes){0}, digest);
	if (wrong == NULL && !span_equal(attest->digest, span_of(digest, tpm_hash_size(hash)))) {
		wrong = "the event log is not what the PCRs hold";
	}
	if (wrong != NULL) {
		(void)verdict_fails(verdict, CHECK_QUOTE_PCRS, "%s", wrong);
	} else if (others != 0 && quote->pcrs == 0) {
		(void)verdict_fails(
			verdict, CHECK_QUOTE_PCRS,
			"the event log has events of PCR %s, which the quote does not cover (--pcrs says which matter)",
			pcrs_text(others, room));
	} else {
		verdict_holds(verdict, CHECK_QUOTE_PCRS, "the event log is what these PCRs hold: %s",
			      banks_text(attest, banks));
	}
}

static void pcrs_check(const struct attest *attest, u16 hash, const struct quote *quote, struct verdict *verdict)
{
	bool log = quote->log.p != NULL;
	u32 wanted = log && quote->pcrs == 0 ? QUOTE_PCRS : quote->pcrs;
	if ((log || wanted != 0) && !pcrs_cover(attest, wanted, verdict)) {
		return;
	}
	if (log) {
		log_check(attest, hash, quote, verdict);
	} else {
		verdict_skips(verdict, CHECK_QUOTE_PCRS, "what the PCRs hold (--event-log)");
	}
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
	pcrs_check(&attest, signature.hash, quote, verdict);
}
