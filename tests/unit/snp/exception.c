/* SPDX-License-Identifier: MIT */
/* Exceptions of the kernel: which are fixed up, and which end it. */
#include "snp/exception.h"

#include <stdarg.h>
#include <string.h>

#include "snp/host_model.h"

#include <cmocka.h>
#include <copra/sev.h>

#include "cpu/trap.h"
#include "mm/own_map.h"
#include "platform/exception.h"
#include "platform/snp/window_access.h"

#define GUEST_PAGE 0x1000000ULL
#define OWN_PAGE (MODEL_BASE + 0x20000)
#define PRESENT 3ULL
#define LARGE 0x80ULL
#define VCPUS 2U

extern const u8 window_read_word[], window_read_byte[], window_write_word[], window_write_byte[], window_clear_words[],
	window_and_word[], window_or_word[], window_validate_page[], window_permit_page[], window_access_lost[];

static int reset(void **state)
{
	model_reset();
	model_layout()->max_vcpus = VCPUS;
	return 0;
}

static bool fixed(const u8 *rip, u64 rax, u64 rdi, u64 error_code)
{
	struct trap_frame frame = {
		.vector = VECTOR_VC, .error_code = error_code, .rip = (u64)rip, .rax = rax, .rdi = rdi};
	bool handled = platform_exception(&frame);
	assert_int_equal(frame.rip, handled ? (u64)window_access_lost : (u64)rip);
	return handled;
}

static bool lost(const u8 *rip, u64 address)
{
	return fixed(rip, address, 0, SVM_EXIT_PAGE_NOT_VALIDATED);
}

static void accesses_to_pages_taken_away_return(void **state)
{
	const u8 *const accesses[] = {window_read_word, window_read_byte,     window_write_word, window_write_byte,
				      window_and_word,  window_validate_page, window_or_word,    window_permit_page};
	u64 window = (u64)own_map_window(3) + 0x18;
	*own_map_window_entry(3) = GUEST_PAGE | MODEL_CBIT | PRESENT;
	for (size_t i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
		assert_true(lost(accesses[i], window));
		assert_true(fixed(accesses[i], window, 0, SVM_EXIT_NPF));
	}
	assert_true(fixed(window_clear_words, 0, window, SVM_EXIT_PAGE_NOT_VALIDATED));
	assert_false(fixed(window_clear_words, window, 0, SVM_EXIT_PAGE_NOT_VALIDATED));
	*own_map_window_large_entry(VCPUS - 1) = GUEST_PAGE | MODEL_CBIT | PRESENT | LARGE;
	assert_true(lost(window_permit_page, (u64)own_map_window_large(VCPUS - 1) + 0x1FFFF8));
}

/* What is lent to ring 3 is only copied and cleared. */
static void copies_of_lent_memory_return(void **state)
{
	u64 own = (u64)own_address(gpa(OWN_PAGE));
	assert_true(lost(window_read_word, own));
	assert_true(lost(window_read_byte, own));
	assert_true(lost(window_write_word, own));
	assert_true(lost(window_write_byte, own));
	assert_true(fixed(window_clear_words, 0, own, SVM_EXIT_PAGE_NOT_VALIDATED));
	assert_false(lost(window_and_word, own));
	assert_false(lost(window_or_word, own));
	assert_false(lost(window_validate_page, own));
	assert_false(lost(window_permit_page, own));
}

static void faults_on_own_memory_are_not_fixed(void **state)
{
	u64 window = (u64)own_map_window(3);
	assert_false(lost(window_read_word, window)); /* closed */
	*own_map_window_entry(3) = OWN_PAGE | MODEL_CBIT | PRESENT;
	assert_false(lost(window_read_word, window));
	*own_map_window_entry(3) = GUEST_PAGE | MODEL_CBIT | PRESENT;
	assert_false(lost(window_read_word + 1, window));
	assert_false(lost(window_access_lost, window));
	assert_false(fixed(window_read_word, window, 0, SVM_EXIT_MSR));
	/* The page-state table of a large guest lies above the CPUs' windows. */
	(void)own_map_large(VCPUS, gpa(GUEST_PAGE), 1);
	assert_false(lost(window_read_word, (u64)own_map_window_large(VCPUS)));
	assert_false(lost(window_read_word, (u64)own_map_window_large(0)));
	assert_false(lost(window_read_word, BOOT_WINDOW_BASE + (64ULL << 20)));
	assert_false(lost(window_read_word, BOOT_WINDOW_BASE - 8));
}

