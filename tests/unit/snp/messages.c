/* SPDX-License-Identifier: MIT */
/* Guest requests: what the host is given, what it may answer, and what of that comes back. */
#include <stdarg.h>
#include <string.h>

#include "snp/host_model.h"

#include <cmocka.h>
#include <copra/sev.h>

#include "cpu/per_cpu.h"
#include "mm/own_map.h"
#include "platform/snp/ghcb.h"
#include "platform/snp/host.h"
#include "snp/messages.h"

#define GHCB_PAGE (MODEL_BASE + 0x10000)
#define DOORBELL_PAGE (MODEL_BASE + 0x11000)
#define MESSAGE_PAGES (MODEL_BASE + 0x20000)
#define VALID_RAX (1ULL << (0x1F8 / 8))
#define VALID_RBX (1ULL << (0x318 / 8 - 64))

static u8 request[192], response[PAGE_SIZE], certificates[PLATFORM_CERTIFICATES_MAX];
static u64 host_result, host_status;
static u64 seen_code, seen_rax, seen_rbx;
static u32 seen_rest; /* bytes that are not zero behind the request, and in the pages for answers */

static u32 not_zero(u64 address, u64 size)
{
	const u8 *bytes = own_address(gpa(address));
	u32 n = 0;
	for (u64 i = 0; i < size; i++) {
		n += bytes[i] != 0 ? 1 : 0;
	}
	return n;
}

static bool take_request(struct ghcb *ghcb)
{
	bool extended = ghcb->sw_exitcode == GHCB_NAE_EXTENDED_GUEST_REQUEST;
	if (!extended && ghcb->sw_exitcode != GHCB_NAE_GUEST_REQUEST) {
		return false;
	}
	seen_code = ghcb->sw_exitcode;
	seen_rax = (ghcb->valid_bitmap[0] & VALID_RAX) != 0 ? ghcb->rax : 0;
	seen_rbx = (ghcb->valid_bitmap[1] & VALID_RBX) != 0 ? ghcb->rbx : 0;
	assert_int_equal(ghcb->sw_exitinfo1, MESSAGE_PAGES);
	assert_int_equal(ghcb->sw_exitinfo2, MESSAGE_PAGES + PAGE_SIZE);
	assert_memory_equal(own_address(gpa(MESSAGE_PAGES)), request, sizeof(request));
	seen_rest = not_zero(MESSAGE_PAGES + sizeof(request), PLATFORM_MESSAGE_PAGES * PAGE_SIZE - sizeof(request));
	memset(own_address(gpa(MESSAGE_PAGES + PAGE_SIZE)), 0x52, PAGE_SIZE);
	memset(own_address(gpa(MESSAGE_PAGES + 2 * PAGE_SIZE)), extended ? 0x43 : 0, PLATFORM_CERTIFICATES_MAX);
	model_answer(ghcb, host_result, host_status);
	return true;
}

static int reset(void **state)
{
	const struct host_pages pages = {own_address(gpa(GHCB_PAGE)), own_address(gpa(DOORBELL_PAGE))};
	model_reset();
	host_meet(cpu_current(), model_layout(), pages);
	model.event = take_request;
	host_result = host_status = 0;
	memset(request, 0x4D, sizeof(request));
	memset(response, 0, sizeof(response));
	memset(certificates, 0, sizeof(certificates));
	return 0;
}

static err_t carry(bool extended, u64 *status)
{
	struct platform_message message = {
		.request = span_of(request, sizeof(request)),
		.response = response,
		.certificates = extended ? certificates : NULL,
	};
	enum err error = platform_message_carry(&message);
	*status = message.status;
	return error;
}

static void begin(void)
{
	assert_int_equal(platform_messages_begin(own_address(gpa(MESSAGE_PAGES))), ERR_OK);
}

/* First of all tests: later ones leave pages behind. */
static void without_pages_there_are_no_messages(void **state)
{
	u64 status;
	assert_int_equal(carry(true, &status), ERR_UNSUPPORTED);
	model.pvalidate_code = RMP_FAIL_INPUT;
	assert_int_equal(platform_messages_begin(own_address(gpa(MESSAGE_PAGES))), ERR_HARDWARE);
	assert_int_equal(carry(true, &status), ERR_UNSUPPORTED);
}

static void pages_become_shared(void **state)
{
	u64 before = model.pages_changed;
	begin();
	assert_int_equal(model.pages_changed - before, PLATFORM_MESSAGE_PAGES);
	assert_int_equal(model.last_operation, PSC_OP_SHARED);
}

static void request_goes_and_response_comes(void **state)
{
	u64 status = 1;
	begin();
	assert_int_equal(carry(false, &status), ERR_OK);
	assert_int_equal(status, 0);
	assert_int_equal(seen_code, GHCB_NAE_GUEST_REQUEST);
	assert_int_equal(seen_rest, 0);
	assert_int_equal(response[0], 0x52);
	assert_int_equal(response[PAGE_SIZE - 1], 0x52);
	assert_int_equal(certificates[0], 0);
}

static void certificates_come_with_it(void **state)
{
	u64 status;
	begin();
	for (u32 i = 0; i < 2; i++) { /* the second time nothing of the first one is left */
		assert_int_equal(carry(true, &status), ERR_OK);
		assert_int_equal(seen_code, GHCB_NAE_EXTENDED_GUEST_REQUEST);
		assert_int_equal(seen_rax, MESSAGE_PAGES + 2 * PAGE_SIZE);
		assert_int_equal(seen_rbx, PLATFORM_CERTIFICATES_MAX / PAGE_SIZE);
		assert_int_equal(seen_rest, 0);
		assert_int_equal(certificates[0], 0x43);
		assert_int_equal(certificates[PLATFORM_CERTIFICATES_MAX - 1], 0x43);
	}
}

static void what_the_host_says_is_passed_on(void **state)
{
	static const u64 statuses[] = {1ULL << 32, 2ULL << 32, 0x16, UINT64_MAX};
	u64 status;
	begin();
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		host_status = statuses[i];
		assert_int_equal(carry(true, &status), ERR_OK);
		assert_int_equal(status, statuses[i]);
	}
}

static void host_that_fails_the_event(void **state)
{
	static const u64 results[] = {GHCB_RESULT_EXCEPTION, GHCB_RESULT_MALFORMED, UINT32_MAX};
	u64 status;
	begin();
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		host_result = results[i];
		assert_int_equal(carry(true, &status), ERR_HOST);
	}
}

int test_messages(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_pages_there_are_no_messages, reset),
		cmocka_unit_test_setup(pages_become_shared, reset),
		cmocka_unit_test_setup(request_goes_and_response_comes, reset),
		cmocka_unit_test_setup(certificates_come_with_it, reset),
		cmocka_unit_test_setup(what_the_host_says_is_passed_on, reset),
		cmocka_unit_test_setup(host_that_fails_the_event, reset),
	};
	return cmocka_run_group_tests_name("guest messages", tests, NULL, NULL);
}
