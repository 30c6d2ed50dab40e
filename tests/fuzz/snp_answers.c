/* SPDX-License-Identifier: MIT */
/* Whatever the host answers, by MSR or GHCB: platform/snp returns or ends the SVSM, and writes nothing outside of its pages. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "snp/host_model.h"

#include "base/span.h"
#include "cpu/per_cpu.h"
#include "mm/own_map.h"
#include "platform/snp/host.h"

#define GHCB_PAGE (MODEL_BASE + 0x10000)
#define DOORBELL_PAGE (MODEL_BASE + 0x11000)
#define ANSWER_START 0x390U /* SW_EXITCODE */
#define ANSWER_BYTES 0x70U  /* up to and with the valid bitmap */
#define BUFFER_BYTES 16U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span answers;

/* True: the honest answer. The input's end makes the host honest. */
static bool be_honest(void)
{
	u8 choice;
	return span_take_u8(&answers, &choice) != ERR_OK || (choice & 1) == 0;
}

static bool answer_request(u64 request, u64 *response)
{
	return !be_honest() && span_take_u64(&answers, response) == ERR_OK;
}

static bool answer_event(struct ghcb *ghcb)
{
	struct span bytes;
	struct span buffer;
	if (be_honest() || span_take(&answers, ANSWER_BYTES, &bytes) != ERR_OK ||
	    span_take(&answers, BUFFER_BYTES, &buffer) != ERR_OK) {
		return false;
	}
	memcpy((u8 *)ghcb + ANSWER_START, bytes.p, bytes.n);
	memcpy(ghcb->shared_buffer, buffer.p, buffer.n);
	memcpy(own_address(gpa(DOORBELL_PAGE)), buffer.p, 4);
	return true;
}

static void use_host(void)
{
	const struct host_pages pages = {
		.ghcb = own_address(gpa(GHCB_PAGE)),
		.doorbell = own_address(gpa(DOORBELL_PAGE)),
	};
	host_meet(cpu_current(), model_layout(), pages);
	enum err error = platform_page_state(gpa(0x1FE000), 2 + 512 * 2, WINDOW_PRIVATE);
	error = error == ERR_OK ? platform_vcpu_register(0, 2, gpa(0x3000), 1) : error;
	for (u32 i = 0; i < 8 && error == ERR_OK; i++) {
		error = platform_guest_run(2);
	}
	platform_console_write("done\n", 5);
	platform_idle();
	platform_terminate(error == ERR_OK ? TERMINATE_NO_GUEST : TERMINATE_GUEST_FAILED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	model_reset();
	model.request = answer_request;
	model.event = answer_event;
	answers = span_of(data, size);
	if (MODEL_ENDS(use_host()) == 0) {
		__builtin_trap();
	}
	return 0;
}
