/* SPDX-License-Identifier: MIT */
/* Services as protocols ask them. Ring 3 is a function that does what a test wants, each time the kernel enters it. */
#include "task/services.h"

#include "cpu/asm_offsets.h"
#include "cpu/cpuid.h"
#include "cpu/user.h"
#include "platform/platform.h"
#include "task/clock.h"
#include "task/linux_abi.h"
#include "task/loader.h"
#include "task/process.h"
#include "task/task_file.h"
#include "task/task_groups.h"
#include "task/task_model.h"

#define SERVICE SERVICE_VTPM
#define CODE TASK_FILE_ENTRY
#define SYSCALL_CODE "\x0F\x05"
#define CPUID_CODE "\x0F\xA2"
#define TICKS_PER_SECOND 2000000000ULL
#define CHANNEL_PAGES (2 * CHANNEL_MESSAGE_PAGES)
#define STACK_MEMORY (LOADER_STACK_END - LOADER_STACK_PAGES * PAGE_SIZE)

static const struct service_request first = {.operation = 1, .payload = {(const u8 *)"first", 5}};
static const struct service_request second = {.operation = 1, .payload = {(const u8 *)"other", 5}};
static u8 room[16];
static struct service_reply reply;
static struct span file;

/* A step of ring 3: a system call with these arguments. */
static void step_call(struct user_state *state, u64 number, u64 descriptor, u64 bytes)
{
	memcpy((u8 *)file.p + 0x200, SYSCALL_CODE, 2);
	state->frame.vector = 6;
	state->frame.rip = CODE;
	state->frame.rax = number;
	state->frame.rdi = descriptor;
	state->frame.rsi = STACK_MEMORY;
	state->frame.rdx = bytes;
}

static u32 steps;

/* Reads a request, is interrupted `busy` times, replies with the request. */
static u32 busy;
static void serves(struct user_state *state)
{
	u32 step = steps++ % (busy + 2);
	if (step == 0) {
		step_call(state, LINUX_READ, 3, 100);
	} else if (step <= busy) {
		state->frame.vector = 28;
		model.events = PLATFORM_EVENT_TIMER;
	} else {
		step_call(state, LINUX_WRITE, 3, 13);
	}
}

static void takes_long(struct user_state *state)
{
	serves(state);
	model.timestamp += steps == 1 ? TICKS_PER_SECOND : 0;
}

static void dies(struct user_state *state)
{
	state->frame.vector = TRAP_PAGE_FAULT;
}

/* Reads, then dies when it is run again. */
static void reads_and_dies(struct user_state *state)
{
	if (steps++ == 0) {
		step_call(state, LINUX_READ, 3, 100);
		model.events = PLATFORM_EVENT_TIMER;
	} else {
		state->frame.vector = TRAP_PAGE_FAULT;
	}
}

/* The call that makes the process does not run it: then once more. */
static enum err asked(enum service service, const struct service_request *request, struct service_reply *answer)
{
	u32 before = model.root_writes;
	enum err error = service_call(service, request, answer);
	return error == ERR_INCOMPLETE && model.root_writes == before ? service_call(service, request, answer) : error;
}

/* It dies in this call; the next one clears its memory and says so. */
static void assert_dies(const struct service_request *request)
{
	assert_err(asked(SERVICE, request, &reply), ERR_INCOMPLETE);
	assert_err(service_call(SERVICE, request, &reply), ERR_LOST);
}

static int begin(void **state)
{
	static struct boot_layout layout;
	model_reset();
	file = task_file(TASK_FILE_GOOD);
	layout.service = own_gpa(file.p).raw;
	layout.service_bytes = file.n;
	services_init(&layout);
	steps = 0;
	busy = 0;
	memset(room, 0, sizeof(room));
	reply = (struct service_reply){.payload = room, .room = sizeof(room)};
	model.user = serves;
	return 0;
}

static void answers(void **state)
{
	assert_err(asked(SERVICE, &first, &reply), ERR_OK);
	assert_int_equal(reply.status, 1); /* the operation, for the request is the reply */
	assert_int_equal(reply.size, 5);
	assert_memory_equal(room, "first", 5);
	assert_int_equal(model.root, 0);
	assert_err(asked(SERVICE, &second, &reply), ERR_OK);
	assert_memory_equal(room, "other", 5);
	assert_err(asked(SERVICE, &second, &reply), ERR_OK);
}