static void accesses_do_what_they_say(void **state)
{
	u8 from[37];
	u8 to[37 + 1] = {0};
	u64 words[4] = {UINT64_MAX, UINT64_MAX, 0xF0F0, UINT64_MAX};
	for (size_t i = 0; i < sizeof(from); i++) {
		from[i] = (u8)(i * 5 + 1);
	}
	for (size_t n = 0; n <= sizeof(from); n++) {
		memset(to, 0, sizeof(to));
		assert_int_equal(window_read(to, from, n), 0);
		assert_memory_equal(to, from, n);
		assert_int_equal(to[n], 0);
		memset(to, 0, sizeof(to));
		assert_int_equal(window_write(to, from, n), 0);
		assert_memory_equal(to, from, n);
		assert_int_equal(to[n], 0);
	}
	assert_int_equal(window_clear(words, 16), 0);
	assert_int_equal(window_and(&words[2], 0xFF00), 0);
	assert_int_equal(window_or(&words[2], 0x000F), 0);
	assert_int_equal(words[0] | words[1], 0);
	assert_int_equal(words[2], 0xF00F);
	assert_int_equal(words[3], UINT64_MAX);
}

/* The handler's own stack: the frame of the first #HV is gone. */
static void signal_within_a_signal_ends(void **state)
{
	static u8 stack[2 * PAGE_SIZE] aligned_to(PAGE_SIZE);
	struct trap_frame *frame = (struct trap_frame *)(stack + PAGE_SIZE - sizeof(*frame));
	*frame = (struct trap_frame){.vector = VECTOR_HV, .rip = 1, .rsp = (u64)stack + PAGE_SIZE};
	assert_true(platform_exception(frame));
	assert_int_equal(frame->rip, 1);
	frame->rsp = (u64)stack - 8;
	assert_true(platform_exception(frame));
	frame->rsp = (u64)frame + sizeof(*frame) - 40;
	assert_false(platform_exception(frame));
	frame->rsp = (u64)frame - 256;
	assert_false(platform_exception(frame));
	assert_int_equal(platform_exception_reason(frame), TERMINATE_UNEXPECTED_TRAP);
}

static enum user_exception in_ring_3(u64 vector, u64 error_code)
{
	const struct trap_frame frame = {.vector = vector, .error_code = error_code};
	return platform_user_exception(&frame);
}

static void ring_3_answers_for_itself(void **state)
{
	assert_int_equal(in_ring_3(VECTOR_HV, 0), USER_EXCEPTION_NONE);
	assert_int_equal(in_ring_3(VECTOR_VC, SVM_EXIT_CPUID), USER_EXCEPTION_CPUID);
	assert_int_equal(in_ring_3(VECTOR_VC, SVM_EXIT_VMMCALL), USER_EXCEPTION_FAULT);
	assert_int_equal(in_ring_3(VECTOR_VC, SVM_EXIT_RDTSC), USER_EXCEPTION_FAULT);
	assert_int_equal(in_ring_3(VECTOR_VC, SVM_EXIT_PAGE_NOT_VALIDATED), USER_EXCEPTION_FAULT);
	assert_int_equal(in_ring_3(VECTOR_VC, SVM_EXIT_NPF), USER_EXCEPTION_FAULT);
	assert_int_equal(in_ring_3(TRAP_PAGE_FAULT, 4), USER_EXCEPTION_FAULT);
	assert_int_equal(in_ring_3(TRAP_DEBUG, 0), USER_EXCEPTION_FAULT);
}

static void what_ring_3_cannot_help_ends_the_svsm(void **state)
{
	u64 unexpected = model_termination(TERMINATE_UNEXPECTED_TRAP);
	assert_int_equal(MODEL_ENDS((void)in_ring_3(TRAP_NMI, 0)), unexpected);
	assert_int_equal(MODEL_ENDS((void)in_ring_3(TRAP_DOUBLE_FAULT, 0)), unexpected);
	assert_int_equal(MODEL_ENDS((void)in_ring_3(TRAP_MACHINE_CHECK, 0)), unexpected);
}

int test_exception(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(accesses_to_pages_taken_away_return, reset),
		cmocka_unit_test_setup(copies_of_lent_memory_return, reset),
		cmocka_unit_test_setup(faults_on_own_memory_are_not_fixed, reset),
		cmocka_unit_test_setup(accesses_do_what_they_say, reset),
		cmocka_unit_test_setup(signal_within_a_signal_ends, reset),
		cmocka_unit_test_setup(ring_3_answers_for_itself, reset),
		cmocka_unit_test_setup(what_ring_3_cannot_help_ends_the_svsm, reset),
	};
	return cmocka_run_group_tests_name("exceptions", tests, NULL, NULL);
}
