/* SPDX-License-Identifier: MIT */
/* The heap's frames: what is handed out, what comes back, and what the host takes away. */
#include "mm/frames.h"

#include "mm/own_map.h"
#include "platform/platform.h"
#include "task/task_model.h"
#include "unit.h"

#define FRAMES 16U
#define BYTES ((u64)FRAMES * PAGE_SIZE)

static int begin(void **state)
{
	model_reset();
	memset(model_memory, 0xA5, sizeof(model_memory));
	assert_err(frames_init(gpa(MODEL_BASE + PAGE_SIZE), BYTES), ERR_OK);
	return 0;
}

static u8 *take(u32 pages)
{
	void *frames = NULL;
	assert_err(frames_take(pages, &frames), ERR_OK);
	return frames;
}

static bool is_zero(const u8 *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != 0) {
			return false;
		}
	}
	return true;
}

static void hands_out_zeroed_pages(void **state)
{
	u8 *one = take(1);
	u8 *three = take(3);
	assert_ptr_equal(one, model_memory[1]);
	assert_true(is_zero(one, PAGE_SIZE) && is_zero(three, 3 * PAGE_SIZE));
	assert_int_equal(frames_free_bytes(), BYTES - 4 * PAGE_SIZE);
	memset(three, 1, 3 * PAGE_SIZE);
	frames_return(three, 3);
	assert_ptr_equal(take(2), three);
	assert_true(is_zero(three, 2 * PAGE_SIZE));
}

static void has_an_end(void **state)
{
	void *none = &none;
	u8 *most = take(FRAMES - 1);
	assert_err(frames_take(2, &none), ERR_NO_MEMORY);
	assert_ptr_equal(none, &none);
	u8 *last = take(1);
	assert_err(frames_take(1, &none), ERR_NO_MEMORY);
	frames_return(most, 1);
	frames_return(last, 1);
	assert_err(frames_take(2, &none), ERR_NO_MEMORY); /* not in a row */
	assert_ptr_equal(take(1), most);
}

/* Hosts refuse VMSAs there. */
static void keeps_the_borders_of_large_pages(void **state)
{
	model_reset();
	assert_err(frames_init(gpa(MODEL_BASE + LARGE_PAGE_SIZE - PAGE_SIZE), 3 * PAGE_SIZE), ERR_OK);
	assert_int_equal(frames_free_bytes(), 2 * PAGE_SIZE);
	assert_ptr_equal(take(1), model_memory[LARGE_PAGE_SIZE / PAGE_SIZE - 1]);
	assert_ptr_equal(take(1), model_memory[LARGE_PAGE_SIZE / PAGE_SIZE + 1]);
}

/* What is there in their place must never be validated, so they are gone for good; their neighbours are not. */
static void never_hands_out_what_was_lost(void **state)
{
	void *none = NULL;
	u8 *all = take(FRAMES);
	model.lost = all + 5 * PAGE_SIZE;
	frames_return(all, FRAMES);
	assert_int_equal(frames_free_bytes(), BYTES - PAGE_SIZE);
	model.lost = NULL;
	assert_ptr_equal(take(10), all + 6 * PAGE_SIZE);
	assert_ptr_equal(take(5), all);
	assert_err(frames_take(1, &none), ERR_NO_MEMORY);
}

/* A page that is validated already is one that the host has put there a second time. */
static void refuses_a_lying_host(void **state)
{
	model.page_state_error = ERR_HOST;
	assert_err(frames_init(gpa(MODEL_BASE), BYTES), ERR_HOST);
	model.page_state_error = ERR_OK;
	model.validate_bad = model_memory[3];
	model.validate_unchanged = true;
	assert_err(frames_init(gpa(MODEL_BASE), BYTES), ERR_HARDWARE);
	model.validate_unchanged = false;
	model.validate_code = RMP_FAIL_SIZE_MISMATCH;
	assert_err(frames_init(gpa(MODEL_BASE), BYTES), ERR_HARDWARE);
	assert_err(frames_init(gpa(MODEL_BASE), 0), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(hands_out_zeroed_pages, begin),
		cmocka_unit_test_setup(has_an_end, begin),
		cmocka_unit_test_setup(keeps_the_borders_of_large_pages, begin),
		cmocka_unit_test_setup(never_hands_out_what_was_lost, begin),
		cmocka_unit_test_setup(refuses_a_lying_host, begin),
	};
	return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
