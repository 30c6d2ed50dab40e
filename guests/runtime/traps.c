/* SPDX-License-Identifier: MIT */
/* Every exception ends the program with a line that tells which; #VC among them, as the program never needs it. */
#include "base/compiler.h"
#include "runtime/host.h"

#define VECTORS 32U
#define CODE_SELECTOR 0x08U
#define GATE_INTERRUPT 0x8E00U /* present, DPL 0, 64-bit interrupt gate */

struct gate {
	u16 offset_low, selector, attributes, offset_middle;
	u32 offset_high, reserved;
};

struct idt_pointer {
	u16 limit;
	u64 base;
} packed;

struct trap_frame {
	u64 vector, code, rip, cs, rflags, rsp, ss;
};

extern const u64 trap_stubs[VECTORS];
void traps_load(const struct idt_pointer *pointer);
void traps_install(void);
noreturn_fn void trap_report(const struct trap_frame *frame);

static struct gate gates[VECTORS] aligned_to(16);

void traps_install(void)
{
	for (u32 i = 0; i < VECTORS; i++) {
		u64 stub = trap_stubs[i];
		gates[i] = (struct gate){
			.offset_low = (u16)stub,
			.selector = CODE_SELECTOR,
			.attributes = GATE_INTERRUPT,
			.offset_middle = (u16)(stub >> 16),
			.offset_high = (u32)(stub >> 32),
		};
	}
	struct idt_pointer pointer = {.limit = sizeof(gates) - 1, .base = (u64)gates};
	traps_load(&pointer);
}

void trap_report(const struct trap_frame *frame)
{
	static bool reporting;
	if (!reporting) {
		reporting = true;
		host_print("Bail out! exception %u, code 0x%lx, at 0x%lx\n", (u32)frame->vector, frame->code,
			   frame->rip);
	}
	host_terminate(PROGRAM_TRAP);
}
