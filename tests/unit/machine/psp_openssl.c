/* SPDX-License-Identifier: MIT */
#include "psp_openssl.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_SIZE 24U
#define VCEK 2U

bool openssl_gcm(const u8 *key, u8 *page, bool seal)
{
	struct guest_message_header *header = (struct guest_message_header *)(void *)page;
	u8 iv[12] = {0}, *payload = page + sizeof(*header);
	int n = 0;
	memcpy(iv, &header->sequence, sizeof(header->sequence));
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, iv, seal);
	EVP_CipherUpdate(context, NULL, &n, page + GUEST_MESSAGE_AUTHENTICATED, 48);
	EVP_CipherUpdate(context, payload, &n, payload, header->size);
	if (!seal) {
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, header->tag);
	}
	bool ok = EVP_CipherFinal_ex(context, payload, &n) == 1;
	if (seal) {
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, header->tag);
	}
	EVP_CIPHER_CTX_free(context);
	return ok;
}

static X509 *certificate(u32 index)
{
	u32 place[2];
	const u8 *table = certificate_table();
	memcpy(place, table + (size_t)index * ENTRY_SIZE + 16, sizeof(place));
	const u8 *der = table + place[0];
	X509 *x509 = d2i_X509(NULL, &der, place[1]);
	if (x509 == NULL) {
		abort();
	}
	return x509;
}

const char *openssl_subject(u32 index)
{
	static char name[256];
	X509 *x509 = certificate(index);
	X509_NAME_oneline(X509_get_subject_name(x509), name, sizeof(name));
	X509_free(x509);
	return name;
}

bool openssl_certified(u32 index, u32 issuer)
{
	X509 *x509 = certificate(index), *above = certificate(issuer);
	EVP_PKEY *key = X509_get_pubkey(above);
	bool ok = X509_verify(x509, key) == 1;
	EVP_PKEY_free(key);
	X509_free(above);
	X509_free(x509);
	return ok;
}

static EVP_PKEY *vcek_key(void)
{
	X509 *vcek = certificate(VCEK);
	EVP_PKEY *key = X509_get_pubkey(vcek);
	X509_free(vcek);
	return key;
}

bool openssl_signed_by_vcek(const struct attestation_report *report)
{
	ECDSA_SIG *signature = ECDSA_SIG_new();
	ECDSA_SIG_set0(signature, BN_lebin2bn(report->signature_r, 72, NULL),
		       BN_lebin2bn(report->signature_s, 72, NULL));
	u8 *der = NULL;
	int n = i2d_ECDSA_SIG(signature, &der);
	EVP_PKEY *key = vcek_key();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, key);
	bool ok = EVP_DigestVerify(context, der, (size_t)n, (const u8 *)report, REPORT_SIGNED_SIZE) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	OPENSSL_free(der);
	ECDSA_SIG_free(signature);
	return ok;
}

void openssl_vcek_point(u8 point[97])
{
	size_t n;
	EVP_PKEY *key = vcek_key();
	if (EVP_PKEY_get_octet_string_param(key, "pub", point, 97, &n) != 1 || n != 97) {
		abort();
	}
	EVP_PKEY_free(key);
}
