/* SPDX-License-Identifier: MIT */
/* The vTPM protocol, where there is one: malformed calls, and a TPM command that works in between. SVSM (58019), chapter 8. */
#include "base/compiler.h"
#include "base/mem.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/svsm.h"

#define VTPM(call) ((u64)SVSM_PROTOCOL_VTPM << 32 | (call))
#define KEEP 0x5A5A5A5A5A5A5A5AULL

/* TPM2_GetRandom of 8 bytes, and the size of its response. */
static const u8 get_random[] = {0x80, 0x01, 0, 0, 0, 12, 0, 0, 1, 0x7B, 0, 8};
#define GET_RANDOM_RESPONSE 20U
#define RC_RETRY 0x922U
#define LONGEST 4087U /* up to the end of a page */
#define RESPONSE_MIN 10U

static u64 call(u32 number, u64 rcx)
{
	struct svsm_registers registers = {.rax = VTPM(number), .rcx = rcx, .rdx = KEEP};
	if (svsm_call(&registers) != SVSM_ANSWERED) {
		return UINT64_MAX;
	}
	tap_expect("RCX", registers.rcx, rcx);
	tap_expect("RDX", registers.rdx, KEEP);
	return registers.rax;
}

static u8 *buffer(void)
{
	return (u8 *)page_at(PAGE_WORK);
}

static void write_request(u32 command, u8 locality, u32 size)
{
	const struct svsm_vtpm_request head = {.command = command, .locality = locality, .size = size};
	memcpy(buffer(), &head, sizeof(head));
	memcpy(buffer() + sizeof(head), get_random, sizeof(get_random));
}

struct field_case {
	const char *name;
	u32 command;
	u8 locality;
	u32 size;
	u64 result, or_result;
};

static const struct field_case fields[] = {
	{"8.2/1 platform command 0", 0, 0, 12, SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_UNSUPPORTED_CALL},
	{"8.2/1 platform command 1", 1, 0, 12, SVSM_ERR_UNSUPPORTED_CALL, SVSM_ERR_INVALID_PARAMETER},
	{"8.2/1 platform command 9", 9, 0, 12, SVSM_ERR_UNSUPPORTED_CALL, SVSM_ERR_INVALID_PARAMETER},
	{"8.2/1 platform command 0xffffffff", UINT32_MAX, 0, 12, SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_UNSUPPORTED_CALL},
	{"8.2/3 locality 5", 8, 5, 12, SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_INVALID_PARAMETER},
	{"8.2/3 locality 255", 8, 255, 12, SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_INVALID_PARAMETER},
	{"8.2/4 size 4088", 8, 0, 4088, SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_INVALID_PARAMETER},
	{"8.2/4 size 0xffffffff", 8, 0, UINT32_MAX, SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_INVALID_PARAMETER},
};

static void test_fields(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field_case *c = &fields[i];
		tap_begin();
		write_request(c->command, c->locality, c->size);
		tap_expect_either("RAX", call(SVSM_VTPM_CMD, page_address(PAGE_WORK)), c->result, c->or_result);
		tap_end("", c->name);
	}
}

static void test_places(void)
{
	u32 count;
	const struct foreign_place *places = foreign_places(&count);
	for (u32 i = 0; i < count; i++) {
		tap_begin();
		tap_expect_either("RAX", call(SVSM_VTPM_CMD, places[i].address), SVSM_ERR_INVALID_ADDRESS,
				  SVSM_ERR_INVALID_PARAMETER);
		tap_end("8.2/2 buffer in ", places[i].name);
	}
}

static void test_query(void)
{
	struct svsm_registers registers = {.rax = VTPM(SVSM_VTPM_QUERY), .rcx = KEEP, .rdx = KEEP};
	tap_begin();
	tap_expect("outcome", svsm_call(&registers), SVSM_ANSWERED);
	tap_expect("RAX", registers.rax, SVSM_SUCCESS);
	tap_expect("RCX, TPM_SEND_COMMAND", registers.rcx >> SVSM_VTPM_SEND_COMMAND & 1, 1);
	tap_expect("RDX", registers.rdx, 0);
	tap_end("", "8.1/1 query");
	tap_begin();
	tap_expect("RAX", call(2, KEEP), SVSM_ERR_UNSUPPORTED_CALL);
	tap_end("", "8.1/2 unknown call");
}

/* RAX; called again as long as the SVSM says so. *code is that of the TPM's response, *size what the response says. */
static u64 command_once(u32 bytes, u32 *code, u32 *size)
{
	struct svsm_vtpm_response response;
	u8 field[4];
	u64 result;
	write_request(SVSM_VTPM_SEND_COMMAND, 0, bytes);
	do {
		result = call(SVSM_VTPM_CMD, page_address(PAGE_WORK));
	} while (result == SVSM_ERR_INCOMPLETE || result == SVSM_ERR_BUSY);
	memcpy(&response, buffer(), sizeof(response));
	memcpy(field, buffer() + sizeof(response) + 6, sizeof(field));
	*size = response.size;
	*code = (u32)field[0] << 24 | (u32)field[1] << 16 | (u32)field[2] << 8 | field[3];
	return result;
}

/* TPM_RC_RETRY: "the TPM was not able to start the command"; it is to be sent again. */
static u64 command(u32 bytes, u32 *code, u32 *size)
{
	u64 result;
	do {
		result = command_once(bytes, code, size);
	} while (result == SVSM_SUCCESS && *code == RC_RETRY);
	return result;
}

static void test_command(void)
{
	u32 code;
	u32 size;
	tap_begin();
	tap_expect("RAX", command(sizeof(get_random), &code, &size), SVSM_SUCCESS);
	tap_expect("size of the response", size, GET_RANDOM_RESPONSE);
	tap_expect("the TPM's code", code, 0);
	tap_end("", "8.2/5 TPM2_GetRandom");
}

/* More than the TPM command says is what the TPM has to judge. */
static void test_longest_command(void)
{
	u32 code;
	u32 size;
	tap_begin();
	tap_expect("RAX", command(LONGEST, &code, &size), SVSM_SUCCESS);
	tap_expect("the response has a head", size >= RESPONSE_MIN && size <= LONGEST, true);
	tap_end("", "8.2/6 a command of 4087 bytes");
}

void test_vtpm(void)
{
	if (!protocol_is_offered(SVSM_PROTOCOL_VTPM)) {
		tap_skip("", "8/1 vTPM protocol", "it is not offered");
		return;
	}
	test_query();
	test_fields();
	test_places();
	test_command();
	test_longest_command();
}
