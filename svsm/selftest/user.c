/* SPDX-License-Identifier: MIT */
#include "cpu/user.h"

#include "cpu/per_cpu.h"
#include "mm/own_map.h"
#include "mm/space.h"
#include "platform/platform.h"
#include "selftest/tap.h"
#include "selftest/traps.h"

#define CODE_AT SPACE_START
#define STACK_AT (SPACE_START + 4 * PAGE_SIZE)
#define FRAMES_MAX 8U
#define MARK 0x0123456789ABCDEFULL
#define VECTOR_GENERAL_PROTECTION 13U
#define LOCAL_SELECTOR 0xFU /* the second entry of a table that there is not; ring 3 */
#define RFLAGS_SPOILT 0x244400ULL

extern const u8 user_code[], user_code_registers[], user_code_segments_load[], user_code_segments_read[],
	user_code_segment_load[];

static struct space space;
/* Nothing beside the state is written. */
static struct {
	u64 before;
	struct user_state state;
	u64 after;
} user;

static bool space_fill(void)
{
	enum err error = space_make(&space, FRAMES_MAX);
	if (error == ERR_OK) {
		error = space_share(&space, (struct space_range){CODE_AT, 1}, user_code, SPACE_READ | SPACE_EXECUTE);
	}
	if (error == ERR_OK) {
		error = space_add(&space, (struct space_range){STACK_AT, 1}, SPACE_READ | SPACE_WRITE);
	}
	tap_require(error, "an address space");
	return error == ERR_OK;
}

static void state_reset(const u8 *code)
{
	user.before = MARK;
	user.after = MARK;
	user.state.frame = (struct trap_frame){
		.rip = CODE_AT + (u64)(code - user_code),
		.cs = SELECTOR_USER_CODE,
		.rflags = USER_RFLAGS_FIXED,
		.rsp = STACK_AT + PAGE_SIZE,
		.ss = SELECTOR_USER_DATA,
	};
}

static const struct trap_frame *run(void)
{
	cr3_write(space_root(&space));
	user_run(&user.state, platform_events_signal());
	own_map_activate();
	return &user.state.frame;
}

static void test_registers(void)
{
	const struct trap_frame *frame = &user.state.frame;
	state_reset(user_code_registers);
	user.state.frame.rbx = MARK;
	user.state.frame.r15 = UINT64_MAX;
	(void)run();
	tap_check(frame->vector == TRAP_INVALID_OPCODE && frame->cs == SELECTOR_USER_CODE, "ring 3 runs, and traps");
	tap_check(frame->rax == 1 && frame->rbx == MARK + 1 && frame->rbp == 1 && frame->r8 == 1 && frame->r15 == 0 &&
			  frame->rsp == STACK_AT + PAGE_SIZE + 1,
		  "its registers come from the state and go there");
	tap_check((frame->rflags & RFLAGS_SPOILT) == RFLAGS_SPOILT, "so do its flags");
	tap_check(user.before == MARK && user.after == MARK, "and nothing else of the kernel's");
	tap_check(cpu_current() == &cpu_boot, "GS is the kernel's again");
}

/* A stack that could run over would end in a page of somebody else's. */
static void test_stack(void)
{
	const struct cpu *cpu = cpu_current();
	u64 at = cpu->descriptors.tss.stack[0];
	tap_check(stack_end(cpu->stacks, at - 1) == (u64)cpu->stacks[STACK_MAIN].top,
		  "exceptions of ring 3 come on a stack with a guard page");
}

static void test_segments(void)
{
	state_reset(user_code_segments_load);
	(void)run();
	state_reset(user_code_segments_read);
	const struct trap_frame *frame = run();
	tap_check((frame->rax | frame->rbx | frame->rcx | frame->rdx) == 0,
		  "segment registers of a program are not the next one's");
	state_reset(user_code_segment_load);
	user.state.frame.rax = LOCAL_SELECTOR;
	frame = run();
	tap_check(frame->vector == VECTOR_GENERAL_PROTECTION && frame->error_code == (LOCAL_SELECTOR & ~3U),
		  "there is no local descriptor table");
}

void selftest_user(void)
{
	if (space_fill()) {
		test_registers();
		test_stack();
		test_segments();
	}
	if (space.root != NULL) {
		space_end(&space);
	}
}
