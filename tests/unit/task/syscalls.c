/* SPDX-License-Identifier: MIT */
/* System calls, each with its results and its errors, on a process that never runs. docs/syscalls.md */
#include "task/syscall.h"

#include "platform/platform.h"
#include "task/clock.h"
#include "task/linux_abi.h"
#include "task/loader.h"
#include "task/task_groups.h"
#include "task/task_model.h"

#define DATA 0x500000ULL /* three pages that may be written, then none */
#define DATA_END (DATA + 3 * PAGE_SIZE)
#define KERNEL 0xFFFFFFFF80010000ULL
#define FAILS(error) (0 - (u64)(error))

static struct process process;
static struct channel channel;

static int begin(void **state)
{
	model_reset();
	memset(&process, 0, sizeof(process));
	memset(&channel, 0, sizeof(channel));
	assert_err(channel_open(&channel), ERR_OK);
	assert_err(space_make(&process.space, 60), ERR_OK);
	assert_err(space_add(&process.space, (struct space_range){DATA, 3}, SPACE_READ | SPACE_WRITE), ERR_OK);
	process.channel = &channel;
	process.name = "test";
	process.break_start = DATA_END;
	process.break_end = DATA_END;
	return 0;
}

static int end(void **state)
{
	space_end(&process.space);
	frames_return(channel.request, model.frames_used);
	return 0;
}

static enum syscall_outcome outcome;

static u64 call4(u64 number, u64 a, u64 b, u64 c, u64 d)
{
	process.user.frame.rax = number;
	process.user.frame.rdi = a;
	process.user.frame.rsi = b;
	process.user.frame.rdx = c;
	process.user.frame.r10 = d;
	outcome = syscall_carry_out(&process);
	return process.user.frame.rax;
}

static u64 call(u64 number, u64 a, u64 b, u64 c)
{
	return call4(number, a, b, c, 0);
}

static void unknown_is_enosys(void **state)
{
	for (u64 number = 0; number < 500; number++) {
		static const u64 known[] = {0, 1, 9, 10, 11, 12, 20, 39, 60, 158, 186, 202, 218, 228, 231, 318};
		bool found = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			found = found || number == known[i];
		}
		if (!found) {
			assert_int_equal(call(number, 1, DATA, 1), FAILS(LINUX_ENOSYS));
		}
	}
	assert_int_equal(call(UINT64_MAX, 0, 0, 0), FAILS(LINUX_ENOSYS));
	assert_int_equal(call(1ULL << 32 | LINUX_GETPID, 0, 0, 0), FAILS(LINUX_ENOSYS));
}

static void brk(void **state)
{
	assert_int_equal(call(LINUX_BRK, 0, 0, 0), DATA_END);
	assert_int_equal(call(LINUX_BRK, DATA_END + 100, 0, 0), DATA_END + 100);
	assert_int_equal(call(LINUX_BRK, DATA_END + PAGE_SIZE + 1, 0, 0), DATA_END + PAGE_SIZE + 1);
	assert_err(space_write(&process.space, DATA_END + PAGE_SIZE, "x", 1), ERR_OK);
	assert_int_equal(call(LINUX_BRK, DATA_END + 1, 0, 0), DATA_END + 1);
	assert_err(space_write(&process.space, DATA_END + PAGE_SIZE, "x", 1), ERR_RANGE);
	/* below its start, beyond its end, more than there is: it stays */
	assert_int_equal(call(LINUX_BRK, DATA, 0, 0), DATA_END + 1);
	assert_int_equal(call(LINUX_BRK, LOADER_MMAP_START + 1, 0, 0), DATA_END + 1);
	assert_int_equal(call(LINUX_BRK, UINT64_MAX, 0, 0), DATA_END + 1);
	assert_int_equal(call(LINUX_BRK, DATA_END + 0x100000, 0, 0), DATA_END + 1);
	assert_int_equal(call(LINUX_BRK, DATA_END, 0, 0), DATA_END);
}

static u64 map(u64 bytes, u64 protection, u64 flags)
{
	return call4(LINUX_MMAP, 0, bytes, protection, flags);
}

