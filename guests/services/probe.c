/* SPDX-License-Identifier: MIT */
#include "services/probe.h"

#include "base/compiler.h"
#include "conformance/tap.h"
#include "runtime/host.h"
#include "runtime/svsm.h"

#define REPEATS_MAX 20000U

/* Request and response of SVSM_VTPM_CMD (58019, section 8.2) */
static u8 buffer[PAGE_SIZE] aligned_to(PAGE_SIZE);
static u8 area[PAGE_SIZE] aligned_to(PAGE_SIZE);

void probe_area(void)
{
	if (svsm_core(SVSM_CORE_REMAP_CA, (u64)area, 0, 0) != SVSM_SUCCESS) {
		host_print("Bail out! no other calling area\n");
		host_power_off();
	}
	svsm_use((u64)area);
}

u64 probe_ask_once(const u8 *bytes, u32 n)
{
	struct svsm_vtpm_request *head = (struct svsm_vtpm_request *)buffer;
	struct svsm_registers registers = {
		.rax = (u64)SVSM_PROTOCOL_VTPM << 32 | SVSM_VTPM_CMD,
		.rcx = (u64)buffer,
	};
	*head = (struct svsm_vtpm_request){.command = SVSM_VTPM_SEND_COMMAND, .size = n};
	for (u32 i = 0; i < n; i++) {
		buffer[sizeof(*head) + i] = bytes[i];
	}
	return svsm_call(&registers) == SVSM_ANSWERED ? registers.rax : UINT64_MAX;
}

u64 probe_ask(const u8 *bytes, u32 n, u32 *calls)
{
	u64 result = SVSM_ERR_INCOMPLETE;
	u32 i = 0;
	for (; i < REPEATS_MAX && (result == SVSM_ERR_INCOMPLETE || result == SVSM_ERR_BUSY); i++) {
		result = probe_ask_once(bytes, n);
	}
	if (calls != NULL) {
		*calls = i;
	}
	return result;
}

u32 probe_response_size(void)
{
	return ((const struct svsm_vtpm_response *)buffer)->size;
}

const u8 *probe_response(void)
{
	return buffer + sizeof(struct svsm_vtpm_response);
}

void probe_expect_echo(u8 mark)
{
	const u8 echo[] = {PROBE_ECHO, mark};
	tap_expect("echo, result", probe_ask(echo, sizeof(echo), NULL), SVSM_SUCCESS);
	tap_expect("echo, size", probe_response_size(), sizeof(echo));
	tap_expect("echo, text", probe_response()[1], mark);
}
