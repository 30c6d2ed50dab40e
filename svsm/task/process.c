/* SPDX-License-Identifier: MIT */
#include "task/process.h"

#include "cpu/asm_offsets.h"
#include "cpu/cpuid.h"
#include "cpu/instructions.h"
#include "cpu/random.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "platform/exception.h"
#include "task/clock.h"
#include "task/initial_stack.h"
#include "task/loader.h"
#include "task/process_trap.h"

static void registers_init(struct process *process, u64 entry, u64 stack)
{
	process->user.frame = (struct trap_frame){
		.rip = entry,
		.cs = SELECTOR_USER_CODE,
		.rflags = USER_RFLAGS_FIXED,
		.rsp = stack,
		.ss = SELECTOR_USER_DATA,
	};
	vectors_reset(&process->vectors);
}

static err_t process_fill(struct process *process, struct span executable, bool again)
{
	struct loaded loaded;
	struct initial_stack stack = {
		.loaded = &loaded,
		.name = process->name,
		.again = again,
		.capabilities = cpuid_find(1, 0).edx,
	};
	u64 pointer = 0;
	enum err error = loader_load(&process->space, executable, &loaded);
	if (error == ERR_OK) {
		random_fill(stack.random, sizeof(stack.random));
		error = initial_stack_build(&process->space, &stack, &pointer);
	}
	if (error == ERR_OK) {
		process->break_start = loaded.end;
		process->break_end = loaded.end;
		registers_init(process, loaded.entry, pointer);
	}
	return error;
}

enum err process_make(struct span executable, const struct process_name *name, struct channel *channel,
		      struct process **out)
{
	void *frame = NULL;
	enum err error = frames_take(1, &frame);
	if (error != ERR_OK) {
		return error;
	}
	struct process *process = frame;
	process->name = name->text;
	process->channel = channel;
	error = space_make(&process->space, name->frames_max);
	if (error == ERR_OK) {
		error = process_fill(process, executable, name->again);
		if (error != ERR_OK) {
			space_end(&process->space);
		}
	}
	if (error != ERR_OK) {
		frames_return(frame, 1);
		return error;
	}
	*out = process;
	return ERR_OK;
}

void process_end(struct process *process)
{
	space_end(&process->space);
	frames_return(process, 1);
}

/* What belongs to the CPU and not to struct user_state. */
static void process_enter(struct process *process)
{
	cr3_write(space_root(&process->space));
	process->space.stale = false;
	vectors_load(&process->vectors);
	if (platform_interrupts()) {
		platform_timer_arm(SERVICE_SLICE_MICROSECONDS);
	}
}

static void process_leave(struct process *process)
{
	if (platform_interrupts()) {
		platform_timer_stop();
	}
	vectors_save(&process->vectors);
	own_map_activate();
}

static void process_step(struct process *process)
{
	if (process->space.stale) {
		process->space.stale = false;
		cr3_write(space_root(&process->space));
	}
	msr_write(MSR_FS_BASE, process->fs_base);
	process->user.frame.rflags = (process->user.frame.rflags & USER_RFLAGS_KEPT) | USER_RFLAGS_FIXED;
	platform_user_prepare();
	user_run(&process->user, platform_events_signal());
}

/* Without interrupts nobody ends a slice but the program's own way into the kernel. A counter that goes back ends it as well. */
static bool slice_is_over(u64 start)
{
	return (platform_events_take() & PLATFORM_EVENT_TIMER) != 0 ||
	       timestamp_read() - start >= clock_ticks(SERVICE_SLICE_MICROSECONDS);
}

enum process_stop process_run(struct process *process)
{
	enum process_stop stop = PROCESS_SLICE_OVER;
	u64 start = timestamp_read();
	process_enter(process);
	while (!slice_is_over(start)) {
		process_step(process);
		if (!process_trap(process, &stop)) {
			break;
		}
	}
	process_leave(process);
	return stop;
}
