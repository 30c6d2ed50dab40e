/* SPDX-License-Identifier: MIT */
/*
 * Several CPUs ask two services at once, each CPU a thread, under the thread sanitizer. Ring 3 reads and replies, is interrupted, takes
 * and gives memory, and dies, at random. Each request is answered with its own reply or with the loss of the service; a process runs on
 * one CPU at a time; and in the end all memory is back.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/trap_numbers.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "platform/platform.h"
#include "task/linux_abi.h"
#include "task/loader.h"
#include "task/process.h"
#include "task/services.h"
#include "task/task_file.h"
#include "task/task_model.h"

#define CPUS 4U
#define REQUESTS 400U
#define REPEATS_MAX 100000000U
#define TICKS_PER_CALL 200000U /* a tenth of a slice */
#define STACK (LOADER_STACK_END - LOADER_STACK_PAGES * PAGE_SIZE)
#define MESSAGE_ROOM 256U
#define HV 28U

struct cpu_thread {
	pthread_t thread;
	u32 index;
	u32 answered, lost;
};

struct text {
	u64 cpu, number;
};

static _Thread_local u64 seed;

static void expect(bool condition, const char *what)
{
	if (!condition) {
		fprintf(stderr, "races: %s\n", what);
		abort();
	}
}

/* One in so many. */
static bool chance(u32 n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % n == 0;
}

static void system_call(struct trap_frame *frame, u64 number, u64 first, u64 third)
{
	frame->vector = TRAP_INVALID_OPCODE;
	frame->rip = TASK_FILE_ENTRY;
	frame->rax = number;
	frame->rdi = first;
	frame->rsi = number == LINUX_MMAP ? 3 * PAGE_SIZE : STACK;
	frame->rdx = third;
	frame->r10 = LINUX_MAP_PRIVATE | LINUX_MAP_ANONYMOUS;
}

/* What the program does next is in registers of its own: R15 = the step, R14 = the message's size, R13 = memory it has. */
static void program_step(struct trap_frame *frame)
{
	switch (frame->r15++) {
	case 0:
		system_call(frame, LINUX_READ, CHANNEL_DESCRIPTOR, MESSAGE_ROOM);
		break;
	case 1:
		frame->r14 = frame->rax;
		system_call(frame, LINUX_MMAP, 0, LINUX_PROT_READ | LINUX_PROT_WRITE);
		break;
	case 2:
		frame->r13 = frame->rax;
		system_call(frame, LINUX_GETRANDOM, STACK + MESSAGE_ROOM, 0);
		break;
	case 3:
		system_call(frame, LINUX_MUNMAP, frame->r13, 0);
		frame->rsi = 3 * PAGE_SIZE;
		break;
	default:
		expect(frame->rax == 0, "memory was not there to be given back");
		system_call(frame, LINUX_WRITE, CHANNEL_DESCRIPTOR, frame->r14);
		frame->r15 = 0;
		break;
	}
}

/* The error code, of which no trap here makes use, says that it runs. */
static void program(struct user_state *state)
{
	expect(__atomic_exchange_n(&state->frame.error_code, 1, __ATOMIC_RELAXED) == 0, "a process runs on two CPUs");
	if (chance(60)) {
		state->frame.vector = TRAP_PAGE_FAULT;
	} else if (chance(3)) {
		state->frame.vector = HV;
		model.events = PLATFORM_EVENT_TIMER;
	} else {
		program_step(&state->frame);
	}
	__atomic_store_n(&state->frame.error_code, 0, __ATOMIC_RELAXED);
}

static void program_dies(struct user_state *state)
{
	state->frame.vector = TRAP_PAGE_FAULT;
}

static void cpu_start(u32 index, void (*user)(struct user_state *state))
{
	model.interrupts = true;
	model.timestamp = 1;
	model.user = user;
	seed = index * 977 + 5;
}

static bool goes_on(enum err error)
{
	return error == ERR_INCOMPLETE || error == ERR_BUSY;
}