static void the_start_is_a_call_of_its_own(void **state)
{
	assert_err(service_call(SERVICE, &first, &reply), ERR_INCOMPLETE);
	assert_int_equal(model.timers, 0);
	assert_int_equal(steps, 0);
	assert_err(service_call(SERVICE, &first, &reply), ERR_OK);
}

static void goes_on_in_slices(void **state)
{
	busy = 3;
	for (u32 i = 0; i < 3; i++) {
		assert_err(asked(SERVICE, &first, &reply), ERR_INCOMPLETE);
		assert_int_equal(model.timers, i + 1);
	}
	assert_err(asked(SERVICE, &first, &reply), ERR_OK);
}

/* Without a timer the program's own way into the kernel ends the slice. */
static void watches_the_clock(void **state)
{
	model.user = takes_long;
	model.interrupts = false;
	assert_err(asked(SERVICE, &first, &reply), ERR_INCOMPLETE);
	assert_int_equal(model.timers, 0);
	assert_err(asked(SERVICE, &first, &reply), ERR_OK);
}

/* Another's slice brings the first one on; what it asked for itself is done later. */
static void others_wait(void **state)
{
	busy = 2;
	assert_err(asked(SERVICE, &first, &reply), ERR_INCOMPLETE);
	assert_err(asked(SERVICE, &second, &reply), ERR_BUSY);
	assert_err(asked(SERVICE, &second, &reply), ERR_BUSY);
	assert_err(asked(SERVICE, &second, &reply), ERR_BUSY);
	assert_err(asked(SERVICE, &first, &reply), ERR_OK);
	assert_memory_equal(room, "first", 5);
	assert_err(asked(SERVICE, &second, &reply), ERR_INCOMPLETE);
}

static void forgets_what_nobody_fetches(void **state)
{
	busy = 1;
	assert_err(asked(SERVICE, &first, &reply), ERR_INCOMPLETE);
	assert_err(asked(SERVICE, &second, &reply), ERR_BUSY);
	model.timestamp += TICKS_PER_SECOND * SERVICE_KEEP_SECONDS / 2;
	assert_err(asked(SERVICE, &second, &reply), ERR_BUSY);
	model.timestamp += TICKS_PER_SECOND * SERVICE_KEEP_SECONDS;
	assert_err(asked(SERVICE, &second, &reply), ERR_INCOMPLETE);
	assert_err(asked(SERVICE, &second, &reply), ERR_OK);
	assert_memory_equal(room, "other", 5);
}

static void a_death_costs_one_answer(void **state)
{
	u32 frames = model.frames_used;
	model.user = dies;
	assert_dies(&first);
	assert_true(model.frames_used <= frames + 18);
	assert_int_equal(model.root, 0);
	model.user = serves;
	assert_true(service_is_there(SERVICE));
	assert_err(asked(SERVICE, &first, &reply), ERR_OK);
}

/* A slice is all that a call may take, and a process that has died leaves megabytes to be cleared. */
static void is_buried_by_a_call_of_its_own(void **state)
{
	model.user = dies;
	assert_err(asked(SERVICE, &first, &reply), ERR_INCOMPLETE);
	u32 frames = model.frames_used;
	u32 slices = model.timers;
	assert_err(service_call(SERVICE, &second, &reply), ERR_BUSY);
	assert_true(model.frames_used < frames);
	assert_int_equal(model.timers, slices);
	assert_err(service_call(SERVICE, &first, &reply), ERR_LOST);
}

/* Also when it died while another was asking. */
static void the_error_is_the_askers(void **state)
{
	model.user = reads_and_dies;
	assert_err(asked(SERVICE, &first, &reply), ERR_INCOMPLETE);
	assert_err(asked(SERVICE, &second, &reply), ERR_BUSY);
	assert_err(asked(SERVICE, &second, &reply), ERR_BUSY);
	assert_err(asked(SERVICE, &first, &reply), ERR_LOST);
	model.user = serves;
	steps = 0;
	assert_err(asked(SERVICE, &first, &reply), ERR_OK);
}

static void is_given_up(void **state)
{
	model.user = dies;
	for (u32 i = 0; i < 8; i++) {
		assert_true(service_is_there(SERVICE));
		assert_dies(&first);
	}
	assert_false(service_is_there(SERVICE));
	assert_err(asked(SERVICE, &first, &reply), ERR_NOT_FOUND);
	assert_true(service_is_there(SERVICE_ATTEST));
}

