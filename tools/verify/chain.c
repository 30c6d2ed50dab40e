/* SPDX-License-Identifier: MIT */
#include "verify/chain.h"

#include <string.h>

#define ENTRIES_MAX 16U
#define GUID_SIZE 16U
#define TEST_MARK "not AMD" /* in the names of machine/psp/make_identity.py */

/* GHCB (56421), section 4.1.8.1; the GUIDs in the byte order in which they are written */
static const u8 ark_guid[GUID_SIZE] = {0xC0, 0xB4, 0x06, 0xA4, 0xA8, 0x03, 0x49, 0x52,
				       0x97, 0x43, 0x3F, 0xB6, 0x01, 0x4C, 0xD0, 0xAE};
static const u8 ask_guid[GUID_SIZE] = {0x4A, 0xB7, 0xB3, 0x79, 0xBB, 0xAC, 0x4F, 0xE4,
				       0xA0, 0x2F, 0x05, 0xAE, 0xF3, 0x27, 0xC7, 0x82};
static const u8 vcek_guid[GUID_SIZE] = {0x63, 0xDA, 0x75, 0x8D, 0xE6, 0x64, 0x45, 0x64,
					0xAD, 0xC5, 0xF4, 0xB9, 0x3B, 0xE8, 0xAC, 0xCD};

static const char *trust_take(struct trust *trust, struct certificate *certificate, bool test)
{
	char name[CERTIFICATE_NAME_ROOM];
	bool is_test = strstr(certificate_name(certificate, name), TEST_MARK) != NULL;
	bool root = certificate_issued_by(certificate, certificate);
	if (is_test && !test) {
		return "a certificate of a test machine: that takes --test-roots";
	}
	if (certificate_role(certificate) != CERTIFICATE_AUTHORITY) {
		return "a certificate that is no authority's (RSA of 4096 bits that may sign certificates)";
	}
	u32 *count = root ? &trust->root_count : &trust->intermediate_count;
	if (*count == TRUST_MAX) {
		return "too many certificates";
	}
	(root ? trust->roots : trust->intermediates)[(*count)++] = certificate;
	return NULL;
}

const char *trust_add(struct trust *trust, struct span pem, bool test)
{
	const u8 *text = pem.p;
	size_t n = pem.n;
	u32 roots = trust->root_count;
	struct certificate *certificate;
	enum certificate_found found;
	while ((found = certificate_read_pem(&text, &n, &certificate)) == CERTIFICATE_FOUND) {
		const char *wrong = trust_take(trust, certificate, test);
		if (wrong != NULL) {
			certificate_free(certificate);
			return wrong;
		}
	}
	if (found == CERTIFICATE_BROKEN) {
		return "a certificate in it is broken";
	}
	return trust->root_count == roots ? "no root certificate in PEM" : NULL;
}

/* Where the certificate with that GUID goes, and what is known of the last one there. Both may be NULL. */
static struct certificate **slot_of(struct chain *chain, const u8 guid[GUID_SIZE], struct chain_known **known)
{
	*known = NULL;
	if (memcmp(guid, ark_guid, GUID_SIZE) == 0) {
		*known = &chain->known_ark;
		return &chain->ark;
	}
	if (memcmp(guid, ask_guid, GUID_SIZE) == 0) {
		*known = &chain->known_ask;
		return &chain->ask;
	}
	return memcmp(guid, vcek_guid, GUID_SIZE) == 0 ? &chain->vcek : NULL;
}

/* The certificate in these bytes, read only when the last one had others. NULL when it is none. */
static struct certificate *known_read(struct chain_known *known, struct span der)
{
	if (known != NULL && known->certificate != NULL && span_equal(der, span_of(known->der, known->size))) {
		return certificate_share(known->certificate);
	}
	struct certificate *certificate = certificate_read(der.p, der.n);
	if (certificate != NULL && known != NULL && der.n <= sizeof(known->der)) {
		certificate_free(known->certificate);
		known->certificate = certificate_share(certificate);
		known->root = NULL;
		known->size = der.n;
		memcpy(known->der, der.p, der.n);
	}
	return certificate;
}

/* One entry. False at the end of the table, or with *wrong set. */
static bool entry_take(struct span table, u32 index, struct chain *chain, const char **wrong)
{
	struct {
		u8 guid[GUID_SIZE];
		u32 offset, size;
	} entry;
	struct span der;
	if (span_copy(table, (u64)index * sizeof(entry), &entry, sizeof(entry)) != ERR_OK) {
		*wrong = "the table of certificates has no end";
		return false;
	}
	if (span_is_zero(span_of(&entry, sizeof(entry)))) {
		return false;
	}
	struct chain_known *known;
	struct certificate **slot = slot_of(chain, entry.guid, &known);
	if (span_slice(table, entry.offset, entry.size, &der) != ERR_OK) {
		*wrong = "an entry of the table of certificates points beyond its end";
		return false;
	}
	if (slot == NULL) {
		return true; /* revocation lists, certificates of other hosts */
	}
	if (*slot != NULL) {
		*wrong = "the table has two certificates for one place";
		return false;
	}
	*slot = known_read(known, der);
	if (*slot == NULL) {
		*wrong = "an entry of the table is no X.509 certificate";
	}
	return *slot != NULL;
}