/* Some requests are the same for all CPUs, and some are given up before they are answered. */
static void ask(struct cpu_thread *self, u32 number)
{
	struct text text = {chance(4) ? UINT64_MAX : self->index, chance(4) ? 0 : number};
	u8 room[sizeof(text)];
	struct service_request request = {.operation = 7, .payload = {(const u8 *)&text, sizeof(text)}};
	struct service_reply reply = {.payload = room, .room = sizeof(room)};
	enum service service = chance(2) ? SERVICE_VTPM : SERVICE_ATTEST;
	enum err error = ERR_INCOMPLETE;
	bool gives_up = chance(200);
	for (u32 i = 0; i < REPEATS_MAX && goes_on(error); i++) {
		model.timestamp += TICKS_PER_CALL;
		error = service_call(service, &request, &reply);
		if (goes_on(error) && gives_up) {
			return;
		}
		(void)sched_yield(); /* whoever has the service may wait for a processor */
	}
	expect(error == ERR_OK || error == ERR_LOST, err_name(error));
	expect(error != ERR_OK || (reply.size == sizeof(text) && memcmp(room, &text, sizeof(text)) == 0),
	       "another request's reply");
	self->answered += error == ERR_OK ? 1 : 0;
	self->lost += error == ERR_LOST ? 1 : 0;
}

static void *cpu_run(void *argument)
{
	struct cpu_thread *self = argument;
	cpu_start(self->index, program);
	for (u32 i = 0; i < REQUESTS; i++) {
		ask(self, i);
	}
	return NULL;
}

static void services_setup(void)
{
	static struct boot_layout layout;
	u64 file_bytes = TASK_FILE_PAGES * PAGE_SIZE;
	model_reset();
	task_file_spoil(model_memory[0], TASK_FILE_GOOD);
	memcpy(model_memory[0] + (TASK_FILE_ENTRY - TASK_FILE_BASE), "\x0F\x05", 2);
	expect(frames_init(gpa(MODEL_BASE + file_bytes), sizeof(model_memory) - file_bytes) == ERR_OK, "no frames");
	layout.service = MODEL_BASE;
	layout.service_bytes = TASK_FILE_SIZE;
	services_init(&layout);
}

/* Whatever is under way is over at last, and the processes are gone. */
static void services_finish(u64 free_bytes)
{
	struct service_reply reply = {0};
	struct service_request request = {.operation = 8};
	u64 channels = SERVICE_COUNT * 2ULL * CHANNEL_MESSAGE_PAGES * PAGE_SIZE;
	cpu_start(0, program_dies);
	for (u32 service = 0; service < SERVICE_COUNT; service++) {
		enum err error = ERR_BUSY;
		expect(service_is_there((enum service)service), "a service was given up");
		for (u32 i = 0; i < 10 && goes_on(error); i++) {
			model.timestamp += 1ULL << 40;
			error = service_call((enum service)service, &request, &reply);
		}
		expect(error == ERR_LOST, err_name(error));
	}
	expect(frames_free_bytes() == free_bytes - channels, "memory is missing");
}

int main(void)
{
	static struct cpu_thread cpus[CPUS];
	u32 answered = 0;
	u32 lost = 0;
	services_setup();
	u64 free_bytes = frames_free_bytes();
	for (u32 i = 0; i < CPUS; i++) {
		cpus[i].index = i;
		expect(pthread_create(&cpus[i].thread, NULL, cpu_run, &cpus[i]) == 0, "no thread");
	}
	for (u32 i = 0; i < CPUS; i++) {
		expect(pthread_join(cpus[i].thread, NULL) == 0, "no end");
		answered += cpus[i].answered;
		lost += cpus[i].lost;
		expect(cpus[i].answered > 0, "a CPU got no answer at all");
	}
	services_finish(free_bytes);
	printf("races: %u answered, %u lost\n", answered, lost);
	return answered > lost ? 0 : 1;
}