static void mmap(void **state)
{
	u64 anonymous = LINUX_MAP_PRIVATE | LINUX_MAP_ANONYMOUS;
	u64 first = map(PAGE_SIZE + 1, 3, anonymous);
	assert_int_equal(first, LOADER_MMAP_START);
	assert_err(space_write(&process.space, first + PAGE_SIZE, "x", 1), ERR_OK);
	assert_int_equal(map(1, 1, anonymous), first + 2 * PAGE_SIZE);
	assert_err(space_write(&process.space, first + 2 * PAGE_SIZE, "x", 1), ERR_RANGE);
	assert_int_equal(map(0, 3, anonymous), FAILS(LINUX_EINVAL));
	assert_int_equal(map(UINT64_MAX, 3, anonymous), FAILS(LINUX_EINVAL));
	assert_int_equal(map(1ULL << 40, 3, anonymous), FAILS(LINUX_ENOMEM));
	assert_int_equal(map(60 * PAGE_SIZE, 3, anonymous), FAILS(LINUX_ENOMEM));
	assert_int_equal(map(1, 3, LINUX_MAP_PRIVATE), FAILS(LINUX_EINVAL));
	assert_int_equal(map(1, 3, LINUX_MAP_ANONYMOUS), FAILS(LINUX_EINVAL));
	assert_int_equal(map(1, 3, anonymous | LINUX_MAP_FIXED), FAILS(LINUX_EINVAL));
	assert_int_equal(map(1, 8, anonymous), FAILS(LINUX_EINVAL));
	assert_int_equal(map(1, 5, anonymous), FAILS(LINUX_EACCES));
	assert_int_equal(map(1, 7, anonymous), FAILS(LINUX_EACCES));
}

static void munmap(void **state)
{
	assert_int_equal(call(LINUX_MUNMAP, DATA + PAGE_SIZE, 1, 0), 0);
	assert_err(space_write(&process.space, DATA + PAGE_SIZE, "x", 1), ERR_RANGE);
	assert_int_equal(call(LINUX_MUNMAP, DATA + PAGE_SIZE, 1, 0), 0);
	assert_int_equal(call(LINUX_MUNMAP, DATA + 1, 1, 0), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_MUNMAP, DATA, 0, 0), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_MUNMAP, DATA, UINT64_MAX, 0), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_MUNMAP, KERNEL, PAGE_SIZE, 0), FAILS(LINUX_EINVAL));
}

/* What is loaded as data stays data, and what has lost its right to run does not get it back. */
static void mprotect_makes_no_code(void **state)
{
	const u64 text = DATA + 0x10000;
	const u64 constants = text + PAGE_SIZE;
	const u8 *file = model_file("code", 4);
	assert_err(space_share(&process.space, (struct space_range){text, 1}, file, SPACE_READ | SPACE_EXECUTE),
		   ERR_OK);
	assert_err(space_share(&process.space, (struct space_range){constants, 1}, file, SPACE_READ), ERR_OK);
	assert_int_equal(call(LINUX_MPROTECT, constants, PAGE_SIZE, 5), FAILS(LINUX_EACCES));
	assert_int_equal(call(LINUX_MPROTECT, constants, PAGE_SIZE, 4), FAILS(LINUX_EACCES));
	assert_int_equal(call(LINUX_MPROTECT, text, 2 * PAGE_SIZE, 5), FAILS(LINUX_EACCES));
	assert_int_equal(call(LINUX_MPROTECT, text, PAGE_SIZE, 7), FAILS(LINUX_EACCES));
	assert_int_equal(call(LINUX_MPROTECT, text, PAGE_SIZE, 5), 0);
	assert_int_equal(call(LINUX_MPROTECT, text, PAGE_SIZE, 1), 0);
	assert_int_equal(call(LINUX_MPROTECT, text, PAGE_SIZE, 5), FAILS(LINUX_EACCES));
	assert_int_equal(call(LINUX_MPROTECT, constants, PAGE_SIZE, 0), 0);
	assert_int_equal(call(LINUX_MPROTECT, constants, PAGE_SIZE, 5), FAILS(LINUX_EACCES));
	assert_int_equal(call(LINUX_MPROTECT, constants, PAGE_SIZE, 1), 0);
	frames_return((void *)file, 1);
}

