/* SPDX-License-Identifier: MIT */
#include "selftest/traps.h"

#include "cpu/per_cpu.h"
#include "cpu/trap_numbers.h"
#include "platform/native/probe.h"
#include "platform/platform.h"
#include "selftest/tap.h"

#define VECTOR_BREAKPOINT 3U
#define VECTOR_GENERAL_PROTECTION 13U
/* Error code of a page fault: APM volume 2, section 8.4.2 */
#define FAULT_PRESENT 0x1U
#define FAULT_WRITE 0x2U
#define FAULT_FETCH 0x10U
#define NOT_CANONICAL 0x8000000000000000ULL

extern u8 text_start[];

static bool page_fault_was(const void *address, u64 error_code)
{
	struct probe_trap trap = probe_last();
	return trap.vector == TRAP_PAGE_FAULT && trap.error_code == error_code && trap.address == (u64)address;
}

static bool load_faults(const void *address)
{
	return !probe_load(address) && page_fault_was(address, 0);
}

static void test_vectors(void)
{
	tap_check(!probe_breakpoint() && probe_last().vector == VECTOR_BREAKPOINT, "a breakpoint is handled");
	tap_check(!probe_undefined() && probe_last().vector == TRAP_INVALID_OPCODE, "so is an undefined instruction");
	tap_check(!probe_load((const void *)NOT_CANONICAL) && probe_last().vector == VECTOR_GENERAL_PROTECTION,
		  "so is an address that is not canonical");
	tap_check(cpu_current()->trap_depth == 0, "no exception is left open");
}

static const u8 constant = 1;

static void test_rights(const struct boot_layout *layout)
{
	tap_check(probe_load(text_start), "code is read");
	tap_check(!probe_store(text_start) && page_fault_was(text_start, FAULT_PRESENT | FAULT_WRITE),
		  "code is not written");
	tap_check(!probe_store((void *)&constant) && page_fault_was(&constant, FAULT_PRESENT | FAULT_WRITE),
		  "nor is a constant");
	tap_check(!probe_fetch() && page_fault_was(probe_data, FAULT_PRESENT | FAULT_FETCH), "data is not executed");
	tap_check(load_faults(NULL), "there is nothing at address 0");
	tap_check(load_faults((const void *)layout->entry), "the entry code's identity mapping is gone");
}

static void test_guards(const struct stack *stacks)
{
	bool good = true;
	for (u32 i = 0; i < STACK_COUNT; i++) {
		const u8 *last = stacks[i].guard + PAGE_SIZE - 1;
		good = good && load_faults(stacks[i].guard) && load_faults(last) && probe_load(last + 1) &&
		       stack_guard_hit(stacks, (u64)last) && !stack_guard_hit(stacks, (u64)last + 1);
	}
	tap_check(good, "every stack ends in a guard page");
}

void selftest_traps(const struct boot_layout *layout)
{
	test_vectors();
	test_rights(layout);
	test_guards(cpu_current()->stacks);
}

void selftest_closed_window(const struct selftest_ground *ground)
{
	gpa_t page = selftest_block(ground, SELFTEST_BLOCK_WINDOWS);
	const u8 *window = platform_window_open(WINDOW_SLOT_GUEST, page, PAGE_4K, WINDOW_PRIVATE);
	bool open = probe_load(window);
	platform_window_close(WINDOW_SLOT_GUEST);
	tap_check(open && load_faults(window), "a window that is closed shows nothing");
}
