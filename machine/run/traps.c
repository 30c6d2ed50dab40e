/* SPDX-License-Identifier: MIT */
#include "run/traps.h"

#include "boot/layout.h"
#include "cpu/cpu.h"
#include "cpu/vcpu.h"
#include "end/end.h"
#include "interrupts/interrupts.h"
#include "x86/control.h"

#define VECTOR_NMI 2U
#define VECTOR_DOUBLE_FAULT 8U
#define VECTOR_GENERAL_PROTECTION 13U
#define VECTOR_MACHINE_CHECK 18U
#define VECTOR_PIC_SPURIOUS 15U /* no exception; IRQ 7 of the PIC as firmware left it, when a masked line was raised */
#define FIRST_INTERRUPT 32U
#define ERROR_CODE_MAX 0xFFFFU
#define ENTRY_SIZE 16U
#define GATE_INTERRUPT 0x8E00U

struct gate {
	u16 offset_low;
	u16 selector;
	u16 flags;
	u16 offset_middle;
	u32 offset_high;
	u32 reserved;
};

extern const char trap_entries[], idle_window[], idle_window_end[];

static struct gate gates[256] aligned_to(16);

static void gate_set(u32 vector, u32 ist)
{
	u64 entry = (u64)trap_entries + vector * ENTRY_SIZE;
	gates[vector] = (struct gate){
		.offset_low = (u16)entry,
		.selector = SELECTOR_CODE,
		.flags = (u16)(GATE_INTERRUPT | ist),
		.offset_middle = (u16)(entry >> 16),
		.offset_high = (u32)(entry >> 32),
	};
}

void traps_load(void)
{
	if (gates[0].selector == 0) {
		for (u32 vector = 0; vector < ARRAY_SIZE(gates); vector++) {
			gate_set(vector, 0);
		}
		gate_set(VECTOR_NMI, TRAP_IST_NMI);
		gate_set(VECTOR_DOUBLE_FAULT, TRAP_IST_DOUBLE_FAULT);
		gate_set(VECTOR_MACHINE_CHECK, TRAP_IST_MACHINE_CHECK);
	}
	struct table_pointer pointer = {sizeof(gates) - 1, (u64)gates};
	idt_load(&pointer);
}

/* A kick. What it is about stands in memory; here it only must not be lost between a test and a halt. */
static void nmi_handle(struct trap_frame *frame)
{
	cpu_current()->kicked = 1;
	if (frame->rip >= (u64)idle_window && frame->rip < (u64)idle_window_end) {
		frame->rip = (u64)idle_window_end;
	}
}

/*
 * An interrupt that is gone when it is to be taken: QEMU's TCG then takes vector -1 and finds it past the end of the table.
 * The error code, a selector's bits (APM volume 2, section 8.4.1), has no room for that; a fault of the machine's own fits.
 */
static bool interrupt_withdrawn(const struct trap_frame *frame)
{
	return frame->vector == VECTOR_GENERAL_PROTECTION && frame->error_code > ERROR_CODE_MAX;
}

void trap_handle(struct trap_frame *frame)
{
	if (frame->vector == VECTOR_NMI) {
		nmi_handle(frame);
		return;
	}
	if (frame->vector == VECTOR_PIC_SPURIOUS || interrupt_withdrawn(frame)) {
		return;
	}
	if (frame->vector >= FIRST_INTERRUPT) {
		interrupts_device(cpu_current()->vcpu, (u8)frame->vector);
		return;
	}
	machine_end(END_FAULT, cpu_current()->vcpu, "exception=%u error=0x%lx rip=0x%lx rsp=0x%lx cr2=0x%lx",
		    (u32)frame->vector, frame->error_code, frame->rip, frame->rsp, cr2_read());
}