bool chain_open(struct span table, struct chain *chain, struct verdict *verdict)
{
	const char *wrong = NULL;
	u32 index = 0;
	chain_close(chain);
	while (index < ENTRIES_MAX && entry_take(table, index, chain, &wrong)) {
		index++;
	}
	if (wrong == NULL && index == ENTRIES_MAX) {
		wrong = "the table of certificates is too long";
	}
	if (wrong == NULL && chain->vcek == NULL) {
		wrong = "there is no certificate of the chip (VCEK)";
	}
	if (wrong != NULL) {
		chain_close(chain);
		return verdict_fails(verdict, CHECK_FORMAT, "%s", wrong);
	}
	return true;
}

void chain_close(struct chain *chain)
{
	certificate_free(chain->ark);
	certificate_free(chain->ask);
	certificate_free(chain->vcek);
	chain->ark = chain->ask = chain->vcek = NULL;
}

void chain_forget(struct chain *chain)
{
	chain_close(chain);
	certificate_free(chain->known_ark.certificate);
	certificate_free(chain->known_ask.certificate);
	*chain = (struct chain){0};
}

/* The intermediate that issued the chip's certificate, from among those that the user gave. */
static const struct certificate *intermediate_find(const struct chain *chain, const struct trust *trust)
{
	for (u32 i = 0; i < trust->intermediate_count; i++) {
		if (certificate_issued_by(chain->vcek, trust->intermediates[i])) {
			return trust->intermediates[i];
		}
	}
	return NULL;
}

static const struct certificate *root_find(const struct certificate *ask, const struct trust *trust)
{
	for (u32 i = 0; i < trust->root_count; i++) {
		if (certificate_issued_by(ask, trust->roots[i])) {
			return trust->roots[i];
		}
	}
	return NULL;
}

static bool root_known(const struct certificate *ark, const struct trust *trust)
{
	for (u32 i = 0; i < trust->root_count; i++) {
		if (certificate_equal(ark, trust->roots[i])) {
			return true;
		}
	}
	return false;
}

static bool roles_check(const struct chain *chain, const struct certificate *ask, struct verdict *verdict)
{
	char name[CERTIFICATE_NAME_ROOM];
	if (certificate_role(chain->vcek) != CERTIFICATE_CHIP) {
		return verdict_fails(verdict, CHECK_CHAIN,
				     "in the VCEK's place is no chip's certificate but that of %s",
				     certificate_name(chain->vcek, name));
	}
	if (ask == NULL) {
		return verdict_fails(verdict, CHECK_CHAIN, "the certificate between root and chip (ASK) is missing");
	}
	if (certificate_role(ask) != CERTIFICATE_AUTHORITY) {
		return verdict_fails(verdict, CHECK_CHAIN,
				     "in the ASK's place is no authority's certificate but that of %s",
				     certificate_name(ask, name));
	}
	if (!certificate_issued_by(chain->vcek, ask)) {
		return verdict_fails(verdict, CHECK_CHAIN, "the VCEK's certificate is not signed by %s",
				     certificate_name(ask, name));
	}
	return true;
}

/* The root that signed the intermediate; NULL: none that is trusted. */
static const struct certificate *root_get(struct chain *chain, const struct certificate *ask, const struct trust *trust)
{
	if (ask != chain->known_ask.certificate) {
		return root_find(ask, trust);
	}
	if (chain->known_ask.root == NULL) {
		chain->known_ask.root = root_find(ask, trust);
	}
	return chain->known_ask.root;
}

static bool root_check(struct chain *chain, const struct certificate *ask, const struct certificate **root,
		       const struct trust *trust, struct verdict *verdict)
{
	char name[CERTIFICATE_NAME_ROOM];
	*root = root_get(chain, ask, trust);
	if (chain->ark != NULL && !root_known(chain->ark, trust)) {
		return verdict_fails(verdict, CHECK_ROOT, "the root that came along, %s, is not one that you trust",
				     certificate_name(chain->ark, name));
	}
	if (*root == NULL) {
		return verdict_fails(verdict, CHECK_ROOT, "no root that you trust has signed %s",
				     certificate_name(ask, name));
	}
	verdict_holds(verdict, CHECK_ROOT, "%s, which you trust", certificate_name(*root, name));
	verdict_holds(verdict, CHECK_CHAIN, "the root signed the ASK, and that the VCEK");
	return true;
}

static void validity_check(const struct certificate *const certificates[3], s64 time, struct verdict *verdict)
{
	char name[CERTIFICATE_NAME_ROOM];
	for (u32 i = 0; i < 3; i++) {
		int validity = certificate_validity(certificates[i], time);
		if (validity != 0) {
			(void)verdict_fails(verdict, CHECK_VALIDITY, "the certificate of %s is not valid %s",
					    certificate_name(certificates[i], name), validity < 0 ? "yet" : "any more");
			return;
		}
	}
	verdict_holds(verdict, CHECK_VALIDITY, "all certificates are valid at that time");
}

void chain_check(struct chain *chain, const struct trust *trust, struct verdict *verdict)
{
	const struct certificate *root;
	const struct certificate *ask = chain->ask != NULL ? chain->ask : intermediate_find(chain, trust);
	if (!roles_check(chain, ask, verdict) || !root_check(chain, ask, &root, trust, verdict)) {
		return;
	}
	const struct certificate *const certificates[3] = {root, ask, chain->vcek};
	validity_check(certificates, trust->time, verdict);
	verdict_skips(verdict, CHECK_REVOCATION,
		      "whether a certificate was revoked: this program reads no revocation lists");
}
