/* SPDX-License-Identifier: MIT */
/*
 * Guest requests, NAE 0x80000011, and with certificates 0x80000012 (56421, section 4.1.7). The host can write the shared pages at any
 * time, so each is copied once.
 */
#include <copra/ghcb.h>

#include "base/mem.h"
#include "cpu/instructions.h"
#include "mm/own_map.h"
#include "platform/check.h"
#include "platform/platform.h"
#include "platform/snp/ghcb.h"
#include "platform/snp/shared_page.h"

/* All shared; NULL: there are none. */
static u8 *request_page, *response_page, *certificate_pages;

err_t platform_messages_begin(void *pages)
{
	u8 *first = pages;
	for (u32 i = 0; i < PLATFORM_MESSAGE_PAGES; i++) {
		enum err error = shared_page_make(first + (u64)i * PAGE_SIZE);
		if (error != ERR_OK) {
			return error;
		}
	}
	request_page = first;
	response_page = first + PAGE_SIZE;
	certificate_pages = response_page + PAGE_SIZE;
	return ERR_OK;
}

/* Nothing that an earlier message has left may pass for this one's. */
static void pages_fill(const struct platform_message *message)
{
	bytes_zero(request_page, (u64)PLATFORM_MESSAGE_PAGES * PAGE_SIZE);
	memcpy(request_page, message->request.p, message->request.n);
}

static struct ghcb_call call_of(const struct platform_message *message)
{
	struct ghcb_call call = {
		.code = GHCB_NAE_GUEST_REQUEST,
		.info1 = own_gpa(request_page).raw,
		.info2 = own_gpa(response_page).raw,
	};
	if (message->certificates != NULL) {
		call.code = GHCB_NAE_EXTENDED_GUEST_REQUEST;
		call.rax = own_gpa(certificate_pages).raw;
		call.rbx = PLATFORM_CERTIFICATES_MAX / PAGE_SIZE;
		call.pass = GHCB_PASS_RAX | GHCB_PASS_RBX;
	}
	return call;
}

enum err platform_message_carry(struct platform_message *message)
{
	if (request_page == NULL) {
		return ERR_UNSUPPORTED;
	}
	CHECK(message->request.n <= PAGE_SIZE);
	pages_fill(message);
	struct ghcb_call call = call_of(message);
	enum err error = ghcb_exchange(&call);
	message->status = call.info2;
	memcpy(message->response, response_page, PAGE_SIZE);
	if (message->certificates != NULL) {
		memcpy(message->certificates, certificate_pages, PLATFORM_CERTIFICATES_MAX);
	}
	return error;
}
