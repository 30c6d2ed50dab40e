/* SPDX-License-Identifier: MIT */
#include "verify/event_log.h"

#include <string.h>

#define EVENT_NO_ACTION 3U
#define SHA1_SIZE 20U
#define ALGORITHMS_MAX 8U
#define SIGNATURE_SIZE 16U
#define DYNAMIC_FIRST 17U /* PCRs that start as ones */
#define DYNAMIC_LAST 22U

static const char spec_id[SIGNATURE_SIZE] = "Spec ID Event03";
static const char startup_locality[SIGNATURE_SIZE] = "StartupLocality";

struct log_format {
	u32 count;
	u16 algorithm[ALGORITHMS_MAX], size[ALGORITHMS_MAX];
};

struct log_event {
	u32 pcr, type;
	u32 hashes;       /* bit map of the format's algorithms that it has a digest of */
	const u8 *digest; /* of the bank that is asked for; NULL when it has none */
	struct span data;
};

static const char wrong_header[] = "the event log does not begin with a TPM 2.0 header";
static const char cut_off[] = "the event log is cut off";

static bool event_data(struct span *log, struct span *data)
{
	u32 size;
	return span_take_u32(log, &size) == ERR_OK && span_take(log, size, data) == ERR_OK;
}

/* The first event says which digests the others have. */
static bool format_take(struct span *log, struct log_format *format)
{
	u32 pcr, type;
	struct span digest, data, front;
	if (span_take_u32(log, &pcr) != ERR_OK || span_take_u32(log, &type) != ERR_OK || type != EVENT_NO_ACTION ||
	    span_take(log, SHA1_SIZE, &digest) != ERR_OK || !event_data(log, &data) ||
	    span_take(&data, SIGNATURE_SIZE, &front) != ERR_OK ||
	    !span_equal(front, span_of(spec_id, SIGNATURE_SIZE)) || span_take(&data, 8, &front) != ERR_OK ||
	    span_take_u32(&data, &format->count) != ERR_OK || format->count > ALGORITHMS_MAX) {
		return false;
	}
	for (u32 i = 0; i < format->count; i++) {
		if (span_take_u16(&data, &format->algorithm[i]) != ERR_OK ||
		    span_take_u16(&data, &format->size[i]) != ERR_OK) {
			return false;
		}
	}
	return true;
}

/* NULL, or what is wrong. */
static const char *digest_take(struct span *log, const struct log_format *format, u16 wanted, struct log_event *event)
{
	u16 algorithm;
	struct span digest;
	u32 i = 0;
	if (span_take_u16(log, &algorithm) != ERR_OK) {
		return cut_off;
	}
	while (i < format->count && format->algorithm[i] != algorithm) {
		i++;
	}
	if (i == format->count || span_take(log, format->size[i], &digest) != ERR_OK) {
		return cut_off;
	}
	if ((event->hashes >> i & 1U) != 0) {
		return "an event of the log has two digests of one hash";
	}
	event->hashes |= 1U << i;
	if (algorithm == wanted && digest.n == tpm_hash_size(wanted)) {
		event->digest = digest.p;
	}
	return NULL;
}

static const char *event_take(struct span *log, const struct log_format *format, u16 wanted, struct log_event *event)
{
	u32 digests;
	const char *wrong = NULL;
	*event = (struct log_event){0};
	if (span_take_u32(log, &event->pcr) != ERR_OK || span_take_u32(log, &event->type) != ERR_OK ||
	    span_take_u32(log, &digests) != ERR_OK || digests > ALGORITHMS_MAX) {
		return cut_off;
	}
	for (u32 i = 0; wrong == NULL && i < digests; i++) {
		wrong = digest_take(log, format, wanted, event);
	}
	return wrong == NULL && !event_data(log, &event->data) ? cut_off : wrong;
}

/* One that no PCR has, and so nobody has signed: it may tell where PCR 0 begins, but not of a digest. */
static const char *unmeasured_apply(const struct log_event *event, struct pcr_bank *bank)
{
	size_t n = tpm_hash_size(bank->algorithm);
	struct span front;
	if (event->digest != NULL && !span_is_zero(span_of(event->digest, n))) {
		return "an event of the log that no PCR has comes with a digest";
	}
	if (event->pcr == 0 && event->data.n == SIGNATURE_SIZE + 1 &&
	    span_slice(event->data, 0, SIGNATURE_SIZE, &front) == ERR_OK &&
	    span_equal(front, span_of(startup_locality, SIGNATURE_SIZE)) && bank->extended == 0) {
		bank->value[0][n - 1] = event->data.p[SIGNATURE_SIZE];
	}
	return NULL;
}

static const char *event_apply(const struct log_event *event, struct pcr_bank *bank)
{
	size_t n = tpm_hash_size(bank->algorithm);
	if (event->type == EVENT_NO_ACTION) {
		return unmeasured_apply(event, bank);
	}
	if (event->pcr >= PCR_COUNT) {
		return "the event log names a PCR that does not exist";
	}
	if (event->digest == NULL) {
		return "an event of the log has no digest for the quoted bank";
	}
	u8 *value = bank->value[event->pcr];
	tpm_hash(bank->algorithm, (struct tpm_bytes){value, n}, (struct tpm_bytes){event->digest, n}, value);
	bank->extended |= 1U << event->pcr;
	return NULL;
}

const char *event_log_replay(struct span log, u16 algorithm, struct pcr_bank *bank)
{
	struct log_format format = {0};
	struct log_event event;
	const char *wrong = NULL;
	*bank = (struct pcr_bank){.algorithm = algorithm};
	for (u32 pcr = DYNAMIC_FIRST; pcr <= DYNAMIC_LAST; pcr++) {
		memset(bank->value[pcr], 0xFF, tpm_hash_size(algorithm));
	}
	if (!format_take(&log, &format)) {
		return wrong_header;
	}
	while (wrong == NULL && log.n > 0) {
		wrong = event_take(&log, &format, algorithm, &event);
		wrong = wrong == NULL ? event_apply(&event, bank) : wrong;
	}
	return wrong;
}