/* What counts is a reply: a service that reads, and dies in a later slice, has given none. */
static void is_given_up_when_it_only_reads(void **state)
{
	model.user = reads_and_dies;
	for (u32 i = 0; i < 8; i++) {
		steps = 0;
		assert_true(service_is_there(SERVICE));
		assert_err(asked(SERVICE, &first, &reply), ERR_INCOMPLETE);
		assert_dies(&first);
	}
	assert_err(asked(SERVICE, &first, &reply), ERR_NOT_FOUND);
}

/* What cannot be made into a process today cannot be tomorrow; its callers are told so at once, and nothing is left behind. */
static void is_given_up_when_it_cannot_be_loaded(void **state)
{
	static const enum task_file_flaw flaws[] = {
		TASK_FILE_NOT_ELF, TASK_FILE_WRITABLE_CODE, TASK_FILE_TOO_HIGH,    TASK_FILE_LOW,
		TASK_FILE_SHIFTED, TASK_FILE_ZEROS_IN_CODE, TASK_FILE_SHARED_PAGE, TASK_FILE_TOO_LARGE};
	for (size_t i = 0; i < ARRAY_SIZE(flaws); i++) {
		begin(state);
		task_file_spoil((u8 *)file.p, flaws[i]);
		assert_true(service_is_there(SERVICE));
		assert_err(asked(SERVICE, &first, &reply), ERR_NOT_FOUND);
		assert_false(service_is_there(SERVICE));
		assert_err(asked(SERVICE, &first, &reply), ERR_NOT_FOUND);
		assert_int_equal(model.frames_used, TASK_FILE_PAGES + CHANNEL_PAGES);
	}
}

/* A host that takes memory away while a process is made costs that process, as if it had died. */
static void may_lose_its_memory_at_the_start(void **state)
{
	model.all_lost = true;
	for (u32 i = 0; i < 2; i++) {
		assert_err(asked(SERVICE, &first, &reply), ERR_LOST);
		assert_int_equal(model.frames_used, TASK_FILE_PAGES + CHANNEL_PAGES);
	}
	model.all_lost = false;
	assert_err(asked(SERVICE, &first, &reply), ERR_OK);
	model.user = dies;
	assert_dies(&first);
	model.all_lost = true;
	for (u32 i = 0; i < 7; i++) {
		assert_err(asked(SERVICE, &first, &reply), ERR_LOST);
	}
	assert_err(asked(SERVICE, &first, &reply), ERR_NOT_FOUND);
}

/* Deaths with replies between them are not counted together. */
static void is_not_given_up_while_it_serves(void **state)
{
	for (u32 i = 0; i < 20; i++) {
		model.user = dies;
		assert_dies(&first);
		model.user = serves;
		steps = 0;
		assert_err(asked(SERVICE, &first, &reply), ERR_OK);
	}
}

static void loops(struct user_state *state)
{
	state->frame.vector = 28;
	model.events = PLATFORM_EVENT_TIMER;
}

/* System calls are no progress either. */
static void calls_and_calls(struct user_state *state)
{
	step_call(state, LINUX_GETPID, 0, 0);
	model.events = PLATFORM_EVENT_TIMER;
}

static void ends_after_its_slices(void (*program)(struct user_state *state))
{
	enum err error = ERR_INCOMPLETE;
	u32 slices = 0;
	model.user = program;
	while (error == ERR_INCOMPLETE && slices < 1000000) {
		error = asked(SERVICE, &first, &reply);
		slices++;
	}
	assert_err(error, ERR_LOST);
	assert_int_equal(slices, 600000 + 1); /* and the call that buries it */
}

/* Interrupted between a jump and the fault that it leads to. */
static void stands_outside(struct user_state *state)
{
	state->frame.vector = 28;
	state->frame.rip = 1ULL << 47;
	model.events = PLATFORM_EVENT_TIMER;
}

static void goes_on_in_its_own_space_only(void **state)
{
	model.user = stands_outside;
	assert_dies(&first);
	model.user = serves;
	assert_err(asked(SERVICE, &first, &reply), ERR_OK);
}

static void may_not_take_for_ever(void **state)
{
	ends_after_its_slices(loops);
	ends_after_its_slices(calls_and_calls);
}

