/* SPDX-License-Identifier: MIT */
/*
 * Calls of the vTPM protocol, valid and invalid, in a storm's turns (SVSM, 58019, chapter 8). A CPU has one TPM command under way at
 * the most: while the answer is "incomplete" or "busy" it does other things, and goes on with it when its turn comes again.
 */
#include <copra/sev.h>

#include "base/compiler.h"
#include "base/mem.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"
#include "storm/storm.h"

#define VTPM(call) ((u64)SVSM_PROTOCOL_VTPM << 32 | (call))
#define LOCALITIES 5U
#define MESSAGE_MAX (SVSM_VTPM_BUFFER_SIZE - sizeof(struct svsm_vtpm_request))

/* TPM 2.0, part 3: 16.1, 22.4 of PCR 0, 22.2 of PCR 16 with the empty password. Numbers are big-endian. */
static const u8 get_random[] = {0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x7B, 0, 8};
static const u8 pcr_read[] = {0x80, 0x01, 0, 0, 0, 20, 0, 0, 0x01, 0x7E, 0, 0, 0, 1, 0, 0x0B, 3, 1, 0, 0};
static const u8 pcr_extend[] = {0x80, 0x02, 0, 0, 0, 65, 0, 0, 0x01, 0x82, 0, 0, 0, 16, 0, 0,   0,
				9,    0x40, 0, 0, 9, 0,  0, 0, 0,    0,    0, 0, 0, 1,  0, 0x0B};
#define PCR_EXTEND_SIZE (sizeof(pcr_extend) + 32U) /* and the digest */
_Static_assert(PCR_EXTEND_SIZE <= STORM_TPM_MAX, "the longest command");

/* A response: u16 tag, u32 size, u32 code. */
#define RESPONSE_MIN 10U
#define SIZE_AT 2U
#define CODE_AT 6U
#define RC_RETRY 0x922U
#define RANDOM_RESPONSE 20U

static bool offered;

static u32 below(u32 limit)
{
	return random_below(&storm_self()->random, limit);
}

void storm_tpm_find(void)
{
	u64 rcx = (u64)SVSM_PROTOCOL_VTPM << 32 | SVSM_VTPM_VERSION;
	struct svsm_registers registers = {.rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = rcx};
	offered = svsm_call(&registers) == SVSM_ANSWERED && registers.rax == SVSM_SUCCESS && registers.rcx != 0;
}

void storm_tpm_forget(void)
{
	storm_self()->tpm.size = 0;
}

/* Where this CPU's own memory is private between its turns; mostly not aligned, and often in two pages. */
static u64 buffer_choose(void)
{
	return storm_own(cpu_current()->index) + below(LARGE_PAGE_SIZE - SVSM_VTPM_BUFFER_SIZE);
}

static void bytes_put(u64 address, const void *from, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		*(volatile u8 *)memory_at(address + i) = ((const u8 *)from)[i];
	}
}

static void bytes_get(void *to, u64 address, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		((u8 *)to)[i] = *(volatile u8 *)memory_at(address + i);
	}
}

