/* SPDX-License-Identifier: MIT */
/*
 * What copra verify reads. First byte: 0 a table of certificates, then the whole chain; 1 a manifest; 2 an event log; 3 a
 * quote (its length in two bytes, then it, then the signature); 4 roots in PEM; 5 a chip's certificate (likewise with its
 * length), then a report; else a report.
 */
#include <stdlib.h>
#include <string.h>

#include "verify/event_log.h"
#include "verify/evidence.h"
#include "verify/manifest.h"
#include "verify/quote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void trust_close(struct trust *trust)
{
	for (u32 i = 0; i < trust->root_count; i++) {
		certificate_free(trust->roots[i]);
	}
	for (u32 i = 0; i < trust->intermediate_count; i++) {
		certificate_free(trust->intermediates[i]);
	}
}

static void fuzz_chain(struct span table)
{
	static struct verdict verdict, again;
	struct chain chain = {0};
	struct trust trust = {.time = 1700000000};
	memset(&verdict, 0, sizeof(verdict));
	if (!chain_open(table, &chain, &verdict)) {
		expect(!verdict_accepts(&verdict) && chain.vcek == NULL);
		chain_forget(&chain);
		return;
	}
	chain_check(&chain, &trust, &verdict);
	expect(!verdict_accepts(&verdict)); /* nobody is trusted */
	memset(&again, 0, sizeof(again));
	expect(chain_open(table, &chain, &again)); /* with what is known by now */
	chain_check(&chain, &trust, &again);
	expect(memcmp(&verdict, &again, sizeof(verdict)) == 0);
	chain_forget(&chain);
}

static void fuzz_manifest(struct span manifest)
{
	struct span found = {0};
	if (manifest_vtpm(manifest, &found) == NULL) {
		expect(found.p >= manifest.p && found.n <= manifest.n);
	}
}

static void fuzz_log(struct span log)
{
	static struct pcr_bank bank;
	(void)event_log_replay(log, 0x0B, &bank);
}

static void fuzz_quote(struct span input)
{
	static struct verdict verdict;
	static const char key[] = "-----BEGIN PUBLIC KEY-----\n"
				  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
				  "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
				  "-----END PUBLIC KEY-----\n";
	u16 size;
	struct quote quote = {.key = span_of(key, sizeof(key) - 1)};
	memset(&verdict, 0, sizeof(verdict));
	if (span_take_u16(&input, &size) == ERR_OK && span_take(&input, size, &quote.attest) == ERR_OK) {
		quote.signature = input;
		quote_check(&quote, span_of("", 0), &verdict);
	}
}

static void fuzz_roots(struct span pem)
{
	struct trust trust = {0};
	(void)trust_add(&trust, pem, false);
	trust_close(&trust);
}

static void fuzz_report(struct span report)
{
	static struct verdict verdict;
	struct attestation_report taken;
	memset(&verdict, 0, sizeof(verdict));
	bool ok = evidence_report(report, &taken, &verdict);
	expect(ok == verdict_accepts(&verdict));
}

/* Whatever the certificate says of chip and levels: a report that was altered is not accepted. */
static void fuzz_evidence(struct span input)
{
	static struct verdict verdict;
	static const struct demands demands;
	u16 size;
	struct span der;
	memset(&verdict, 0, sizeof(verdict));
	if (span_take_u16(&input, &size) != ERR_OK || span_take(&input, size, &der) != ERR_OK) {
		return;
	}
	struct certificate *vcek = certificate_read(der.p, der.n);
	if (vcek != NULL) {
		const struct evidence evidence = {.report = input};
		(void)certificate_role(vcek);
		(void)certificate_validity(vcek, 1700000000);
		evidence_check(&evidence, &demands, vcek, &verdict);
		expect(!verdict_accepts(&verdict)); /* there is no nonce */
	}
	certificate_free(vcek);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parts[])(struct span) = {fuzz_chain, fuzz_manifest, fuzz_log,
						     fuzz_quote, fuzz_roots,    fuzz_evidence};
	if (size == 0) {
		return 0;
	}
	struct span rest = span_of(data + 1, size - 1);
	if (data[0] < sizeof(parts) / sizeof(*parts)) {
		parts[data[0]](rest);
	} else {
		fuzz_report(rest);
	}
	return 0;
}