static void mprotect(void **state)
{
	assert_int_equal(call(LINUX_MPROTECT, DATA, PAGE_SIZE, 1), 0);
	assert_err(space_write(&process.space, DATA, "x", 1), ERR_RANGE);
	assert_int_equal(call(LINUX_MPROTECT, DATA, PAGE_SIZE, 3), 0);
	assert_int_equal(call(LINUX_MPROTECT, DATA, 0, 3), 0);
	assert_int_equal(call(LINUX_MPROTECT, DATA, PAGE_SIZE, 5), FAILS(LINUX_EACCES));
	assert_int_equal(call(LINUX_MPROTECT, DATA, PAGE_SIZE, 7), FAILS(LINUX_EACCES));
	assert_int_equal(call(LINUX_MPROTECT, DATA, PAGE_SIZE, 8), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_MPROTECT, DATA + 1, PAGE_SIZE, 3), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_MPROTECT, DATA, 4 * PAGE_SIZE, 3), FAILS(LINUX_ENOMEM));
	assert_int_equal(call(LINUX_MPROTECT, KERNEL, PAGE_SIZE, 3), FAILS(LINUX_ENOMEM));
}

static void log_takes_text(void **state)
{
	struct {
		u64 address, bytes;
	} parts[2] = {{DATA, 3}, {DATA_END - 1, 2}};
	assert_int_equal(call(LINUX_WRITE, 1, DATA, 100), 100);
	assert_int_equal(call(LINUX_WRITE, 2, DATA, 5000), 1024);
	assert_int_equal(call(LINUX_WRITE, 1, DATA, 0), 0);
	assert_int_equal(call(LINUX_WRITE, 1, KERNEL, 1), FAILS(LINUX_EFAULT));
	assert_int_equal(call(LINUX_WRITE, 0, DATA, 1), FAILS(LINUX_EBADF));
	assert_int_equal(call(LINUX_WRITE, 4, DATA, 1), FAILS(LINUX_EBADF));
	assert_err(space_write(&process.space, DATA, parts, sizeof(parts)), ERR_OK);
	assert_int_equal(call(LINUX_WRITEV, 2, DATA, 1), 3);
	assert_int_equal(call(LINUX_WRITEV, 2, DATA, 2), 3);
	assert_int_equal(call(LINUX_WRITEV, 2, DATA, 17), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_WRITEV, 2, KERNEL, 1), FAILS(LINUX_EFAULT));
	assert_int_equal(call(LINUX_WRITEV, 3, DATA, 1), FAILS(LINUX_EBADF));
}

/* However much is written, no more than so much is kept. */
static void log_is_bounded(void **state)
{
	for (u32 i = 0; i < 40; i++) {
		assert_int_equal(call(LINUX_WRITE, 1, DATA, 1024), 1024);
	}
	assert_int_equal(process.log_total, PROCESS_LOG_MAX);
	assert_true(process.log_used <= sizeof(process.log_text));
}

static const struct service_request request = {.operation = 5, .argument = 6, .payload = {(const u8 *)"hello", 5}};

static void channel_carries(void **state)
{
	struct channel_request seen;
	char text[5];
	assert_int_equal(call(LINUX_READ, 3, DATA, 100), FAILS(LINUX_EINVAL));
	channel_put(&channel, &request);
	assert_true(channel_holds(&channel, &request));
	assert_int_equal(call(LINUX_READ, 3, DATA, 12), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_READ, 3, KERNEL, 100), FAILS(LINUX_EFAULT));
	assert_int_equal(call(LINUX_READ, 3, DATA_END - 4, 100), FAILS(LINUX_EFAULT));
	assert_int_equal(call(LINUX_WRITE, 3, DATA, 8), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_READ, 3, DATA, 13), 13);
	assert_int_equal(outcome, SYSCALL_DONE);
	assert_err(space_read(&process.space, DATA, &seen, sizeof(seen)), ERR_OK);
	assert_err(space_read(&process.space, DATA + 8, text, sizeof(text)), ERR_OK);
	assert_int_equal(seen.operation, 5);
	assert_int_equal(seen.argument, 6);
	assert_memory_equal(text, "hello", 5);
	assert_int_equal(call(LINUX_READ, 3, DATA, 100), FAILS(LINUX_EINVAL));
}

