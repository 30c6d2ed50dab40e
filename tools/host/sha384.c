/* SPDX-License-Identifier: MIT */
#include "host/sha384.h"

#include <openssl/evp.h>

/* libcrypto looks an algorithm up at every call unless it is handed a method that was fetched: 2 % of a page's hash. */
static const EVP_MD *method_of(size_t digest_size)
{
	static EVP_MD *methods[2];
	bool large = digest_size == SHA384_SIZE;
	if (methods[large] == NULL) {
		methods[large] = EVP_MD_fetch(NULL, large ? "SHA384" : "SHA256", NULL);
	}
	return methods[large];
}

static bool compute(const u8 *bytes, size_t n, u8 *digest, size_t digest_size)
{
	static EVP_MD_CTX *context;
	if (context == NULL) {
		context = EVP_MD_CTX_new();
	}
	const EVP_MD *method = method_of(digest_size);
	return context != NULL && method != NULL && EVP_DigestInit_ex2(context, method, NULL) == 1 &&
	       EVP_DigestUpdate(context, bytes, n) == 1 && EVP_DigestFinal_ex(context, digest, NULL) == 1;
}

bool sha384_compute(const u8 *bytes, size_t n, u8 digest[SHA384_SIZE])
{
	return compute(bytes, n, digest, SHA384_SIZE);
}

bool sha256_compute(const u8 *bytes, size_t n, u8 digest[SHA256_SIZE])
{
	return compute(bytes, n, digest, SHA256_SIZE);
}

struct hash_state *hash_begin(size_t digest_size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const EVP_MD *method = method_of(digest_size);
	if (context != NULL && (method == NULL || EVP_DigestInit_ex2(context, method, NULL) != 1)) {
		EVP_MD_CTX_free(context);
		return NULL;
	}
	return (struct hash_state *)context;
}

bool hash_add(struct hash_state *state, const u8 *bytes, size_t n)
{
	return EVP_DigestUpdate((EVP_MD_CTX *)state, bytes, n) == 1;
}

bool hash_end(struct hash_state *state, u8 *digest)
{
	bool done = EVP_DigestFinal_ex((EVP_MD_CTX *)state, digest, NULL) == 1;
	EVP_MD_CTX_free((EVP_MD_CTX *)state);
	return done;
}
