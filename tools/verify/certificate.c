/* SPDX-License-Identifier: MIT */
#include "verify/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "host/p384.h"

#define AUTHORITY_BITS 4096
#define CHIP_BITS 384

/* A pass phrase for what claims to be encrypted, or libcrypto asks the terminal. */
static char no_pass_phrase[] = "";

struct certificate {
	X509 *x509;
	EVP_PKEY *key;
	u32 users;
};

static struct certificate *certificate_of(X509 *x509)
{
	EVP_PKEY *key = x509 != NULL ? X509_get_pubkey(x509) : NULL;
	struct certificate *certificate = key != NULL ? calloc(1, sizeof(*certificate)) : NULL;
	if (certificate == NULL) {
		EVP_PKEY_free(key);
		X509_free(x509);
		return NULL;
	}
	*certificate = (struct certificate){x509, key, 1};
	return certificate;
}

struct certificate *certificate_read(const u8 *der, size_t n)
{
	const u8 *at = der;
	X509 *x509 = n <= INT32_MAX ? d2i_X509(NULL, &at, (long)n) : NULL;
	if (x509 != NULL && at != der + n) {
		X509_free(x509);
		x509 = NULL;
	}
	return certificate_of(x509);
}

/* Why libcrypto read no PEM: whether it went to the end of the text without meeting a certificate. */
static bool is_pem_end(unsigned long reason)
{
	return ERR_GET_LIB(reason) == ERR_LIB_PEM && ERR_GET_REASON(reason) == PEM_R_NO_START_LINE;
}

enum certificate_found certificate_read_pem(const u8 **text, size_t *n, struct certificate **certificate)
{
	ERR_clear_error();
	BIO *bio = *n <= INT32_MAX ? BIO_new_mem_buf(*text, (int)*n) : NULL;
	X509 *x509 = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, no_pass_phrase) : NULL;
	size_t rest = bio != NULL ? (size_t)BIO_pending(bio) : 0;
	bool end = bio != NULL && x509 == NULL && is_pem_end(ERR_peek_last_error());
	BIO_free(bio);
	*certificate = certificate_of(x509);
	if (*certificate == NULL) {
		return end ? CERTIFICATE_NONE : CERTIFICATE_BROKEN;
	}
	*text += *n - rest;
	*n = rest;
	return CERTIFICATE_FOUND;
}

struct certificate *certificate_share(struct certificate *certificate)
{
	certificate->users++;
	return certificate;
}

void certificate_free(struct certificate *certificate)
{
	if (certificate != NULL && --certificate->users == 0) {
		EVP_PKEY_free(certificate->key);
		X509_free(certificate->x509);
		free(certificate);
	}
}

enum certificate_role certificate_role(const struct certificate *certificate)
{
	bool authority = X509_check_ca(certificate->x509) == 1 &&
			 (X509_get_key_usage(certificate->x509) & KU_KEY_CERT_SIGN) != 0;
	int bits = EVP_PKEY_get_bits(certificate->key);
	if (authority && EVP_PKEY_is_a(certificate->key, "RSA") && bits == AUTHORITY_BITS) {
		return CERTIFICATE_AUTHORITY;
	}
	if (!authority && EVP_PKEY_is_a(certificate->key, "EC") && bits == CHIP_BITS) {
		return CERTIFICATE_CHIP;
	}
	return CERTIFICATE_OTHER;
}

static void name_part(const X509_NAME *name, int nid, char *room, size_t n)
{
	char text[64] = "";
	X509_NAME_get_text_by_NID((X509_NAME *)(uintptr_t)name, nid, text, sizeof(text));
	size_t used = strlen(room);
	for (const char *c = text; *c != '\0' && used + 1 < n; c++) {
		room[used++] = (*c >= ' ' && *c <= '~') ? *c : '?';
	}
	room[used] = '\0';
}

const char *certificate_name(const struct certificate *certificate, char room[CERTIFICATE_NAME_ROOM])
{
	const X509_NAME *name = X509_get_subject_name(certificate->x509);
	room[0] = '\0';
	name_part(name, NID_commonName, room, CERTIFICATE_NAME_ROOM);
	strcat(room, " of ");
	name_part(name, NID_organizationName, room, CERTIFICATE_NAME_ROOM);
	return room;
}

bool certificate_equal(const struct certificate *a, const struct certificate *b)
{
	return X509_cmp(a->x509, b->x509) == 0;
}

bool certificate_issued_by(const struct certificate *certificate, const struct certificate *issuer)
{
	int digest = NID_undef, key = NID_undef;
	if (X509_NAME_cmp(X509_get_issuer_name(certificate->x509), X509_get_subject_name(issuer->x509)) != 0 ||
	    X509_get_signature_nid(certificate->x509) != NID_rsassaPss ||
	    X509_get_signature_info(certificate->x509, &digest, &key, NULL, NULL) != 1 || digest != NID_sha384) {
		return false;
	}
	return X509_verify(certificate->x509, issuer->key) == 1;
}

int certificate_validity(const struct certificate *certificate, s64 time)
{
	time_t at = (time_t)time;
	if (X509_cmp_time(X509_get0_notBefore(certificate->x509), &at) >= 0) {
		return -1;
	}
	return X509_cmp_time(X509_get0_notAfter(certificate->x509), &at) <= 0 ? 1 : 0;
}

size_t certificate_bytes(const struct certificate *certificate, const char *oid, u8 *out, size_t room)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int index = object != NULL ? X509_get_ext_by_OBJ(certificate->x509, object, -1) : -1;
	ASN1_OBJECT_free(object);
	if (index < 0) {
		return 0;
	}
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(X509_get_ext(certificate->x509, index));
	int n = ASN1_STRING_length(value);
	if (n <= 0 || (size_t)n > room) {
		return 0;
	}
	memcpy(out, ASN1_STRING_get0_data(value), (size_t)n);
	return (size_t)n;
}

bool certificate_number(const struct certificate *certificate, const char *oid, u8 *value)
{
	u8 der[4];
	size_t n = certificate_bytes(certificate, oid, der, sizeof(der));
	/* INTEGER in one byte, or in two of which the first is zero */
	if (n == 3 && der[0] == 2 && der[1] == 1 && der[2] < 0x80) {
		*value = der[2];
		return true;
	}
	if (n == 4 && der[0] == 2 && der[1] == 2 && der[2] == 0 && der[3] >= 0x80) {
		*value = der[3];
		return true;
	}
	return false;
}

bool certificate_verify(const struct certificate *certificate, const u8 *message, size_t n,
			const u8 r[P384_NUMBER_SIZE], const u8 s[P384_NUMBER_SIZE])
{
	return p384_verify(certificate->key, message, n, r, s);
}
