/* SPDX-License-Identifier: MIT */
/* What a host that lies does to messages between guest and PSP. docs/faults.md */
#include "machine.h"

#include "base/addr.h"
#include "fault/fault.h"
#include "fault/messages.h"

static u8 request[PAGE_SIZE], response[PAGE_SIZE];

/* One guest request whose answer would be a page of `answer`; returns what the guest sees in its first byte, 0 for busy. */
static u8 exchange(u8 ask, u8 answer)
{
	memset(request, ask, sizeof(request));
	memset(response, 0, sizeof(response));
	if (message_fault_busy(NULL)) {
		return 0;
	}
	if (message_fault_before(NULL, request)) {
		memset(response, answer, sizeof(response));
	} else {
		response[0] = 0xFF; /* the PSP was not asked */
	}
	return message_fault_after(NULL, request, response) == MESSAGE_BUSY ? 0 : response[0];
}

static void plan(const char *text)
{
	struct span bad;
	assert_err(fault_plan_set(span_of_text(text), &bad), ERR_OK);
}

static void test_none(void **state)
{
	plan("");
	assert_int_equal(exchange(1, 11), 11);
	assert_int_equal(response[PAGE_SIZE - 1], 11);
	assert_int_equal(request[0], 1);
}

static void test_busy(void **state)
{
	plan("psp-busy@2:3");
	assert_int_equal(exchange(1, 11), 11);
	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(exchange(2, 12), 0);
	}
	assert_int_equal(exchange(2, 12), 12);
}

static void test_drop_and_repeat(void **state)
{
	plan("psp-drop@2,psp-repeat@4");
	assert_int_equal(exchange(1, 11), 11);
	assert_int_equal(exchange(2, 12), 0xFF);
	assert_int_equal(exchange(3, 13), 13);
	assert_int_equal(exchange(4, 14), 13);
	assert_int_equal(exchange(5, 15), 15);
}

static void test_reorder(void **state)
{
	plan("psp-reorder@2");
	assert_int_equal(exchange(1, 11), 11);
	assert_int_equal(exchange(2, 12), 11);
	assert_int_equal(exchange(3, 13), 12);
	assert_int_equal(exchange(4, 14), 14);
}

/* The PSP is asked once; its answer waits for the very same request. */
static void test_delay(void **state)
{
	plan("psp-delay@1");
	assert_int_equal(exchange(1, 11), 0);
	assert_int_equal(exchange(1, 99), 11);
	assert_int_equal(exchange(2, 12), 12);
}

static void test_damage(void **state)
{
	plan("psp-truncate@1:100,psp-alter@2:9,psp-alter-request@3:0");
	assert_int_equal(exchange(1, 11), 11);
	assert_int_equal(response[99], 11);
	assert_int_equal(response[100], 0);
	assert_int_equal(exchange(1, 11), 11);
	assert_int_equal(response[1], 11 ^ 2);
	assert_int_equal(exchange(2, 12), 12);
	assert_int_equal(request[0], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),    cmocka_unit_test(test_busy),  cmocka_unit_test(test_drop_and_repeat),
		cmocka_unit_test(test_reorder), cmocka_unit_test(test_delay), cmocka_unit_test(test_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
