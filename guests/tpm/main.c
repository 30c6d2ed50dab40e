/* SPDX-License-Identifier: MIT */
/*
 * TPM commands in known numbers, for tests/bench: two of these programs differ by what TPM_STEPS says, so the difference of their
 * VMPL0 instruction counters is the price of it. This calling area is the boot's, so each command is carried out in one call.
 */
#include "base/compiler.h"
#include "base/mem.h"
#include "runtime/host.h"
#include "runtime/svsm.h"

#define REPEATS 16U

noreturn_fn void program_main(u64 calling_area);

static u8 buffer[PAGE_SIZE] aligned_to(PAGE_SIZE);

/* TPM 2.0, part 3. The first one starts the service, or finds that there is none. */
static const u8 self_test_nothing[] = {0x80, 0x01, 0, 0, 0, 11, 0, 0, 1, 0x43, 0};
static const u8 pcr_read[] = {0x80, 0x01, 0, 0, 0, 20, 0, 0, 1, 0x7E, 0, 0, 0, 1, 0, 0x0B, 3, 1, 0, 0};
static const u8 pcr_extend[] = {
	0x80, 0x02, 0,  0,  0,  65, 0,  0,  1,  0x82, 0,    0,  0,  0,  0,  0,  0,  9,  0x40, 0,  0,  9,
	0,    0,    0,  0,  0,  0,  0,  0,  1,  0,    0x0B, 1,  2,  3,  4,  5,  6,  7,  8,    9,  10, 11,
	12,   13,   14, 15, 16, 17, 18, 19, 20, 21,   22,   23, 24, 25, 26, 27, 28, 29, 30,   31, 32,
};
static const u8 get_random[] = {0x80, 0x01, 0, 0, 0, 12, 0, 0, 1, 0x7B, 0, 32};
static const u8 self_test_all[] = {0x80, 0x01, 0, 0, 0, 11, 0, 0, 1, 0x43, 1};

/* Each step does what the ones below it do, and then its own. */
static const struct step {
	const u8 *command;
	u32 size;
	u32 repeats;
} steps[] = {
	{NULL, 0, 0},
	{self_test_nothing, sizeof(self_test_nothing), 1},
	{pcr_read, sizeof(pcr_read), REPEATS},
	{pcr_extend, sizeof(pcr_extend), REPEATS},
	{get_random, sizeof(get_random), REPEATS},
	{self_test_all, sizeof(self_test_all), 1},
};

static bool command(const u8 *bytes, u32 size)
{
	const struct svsm_vtpm_request head = {.command = SVSM_VTPM_SEND_COMMAND, .size = size};
	static const u8 success[4];
	struct svsm_registers registers = {.rax = (u64)SVSM_PROTOCOL_VTPM << 32 | SVSM_VTPM_CMD, .rcx = (u64)buffer};
	memcpy(buffer, &head, sizeof(head));
	memcpy(buffer + sizeof(head), bytes, size);
	return svsm_call(&registers) == SVSM_ANSWERED && registers.rax == SVSM_SUCCESS &&
	       memcmp(buffer + sizeof(struct svsm_vtpm_response) + 6, success, sizeof(success)) == 0;
}

void program_main(u64 calling_area)
{
	bool good = true;
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	for (u32 step = 0; step <= TPM_STEPS; step++) {
		for (u32 i = 0; i < steps[step].repeats; i++) {
			good &= command(steps[step].command, steps[step].size);
		}
	}
	host_print("tpm %u repeats=%u %s\n", TPM_STEPS, REPEATS, good ? "ok" : "failed");
	host_power_off();
}