/* A request may hold a key, and a reply what was sealed with it. */
static void assert_forgotten(void)
{
	for (u32 i = 0; i < CHANNEL_MESSAGE_MAX; i++) {
		assert_int_equal(channel.request[i], 0);
		assert_int_equal(channel.reply[i], 0);
	}
}

static void channel_takes_one_reply(void **state)
{
	struct channel_reply head = {.status = 9};
	u8 payload[4];
	struct service_reply reply = {.payload = payload, .room = sizeof(payload)};
	channel_put(&channel, &request);
	assert_int_equal(call(LINUX_READ, 3, DATA, 100), 13);
	assert_err(space_write(&process.space, DATA, &head, sizeof(head)), ERR_OK);
	assert_err(space_write(&process.space, DATA + 8, "abc", 3), ERR_OK);
	assert_int_equal(call(LINUX_WRITE, 3, DATA, 7), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_WRITE, 3, DATA, CHANNEL_MESSAGE_MAX + 1), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_WRITE, 3, DATA_END - 4, 8), FAILS(LINUX_EFAULT));
	assert_int_equal(outcome, SYSCALL_DONE);
	assert_int_equal(call(LINUX_WRITE, 3, DATA, 11), 11);
	assert_int_equal(outcome, SYSCALL_REPLIED);
	assert_int_equal(call(LINUX_WRITE, 3, DATA, 11), FAILS(LINUX_EINVAL));
	assert_err(channel_fetch(&channel, &reply), ERR_OK);
	assert_int_equal(reply.status, 9);
	assert_int_equal(reply.size, 3);
	assert_memory_equal(payload, "abc", 3);
	assert_false(channel_holds(&channel, &request));
	assert_forgotten();
}

static void channel_reply_may_be_too_long(void **state)
{
	struct service_reply reply = {.room = 2};
	channel_put(&channel, &request);
	assert_int_equal(call(LINUX_READ, 3, DATA, 100), 13);
	assert_int_equal(call(LINUX_WRITE, 3, DATA, 11), 11);
	assert_err(channel_fetch(&channel, &reply), ERR_TRUNCATED);
	assert_int_equal(reply.size, 3);
	assert_forgotten();
	assert_int_equal(channel.phase, CHANNEL_IDLE);
}

static void others(void **state)
{
	u64 word = 0;
	assert_int_equal(call(LINUX_GETPID, 0, 0, 0), PROCESS_NUMBER);
	assert_int_equal(call(LINUX_GETTID, 0, 0, 0), PROCESS_NUMBER);
	assert_int_equal(call(LINUX_SET_TID_ADDRESS, KERNEL, 0, 0), PROCESS_NUMBER);
	assert_int_equal(call(LINUX_READ, 0, DATA, 1), FAILS(LINUX_EBADF));
	assert_int_equal(call(LINUX_ARCH_PRCTL, LINUX_ARCH_SET_FS, DATA, 0), 0);
	assert_int_equal(call(LINUX_ARCH_PRCTL, LINUX_ARCH_GET_FS, DATA + 8, 0), 0);
	assert_err(space_read(&process.space, DATA + 8, &word, sizeof(word)), ERR_OK);
	assert_int_equal(word, DATA);
	assert_int_equal(call(LINUX_ARCH_PRCTL, LINUX_ARCH_GET_FS, KERNEL, 0), FAILS(LINUX_EFAULT));
	assert_int_equal(call(LINUX_ARCH_PRCTL, LINUX_ARCH_SET_FS, 1ULL << 47, 0), FAILS(LINUX_EPERM));
	assert_int_equal(call(LINUX_ARCH_PRCTL, LINUX_ARCH_SET_FS, KERNEL, 0), FAILS(LINUX_EPERM));
	assert_int_equal(call(LINUX_ARCH_PRCTL, 0x1001, 0, 0), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_FUTEX, DATA, 0x81, 1), 0);
	assert_int_equal(call(LINUX_FUTEX, DATA, 0x80, 1), FAILS(LINUX_ENOSYS));
	call(LINUX_EXIT_GROUP, 3, 0, 0);
	assert_int_equal(outcome, SYSCALL_ENDS);
	call(LINUX_EXIT, 3, 0, 0);
	assert_int_equal(outcome, SYSCALL_ENDS);
}

