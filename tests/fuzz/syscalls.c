/* SPDX-License-Identifier: MIT */
/*
 * A hostile program in ring 3: system calls and traps with whatever registers, on a model of the SVSM's memory. After each of them the
 * kernel's memory, the image's file and another process are what they were, and the page tables map what they may, as they may.
 */
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/span.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "task/clock.h"
#include "task/linux_abi.h"
#include "task/loader.h"
#include "task/process_trap.h"
#include "task/task_file.h"
#include "task/task_model.h"
#include "x86/page_entry.h"

#define CALLS_MAX 64U
#define FRAMES_MAX 640U
#define KERNEL_FRAMES 4U
#define ENTRY_OWN (1ULL << 9)
#define KERNEL_ADDRESS 0xFFFFFFFF80010000ULL
#define ROOT_LEVEL 4U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What lies before the process under test: pages of the kernel's, the file, another process. */
static u8 untouched[MODEL_FRAMES * PAGE_SIZE];
static u32 untouched_frames;
static struct span input;
static struct span file;
static struct channel channel;
static struct process *process;
static bool mapped[MODEL_FRAMES];
static u8 payload[CHANNEL_PAYLOAD_MAX];

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

static u8 take(void)
{
	u8 value;
	return span_take_u8(&input, &value) == ERR_OK ? value : 0;
}

/* Near something that is there, or that must not be touched; or anything. */
static u64 take_value(void)
{
	const u64 bases[] = {
		0,
		SPACE_START,
		TASK_FILE_BASE,
		TASK_FILE_BASE + PAGE_SIZE,
		process->break_end,
		LOADER_MMAP_START,
		LOADER_STACK_END - PAGE_SIZE,
		SPACE_END,
		MODEL_BASE,
		KERNEL_ADDRESS,
		process->user.frame.rax,
	};
	u64 raw = 0;
	u8 choice = take();
	if (choice >= 0xF0 && span_take_u64(&input, &raw) == ERR_OK) {
		return raw;
	}
	u64 low = take();
	return bases[choice % ARRAY_SIZE(bases)] + (choice >= 0x80 ? low * PAGE_SIZE : low - 16);
}

static u64 take_number(void)
{
	static const u64 numbers[] = {LINUX_READ,     LINUX_WRITE,           LINUX_WRITEV,     LINUX_MMAP,
				      LINUX_MPROTECT, LINUX_MUNMAP,          LINUX_BRK,        LINUX_GETPID,
				      LINUX_GETTID,   LINUX_SET_TID_ADDRESS, LINUX_ARCH_PRCTL, LINUX_FUTEX,
				      LINUX_EXIT,     LINUX_CLOCK_GETTIME,   LINUX_GETRANDOM,  LINUX_MPROTECT,
				      LINUX_MUNMAP,   LINUX_EXIT_GROUP};
	u8 choice = take();
	return choice < 0xF0 ? numbers[choice % ARRAY_SIZE(numbers)] : take_value();
}

static u32 frame_of(u64 entry)
{
	u64 page = (entry & PAGE_ENTRY_ADDRESS & ~MODEL_CBIT) - MODEL_BASE;
	expect((entry & MODEL_CBIT) != 0 && page / PAGE_SIZE < MODEL_FRAMES);
	return (u32)(page / PAGE_SIZE);
}

static void check_leaf(u64 entry)
{
	u32 frame = frame_of(entry);
	bool own = (entry & ENTRY_OWN) != 0;
	bool writable = (entry & PAGE_ENTRY_WRITE) != 0;
	bool runs = (entry & PAGE_ENTRY_PRESENT) != 0 && (entry & PAGE_ENTRY_NO_EXECUTE) == 0;
	u32 first_of_file = (u32)((own_gpa(file.p).raw - MODEL_BASE) / PAGE_SIZE);
	expect((entry & PAGE_ENTRY_PRESENT) == 0 || (entry & PAGE_ENTRY_USER) != 0);
	if (own) {
		expect(frame >= untouched_frames && !runs && !mapped[frame]);
		mapped[frame] = true;
	} else {
		expect(frame == first_of_file && !writable);
	}
}

/* Returns how many frames the tables of this level and what they name are. */
static u32 check_table(const u64 *table, u32 level)
{
	u32 frames = 1;
	u32 entries = level == ROOT_LEVEL ? PAGE_TABLE_ENTRIES / 2 : PAGE_TABLE_ENTRIES;
	for (u32 i = 0; i < entries; i++) {
		if (table[i] == 0) {
			continue;
		}
		if (level > 1) {
			u32 frame = frame_of(table[i]);
			expect(frame >= untouched_frames && !mapped[frame]);
			mapped[frame] = true;
			frames += check_table(own_address(gpa(MODEL_BASE + (u64)frame * PAGE_SIZE)), level - 1);
		} else {
			check_leaf(table[i]);
			frames += (table[i] & ENTRY_OWN) != 0 ? 1 : 0;
		}
	}
	return frames;
}