#define STEPS_MAX 1000U
static void calls_while_time_goes_by(struct user_state *state)
{
	step_call(state, LINUX_GETPID, 0, 0);
	model.timestamp += TICKS_PER_SECOND / 10000;
	model.events = steps++ == STEPS_MAX ? PLATFORM_EVENT_TIMER : 0;
}

/* This CPU's counter is behind another one's, so that the clock stands still here; and there is no timer. */
static void ends_its_slices_on_every_cpu(void **state)
{
	model.interrupts = false;
	model.timestamp = 100 * TICKS_PER_SECOND;
	(void)clock_nanoseconds();
	model.timestamp = 1;
	model.user = calls_while_time_goes_by;
	assert_err(asked(SERVICE, &first, &reply), ERR_INCOMPLETE);
	assert_in_range(steps, 1, 20);
}

static void refuses(void **state)
{
	static u8 payload[CHANNEL_PAYLOAD_MAX + 1];
	struct service_request request = {.payload = {payload, sizeof(payload)}};
	assert_err(asked(SERVICE, &request, &reply), ERR_RANGE);
	request.payload.n--;
	model.frames_limit = model.frames_used + 10;
	assert_err(asked(SERVICE, &request, &reply), ERR_NO_MEMORY);
	model.frames_limit = model.frames_used + 22;
	assert_err(asked(SERVICE, &request, &reply), ERR_NO_MEMORY);
	model.frames_limit = MODEL_FRAMES;
	assert_err(asked(SERVICE, &first, &reply), ERR_OK);
	reply.room = 2;
	assert_err(asked(SERVICE, &first, &reply), ERR_TRUNCATED);
}

static void an_image_without_services_has_none(void **state)
{
	struct boot_layout layout = {0};
	services_init(&layout);
	assert_false(service_is_there(SERVICE));
	assert_err(asked(SERVICE, &first, &reply), ERR_NOT_FOUND);
}

/* RIP passes the instruction, RCX and R11 are what Linux leaves there; privileged flags never get in. */
static void enters(struct user_state *state)
{
	const struct trap_frame *frame = &state->frame;
	assert_int_equal(frame->cs, SELECTOR_USER_CODE);
	assert_int_equal(frame->ss, SELECTOR_USER_DATA);
	assert_int_equal(frame->rflags & 0x3200, 0);
	if (steps++ == 0) {
		state->frame.rflags = UINT64_MAX;
		step_call(state, LINUX_GETPID, 0, 0);
	} else if (steps == 2) {
		assert_int_equal(frame->rip, CODE + 2);
		assert_int_equal(frame->rcx, CODE + 2);
		assert_int_equal(frame->rflags, USER_RFLAGS_FIXED | USER_RFLAGS_KEPT);
		assert_int_equal(frame->rax, PROCESS_NUMBER);
		memcpy((u8 *)file.p + 0x200, CPUID_CODE, 2);
		state->frame.vector = 29;
		state->frame.rip = CODE;
		state->frame.rax = 0x40000000;
	} else {
		assert_int_equal(frame->rip, CODE + 2);
		assert_int_equal(frame->rax, 0);
		state->frame.vector = 29;
		state->frame.rip = CODE + 16; /* no CPUID there */
	}
}

static void answers_traps(void **state)
{
	model.user = enters;
	assert_dies(&first);
	assert_int_equal(steps, 3);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int test_service(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers),
		TEST(the_start_is_a_call_of_its_own),
		TEST(goes_on_in_slices),
		TEST(watches_the_clock),
		TEST(others_wait),
		TEST(forgets_what_nobody_fetches),
		TEST(a_death_costs_one_answer),
		TEST(is_buried_by_a_call_of_its_own),
		TEST(the_error_is_the_askers),
		TEST(is_given_up),
		TEST(is_given_up_when_it_only_reads),
		TEST(may_lose_its_memory_at_the_start),
		TEST(is_given_up_when_it_cannot_be_loaded),
		TEST(is_not_given_up_while_it_serves),
		TEST(goes_on_in_its_own_space_only),
		TEST(may_not_take_for_ever),
		TEST(ends_its_slices_on_every_cpu),
		TEST(refuses),
		TEST(an_image_without_services_has_none),
		TEST(answers_traps),
	};
	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