/* It goes on, whatever the counter does. */
static void clock(void **state)
{
	u64 first[2];
	u64 second[2];
	clock_init();
	model.timestamp += 3000000000ULL;
	assert_int_equal(call(LINUX_CLOCK_GETTIME, LINUX_CLOCK_MONOTONIC, DATA, 0), 0);
	assert_err(space_read(&process.space, DATA, first, sizeof(first)), ERR_OK);
	assert_int_equal(first[0], 1);
	assert_int_equal(first[1], 500000000);
	model.timestamp -= 2000000000ULL;
	assert_int_equal(call(LINUX_CLOCK_GETTIME, LINUX_CLOCK_BOOTTIME, DATA, 0), 0);
	assert_err(space_read(&process.space, DATA, second, sizeof(second)), ERR_OK);
	assert_memory_equal(second, first, sizeof(first));
	assert_int_equal(call(LINUX_CLOCK_GETTIME, 0, DATA, 0), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_CLOCK_GETTIME, LINUX_CLOCK_MONOTONIC, KERNEL, 0), FAILS(LINUX_EFAULT));
}

static void getrandom(void **state)
{
	u8 bytes[100] = {0};
	assert_int_equal(call(LINUX_GETRANDOM, DATA, 100, 0), 100);
	assert_err(space_read(&process.space, DATA, bytes, sizeof(bytes)), ERR_OK);
	assert_memory_not_equal(bytes, bytes + 50, 50);
	assert_int_equal(call(LINUX_GETRANDOM, DATA, 0, 0), 0);
	assert_int_equal(call(LINUX_GETRANDOM, DATA, 8, 7), 8);
	assert_int_equal(call(LINUX_GETRANDOM, DATA, 8, 8), FAILS(LINUX_EINVAL));
	assert_int_equal(call(LINUX_GETRANDOM, DATA, 1ULL << 40, 0), 256);
	assert_int_equal(call(LINUX_GETRANDOM, KERNEL, 8, 0), FAILS(LINUX_EFAULT));
	assert_int_equal(call(LINUX_GETRANDOM, DATA_END - 4, 8, 0), FAILS(LINUX_EFAULT));
	model.random_failures = 9;
	assert_int_equal(call(LINUX_GETRANDOM, DATA, 8, 0), 8);
}

/* No random numbers: no SVSM. */
static void getrandom_never_fails(void **state)
{
	model.random_failures = 100;
	if (setjmp(model.terminate) == 0) {
		call(LINUX_GETRANDOM, DATA, 8, 0);
		fail();
	}
	assert_int_equal(model.terminated, TERMINATE_RANDOM);
	model.random_failures = 0;
	model.random_stuck = true;
	model.terminated = 0;
	if (setjmp(model.terminate) == 0) {
		call(LINUX_GETRANDOM, DATA, 8, 0);
		fail();
	}
	assert_int_equal(model.terminated, TERMINATE_RANDOM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int test_syscalls(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unknown_is_enosys),
		TEST(brk),
		TEST(mmap),
		TEST(munmap),
		TEST(mprotect),
		TEST(mprotect_makes_no_code),
		TEST(log_takes_text),
		TEST(log_is_bounded),
		TEST(channel_carries),
		TEST(channel_takes_one_reply),
		TEST(channel_reply_may_be_too_long),
		TEST(others),
		TEST(clock),
		TEST(getrandom),
		TEST(getrandom_never_fails),
	};
	return cmocka_run_group_tests_name("syscalls", tests, NULL, NULL);
}