static void check_all(void)
{
	const u64 *root = process->space.root;
	expect(memcmp(own_address(gpa(MODEL_BASE)), untouched, (size_t)untouched_frames * PAGE_SIZE) == 0);
	memset(mapped, 0, sizeof(mapped));
	expect(check_table(root, ROOT_LEVEL) == process->space.frames && process->space.frames <= FRAMES_MAX);
	for (u32 i = PAGE_TABLE_ENTRIES / 2; i < PAGE_TABLE_ENTRIES; i++) {
		expect(root[i] == MODEL_KERNEL_ENTRY);
	}
	/* Neither the process' own state nor its messages are among what it can reach. */
	expect(!mapped[(own_gpa(process).raw - MODEL_BASE) / PAGE_SIZE]);
	for (u32 i = 0; i < 2 * CHANNEL_MESSAGE_PAGES; i++) {
		expect(!mapped[(own_gpa(channel.request).raw - MODEL_BASE) / PAGE_SIZE + i]);
	}
	expect(process->fs_base < SPACE_END && process->log_used <= sizeof(process->log_text) &&
	       process->log_total <= PROCESS_LOG_MAX);
	expect(channel.request_size <= CHANNEL_MESSAGE_MAX && channel.reply_size <= CHANNEL_MESSAGE_MAX);
}

static struct process *start(struct channel *its_channel)
{
	static const struct process_name name = {"test", FRAMES_MAX, true};
	struct process *made = NULL;
	expect(process_make(file, &name, its_channel, &made) == ERR_OK);
	return made;
}

static void setup(void)
{
	static struct channel other;
	void *kernel = NULL;
	model_reset();
	clock_init();
	memset(&channel, 0, sizeof(channel));
	expect(frames_take(KERNEL_FRAMES, &kernel) == ERR_OK);
	memset(kernel, 0x5A, KERNEL_FRAMES * PAGE_SIZE);
	file = task_file(TASK_FILE_GOOD);
	memcpy((u8 *)file.p + (TASK_FILE_ENTRY - TASK_FILE_BASE), "\x0F\x05", 2);
	(void)start(&other);
	untouched_frames = model.frames_used;
	memcpy(untouched, own_address(gpa(MODEL_BASE)), (size_t)untouched_frames * PAGE_SIZE);
	expect(channel_open(&channel) == ERR_OK);
	process = start(&channel);
}

/* The channel's other end, as the kernel has it: a request when there is none, and replies fetched into some room. */
static void channel_turn(void)
{
	static u8 room[CHANNEL_PAYLOAD_MAX];
	struct service_reply reply = {.payload = room, .room = (size_t)take() * 129 % (sizeof(room) + 1)};
	if (channel.phase == CHANNEL_REPLIED) {
		enum err error = channel_fetch(&channel, &reply);
		expect(error == (reply.size <= reply.room ? ERR_OK : ERR_TRUNCATED));
	}
	if (channel.phase == CHANNEL_IDLE) {
		struct service_request request = {.operation = take(), .payload = {payload, (size_t)take() * 129}};
		request.payload.n = request.payload.n <= sizeof(payload) ? request.payload.n : sizeof(payload);
		channel_put(&channel, &request);
	}
}

/* Mostly a system call: #UD at the place of a SYSCALL. False when it was the process' last step. */
static bool step(void)
{
	struct trap_frame *frame = &process->user.frame;
	enum process_stop stop = PROCESS_SLICE_OVER;
	u8 kind = take();
	frame->vector = kind < 0xE0 ? TRAP_INVALID_OPCODE : take();
	frame->rip = kind < 0xF0 ? TASK_FILE_ENTRY : take_value();
	u64 number = take_number();
	frame->rdi = take_value();
	frame->rsi = take_value();
	frame->rdx = take_value();
	frame->r10 = kind % 2 == 0 ? LINUX_MAP_PRIVATE | LINUX_MAP_ANONYMOUS : take_value();
	frame->rax = number;
	model.timestamp += take();
	(void)process_trap(process, &stop);
	return stop != PROCESS_DEAD;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input = span_of(data, size);
	setup();
	expect(setjmp(model.terminate) == 0); /* nothing that ring 3 does ends the SVSM */
	for (u32 calls = 0; input.n > 0 && calls < CALLS_MAX; calls++) {
		channel_turn();
		bool lives = step();
		check_all();
		if (!lives) {
			break;
		}
	}
	process_end(process);
	expect(model.frames_used == untouched_frames + 2 * CHANNEL_MESSAGE_PAGES);
	return 0;
}
