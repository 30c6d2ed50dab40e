/* SPDX-License-Identifier: MIT */
#include "task/task_model.h"

#include <string.h>

#include "base/addr.h"
#include "cpu/cpuid.h"
#include "cpu/user.h"
#include "dev/log.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "platform/exception.h"
#include "platform/platform.h"
#include "unit.h"

_Thread_local struct model model;
u8 model_memory[MODEL_FRAMES][PAGE_SIZE] aligned_to(PAGE_SIZE);

void model_reset(void)
{
	memset(&model, 0, sizeof(model));
	memset(model_memory, 0, sizeof(model_memory));
	model.frames_limit = MODEL_FRAMES;
	model.interrupts = true;
	model.timestamp = 1;
}

static bool is_lost(const void *address, size_t n)
{
	const u8 *first = address;
	return model.all_lost || (model.lost != NULL && first + n > model.lost && first < model.lost + PAGE_SIZE);
}

enum err platform_window_read(void *to, const void *window, size_t n)
{
	if (is_lost(window, n)) {
		return ERR_LOST;
	}
	memcpy(to, window, n);
	return ERR_OK;
}

enum err platform_window_write(void *window, const void *from, size_t n)
{
	if (is_lost(window, n)) {
		return ERR_LOST;
	}
	memcpy(window, from, n);
	return ERR_OK;
}

enum err platform_clear(void *window, enum page_size size)
{
	if (is_lost(window, page_bytes(size))) {
		return ERR_LOST;
	}
	memset(window, 0, page_bytes(size));
	return ERR_OK;
}

enum err platform_page_state(gpa_t start, u64 pages, enum window_view view)
{
	(void)start;
	assert_true(pages > 0 && view == WINDOW_PRIVATE);
	return model.page_state_error;
}

struct validate_result platform_validate(void *window, enum page_size size, bool validate)
{
	bool bad = window == model.validate_bad;
	assert_true(size == PAGE_4K && validate);
	return (struct validate_result){bad ? model.validate_code : RMP_SUCCESS, bad && model.validate_unchanged};
}

const u8 *model_file(const void *bytes, size_t n)
{
	void *pages = NULL;
	assert_err(frames_take((u32)((n + PAGE_SIZE - 1) / PAGE_SIZE), &pages), ERR_OK);
	memcpy(pages, bytes, n);
	return pages;
}

void *own_address(gpa_t address)
{
	assert_in_range(address.raw, MODEL_BASE, MODEL_BASE + sizeof(model_memory) - 1);
	return (u8 *)model_memory + (address.raw - MODEL_BASE);
}

gpa_t own_gpa(const void *address)
{
	size_t offset = (size_t)((const u8 *)address - (const u8 *)model_memory);
	assert_in_range(offset, 0, sizeof(model_memory) - 1);
	return gpa(MODEL_BASE + offset);
}

u64 own_map_cbit(void)
{
	return MODEL_CBIT;
}

void own_map_copy_kernel(u64 *root)
{
	for (u32 i = 256; i < 512; i++) {
		root[i] = MODEL_KERNEL_ENTRY;
	}
}

void own_map_activate(void)
{
	model.root = 0;
	model.root_writes++;
}

bool model_random(u64 *value)
{
	if (model.random_failures > 0) {
		model.random_failures--;
		return false;
	}
	model.random_value += model.random_stuck ? 0 : 0x9E3779B97F4A7C15ULL;
	*value = model.random_value;
	return true;
}

void model_vectors(const void *area, u32 operation)
{
	assert_int_equal((uintptr_t)area % 64, 0);
	model.vectors_operation = operation;
}

noreturn_fn void platform_terminate(enum terminate_reason reason)
{
	model.terminated = (int)reason;
	longjmp(model.terminate, 1);
}

bool platform_interrupts(void)
{
	return model.interrupts;
}

u32 platform_events_take(void)
{
	u32 events = model.events;
	model.events = 0;
	return events;
}

const volatile u8 *platform_events_signal(void)
{
	static const u8 signal;
	return &signal;
}

void platform_timer_arm(u32 microseconds)
{
	assert_true(model.interrupts && microseconds > 0);
	model.timers++;
}

void platform_timer_stop(void)
{
	model.events &= ~PLATFORM_EVENT_TIMER;
}

void platform_user_prepare(void)
{
	model.prepared = true;
}

enum user_exception platform_user_exception(const struct trap_frame *frame)
{
	if (frame->vector == 28) {
		return USER_EXCEPTION_NONE;
	}
	return frame->vector == 29 ? USER_EXCEPTION_CPUID : USER_EXCEPTION_FAULT;
}

void user_run(struct user_state *state, const volatile u8 *signal)
{
	(void)signal;
	assert_int_not_equal(model.root, 0);
	assert_true(model.prepared);
	model.prepared = false;
	model.user(state);
}

void log_line(enum log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}
