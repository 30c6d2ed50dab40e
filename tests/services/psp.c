/* SPDX-License-Identifier: MIT */
#include "psp.h"

#include <openssl/evp.h>
#include <string.h>

#define CLEAR_SIZE 48

static struct guest_message_header *header_of(u8 *page)
{
	return (struct guest_message_header *)(void *)page;
}

static bool gcm(const u8 *key, u8 *page, int seal)
{
	struct guest_message_header *header = header_of(page);
	u8 iv[12] = {0};
	u8 *payload = page + sizeof(*header);
	int n = 0;
	memcpy(iv, &header->sequence, sizeof(header->sequence));
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, iv, seal);
	EVP_CipherUpdate(context, NULL, &n, page + GUEST_MESSAGE_AUTHENTICATED, CLEAR_SIZE);
	EVP_CipherUpdate(context, payload, &n, payload, header->size);
	if (seal == 0) {
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, GUEST_MESSAGE_TAG_SIZE, header->tag);
	}
	bool ok = EVP_CipherFinal_ex(context, payload, &n) == 1;
	if (seal != 0) {
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, GUEST_MESSAGE_TAG_SIZE, header->tag);
	}
	EVP_CIPHER_CTX_free(context);
	return ok;
}

/* A request for a report of VMPL 0, sealed with its key under the next number. */
static bool request_open(const struct psp *psp, u8 *page, struct report_request *wanted)
{
	const struct guest_message_header *header = header_of(page);
	bool fits = header->sequence == psp->last + 1 && header->algorithm == GUEST_MESSAGE_ALGORITHM &&
		    header->header_version == 1 && header->header_size == sizeof(*header) && header->type == 5 &&
		    header->version == 1 && header->vmpck == 0 && header->size == sizeof(*wanted);
	if (!fits || !gcm(psp->key, page, 0)) {
		return false;
	}
	memcpy(wanted, page + sizeof(*header), sizeof(*wanted));
	return wanted->vmpl == 0 && wanted->flags == 0;
}

static struct report_response response_make(const struct psp *psp, const struct report_request *wanted)
{
	u32 size = psp->status == 0 || psp->complete ? sizeof(struct attestation_report) : 0;
	struct report_response response = {.status = psp->status, .size = size ^ psp->report_size_change};
	response.report.version = 2;
	response.report.vmpl = psp->vmpl;
	memcpy(response.report.report_data, wanted->data, sizeof(wanted->data));
	response.report.report_data[63] ^= psp->data_change;
	return response;
}

bool psp_request(struct psp *psp, const u8 message[ATTEST_MESSAGE_SIZE], u8 page[4096])
{
	struct report_request wanted;
	u8 request[4096] = {0};
	memcpy(request, message, ATTEST_MESSAGE_SIZE);
	if (!request_open(psp, request, &wanted)) {
		return false;
	}
	struct report_response response = response_make(psp, &wanted);
	psp->last += 2;
	memset(page, 0, 4096);
	*header_of(page) = (struct guest_message_header){
		.sequence = psp->last,
		.algorithm = (u8)(GUEST_MESSAGE_ALGORITHM ^ psp->algorithm_change),
		.header_version = (u8)(1 ^ psp->header_version_change),
		.header_size = (u16)(sizeof(struct guest_message_header) ^ psp->header_size_change),
		.type = (u8)(6 ^ psp->type_change),
		.version = (u8)(1 ^ psp->version_change),
		.size = psp->size != 0 ? psp->size : sizeof(response),
		.vmpck = psp->vmpck_change,
	};
	memcpy(page + sizeof(struct guest_message_header), &response, sizeof(response));
	return gcm(psp->key, page, 1);
}

void psp_sha512(const void *bytes, size_t size, u8 digest[64])
{
	EVP_Digest(bytes, size, digest, NULL, EVP_sha512(), NULL);
}