static u32 big_endian(const u8 *bytes)
{
	return (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
}

static void query(void)
{
	struct svsm_registers r = {.rax = VTPM(SVSM_VTPM_QUERY), .rcx = below(0x10000), .rdx = below(0x10000)};
	storm_self()->calls++;
	storm_expect(svsm_call(&r) == SVSM_ANSWERED && r.rax == SVSM_SUCCESS, VTPM(SVSM_VTPM_QUERY), r.rax);
	storm_expect((r.rcx >> SVSM_VTPM_SEND_COMMAND & 1) != 0, VTPM(SVSM_VTPM_QUERY), r.rcx);
	u64 call = VTPM(SVSM_VTPM_CMD + 1 + below(0x10000));
	u64 result = storm_call(call, below(0x10000), 0, 0);
	storm_expect(result == SVSM_ERR_UNSUPPORTED_CALL, call, result);
}

/* One field of the head is wrong. */
static void bad_field(void)
{
	struct svsm_vtpm_request head = {.command = SVSM_VTPM_SEND_COMMAND, .size = sizeof(get_random)};
	u64 buffer = buffer_choose();
	bool is_command = false;
	switch (below(4)) {
	case 0:
		head.command = SVSM_VTPM_SEND_COMMAND + 1 +
			       (below(2) ? below(32) : (u32)random_next(&storm_self()->random) >> 1);
		is_command = true;
		break;
	case 1:
		head.locality = (u8)(LOCALITIES + below(0x100 - LOCALITIES));
		break;
	case 2:
		head.size = 0;
		break;
	default:
		head.size = MESSAGE_MAX + 1 + ((u32)random_next(&storm_self()->random) >> (1 + below(31)));
		break;
	}
	bytes_put(buffer, &head, sizeof(head));
	u64 result = storm_call(VTPM(SVSM_VTPM_CMD), buffer, 0, 0);
	storm_expect(result == SVSM_ERR_INVALID_PARAMETER || (is_command && result == SVSM_ERR_UNSUPPORTED_CALL),
		     VTPM(SVSM_VTPM_CMD), result);
}

/* Memory that is not the guest's, or that all CPUs validate and rescind: there is no command in it. */
static void bad_place(void)
{
	u64 places[] = {0, storm_foreign(), STORM_COMMON + below(STORM_COMMON_BLOCKS * LARGE_PAGE_SIZE)};
	u64 result = storm_call(VTPM(SVSM_VTPM_CMD), places[below(ARRAY_SIZE(places))], 0, 0);
	storm_expect(result == SVSM_ERR_INVALID_ADDRESS || result == SVSM_ERR_INVALID_PARAMETER ||
			     result == SVSM_ERR_UNSUPPORTED_CALL,
		     VTPM(SVSM_VTPM_CMD), result);
}

/* With a right head, and a command that there may be or not: whatever the TPM makes of it, it says so. */
static void garbage_choose(struct storm_tpm *tpm)
{
	tpm->size = RESPONSE_MIN + below(STORM_TPM_MAX - RESPONSE_MIN + 1);
	for (u32 i = 0; i < tpm->size; i++) {
		tpm->command[i] = (u8)below(0x100);
	}
	const u8 head[] = {0x80, (u8)(1 + below(2)), 0, 0, 0, (u8)tpm->size, 0, 0, 0x01};
	memcpy(tpm->command, head, sizeof(head));
}

static void command_choose(struct storm_tpm *tpm)
{
	switch (below(4)) {
	case 0:
		tpm->size = sizeof(pcr_read);
		memcpy(tpm->command, pcr_read, sizeof(pcr_read));
		break;
	case 1:
		tpm->size = PCR_EXTEND_SIZE;
		memcpy(tpm->command, pcr_extend, sizeof(pcr_extend));
		tpm->command[sizeof(pcr_extend)] = (u8)below(0x100);
		break;
	case 2:
		garbage_choose(tpm);
		break;
	default:
		tpm->size = sizeof(get_random);
		memcpy(tpm->command, get_random, sizeof(get_random));
		break;
	}
}

/* A response is whole, and that of TPM2_GetRandom as long as was asked for. TPM_RC_RETRY: the command is to be sent again. */
static void response_check(struct storm_tpm *tpm, u64 buffer)
{
	struct svsm_vtpm_response response;
	u8 head[RESPONSE_MIN];
	bytes_get(&response, buffer, sizeof(response));
	bytes_get(head, buffer + sizeof(response), sizeof(head));
	u32 code = big_endian(head + CODE_AT);
	bool is_random = tpm->size == sizeof(get_random) && memcmp(tpm->command, get_random, sizeof(get_random)) == 0;
	storm_expect(response.size >= RESPONSE_MIN && response.size <= MESSAGE_MAX &&
			     big_endian(head + SIZE_AT) == response.size,
		     VTPM(SVSM_VTPM_CMD), response.size);
	if (code == RC_RETRY) {
		return;
	}
	storm_expect(!is_random || (code == 0 && response.size == RANDOM_RESPONSE), VTPM(SVSM_VTPM_CMD), code);
	tpm->responses++;
	tpm->size = 0;
}

static void command_send(void)
{
	struct storm_tpm *tpm = &storm_self()->tpm;
	u64 buffer = buffer_choose();
	if (tpm->size == 0) {
		command_choose(tpm);
	}
	const struct svsm_vtpm_request head = {.command = SVSM_VTPM_SEND_COMMAND, .size = tpm->size};
	bytes_put(buffer, &head, sizeof(head));
	bytes_put(buffer + sizeof(head), tpm->command, tpm->size);
	u64 result = storm_call(VTPM(SVSM_VTPM_CMD), buffer, 0, 0);
	storm_expect(result == SVSM_SUCCESS || result == SVSM_ERR_INCOMPLETE || result == SVSM_ERR_BUSY,
		     VTPM(SVSM_VTPM_CMD), result);
	if (result == SVSM_SUCCESS) {
		response_check(tpm, buffer);
	}
}

bool storm_tpm_start(void)
{
	struct storm_tpm *tpm = &storm_self()->tpm;
	while (offered && tpm->responses == 0 && storm_self()->wrong == 0) {
		command_send();
	}
	return storm_self()->wrong == 0;
}

void storm_tpm_turn(void)
{
	static void (*const turns[])(void) = {query, bad_field, bad_place, command_send, command_send, command_send};
	if (offered) {
		turns[below(ARRAY_SIZE(turns))]();
		return;
	}
	u64 result = storm_call(VTPM(below(2)), below(2) ? 0 : buffer_choose(), 0, 0);
	storm_expect(result == SVSM_ERR_UNSUPPORTED_PROTOCOL, VTPM(SVSM_VTPM_CMD), result);
}
