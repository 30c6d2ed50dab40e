/* SPDX-License-Identifier: MIT */
/*
 * Carries out the TPM commands that tests/bench writes into it, and calls step_mark before the first step, between steps and after the
 * last, where the counting plugin looks at its counters (tests/bench/rings). It calls as Linux does: again while the answer is
 * "incomplete" or "busy", and the command anew when the response is TPM_RC_RETRY.
 */
#include "base/compiler.h"
#include "base/mem.h"
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/instructions.h"
#include "runtime/svsm.h"

#define ROOM 4096U
#define RESPONSE_CODE_AT 6U /* TPM 2.0, part 1, 18: tag, size, response code */

noreturn_fn void program_main(u64 calling_area);
/* Known by name to who counts. */
__attribute__((noinline)) void step_mark(void);

/* Written into the file behind the mark: steps of u16 size, u16 repeats, the command; one of size 0 ends them. Little endian. */
static volatile const struct {
	char mark[8];
	u8 steps[ROOM];
} written = {.mark = "COPRATPM"};

static u8 buffer[PAGE_SIZE] aligned_to(PAGE_SIZE);
static u8 area[PAGE_SIZE] aligned_to(PAGE_SIZE);
static u8 command[ROOM];

void step_mark(void)
{
	compiler_barrier();
}

static u32 written_u16(u32 at)
{
	return at + 1 < ROOM ? (u32)written.steps[at] | (u32)written.steps[at + 1] << 8 : 0;
}

/* False: not answered, or with an error. */
static bool call(u32 size)
{
	const struct svsm_vtpm_request head = {.command = SVSM_VTPM_SEND_COMMAND, .size = size};
	struct svsm_registers registers;
	memcpy(buffer, &head, sizeof(head));
	memcpy(buffer + sizeof(head), command, size);
	do {
		registers = (struct svsm_registers){.rax = (u64)SVSM_PROTOCOL_VTPM << 32 | SVSM_VTPM_CMD,
						    .rcx = (u64)buffer};
		if (svsm_call(&registers) != SVSM_ANSWERED) {
			return false;
		}
	} while (registers.rax == SVSM_ERR_INCOMPLETE || registers.rax == SVSM_ERR_BUSY);
	return registers.rax == SVSM_SUCCESS;
}

static bool carry_out(u32 size)
{
	static const u8 success[4];
	static const u8 retry[] = {0, 0, 0x09, 0x22};
	const u8 *code = buffer + sizeof(struct svsm_vtpm_response) + RESPONSE_CODE_AT;
	bool called;
	do {
		called = call(size);
	} while (called && memcmp(code, retry, sizeof(retry)) == 0);
	return called && memcmp(code, success, sizeof(success)) == 0;
}

static bool step(u32 at, u32 size)
{
	u32 repeats = written_u16(at + 2);
	bool good = true;
	for (u32 i = 0; i < size; i++) {
		command[i] = written.steps[at + 4 + i];
	}
	for (u32 i = 0; i < repeats; i++) {
		good &= carry_out(size);
	}
	return good;
}

/* A calling area of our own, as an operating system takes: then no call lasts as long as its command. */
static bool move(void)
{
	bool moved = svsm_core(SVSM_CORE_REMAP_CA, (u64)area, 0, 0) == SVSM_SUCCESS;
	if (moved) {
		svsm_use((u64)area);
	}
	return moved;
}

void program_main(u64 calling_area)
{
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	bool good = move();
	u32 at = 0;
	u32 size;
	step_mark();
	while ((size = written_u16(at)) != 0 && at + 4 + size <= ROOM) {
		good &= step(at, size);
		step_mark();
		at += 4 + size;
	}
	host_print("tpm steps %s\n", good ? "ok" : "failed");
	host_power_off();
}
