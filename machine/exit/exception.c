/* SPDX-License-Identifier: MIT */
#include "exit/exception.h"

#include "context/guest_access.h"
#include "end/end.h"
#include "trace/trace.h"
#include "x86/control.h"

#define VECTOR_DOUBLE_FAULT 8U
#define VECTOR_GENERAL_PROTECTION 13U
#define VECTOR_PAGE_FAULT 14U
#define VECTOR_MASK 0xFFULL
/* #DE, #TS, #NP, #SS, #GP, #VC (APM volume 2, section 8.2.9); and those after which any fault is #DF */
#define CONTRIBUTORY 0x20003C01U
#define EXTERNAL_GATE 3U /* of an error code that is a selector: of the IDT, for an event from outside */
#define GATE_CODE_SHIFT 3U
#define ERROR_CODE_SHIFT 32U
#define RFLAGS_TF (1ULL << 8)
#define RFLAGS_IF (1ULL << 9)
#define RFLAGS_NT (1ULL << 14)
#define RFLAGS_RF (1ULL << 16)
#define RFLAGS_VM (1ULL << 17)
#define GATE_PRESENT 0x80U
#define GATE_TYPE 0x0FU
#define GATE_TYPE_TRAP_BIT 0x1U
#define GATE_TYPE_32_BIT 0x8U
#define ATTRIBUTE_DPL_SHIFT 5U
#define TSS64_RSP0 4U
#define TSS64_IST1 36U
#define TSS32_ESP0 4U
#define TSS32_SS0 8U

/* What a gate says, whatever its format. */
struct gate {
	u64 offset;
	u16 selector;
	u8 type;
	u8 ist;
};

struct delivery {
	struct vcpu *vcpu;
	struct vmsa *vmsa;
	u8 vector;
	bool has_code;
	u64 code_pushed;
	struct gate gate;
	struct vmsa_segment code;
	struct vmsa_segment stack;
	u64 rsp;
	u8 cpl; /* of the handler */
	struct access access;
};

static enum access_outcome read_at(struct delivery *d, u64 address, void *to, size_t n)
{
	d->access = (struct access){.address = address};
	return guest_copy(d->vcpu, &d->access, to, n);
}

static enum access_outcome write_at(struct delivery *d, u64 address, void *from, size_t n)
{
	d->access = (struct access){.address = address, .flags = PAGE_FAULT_WRITE};
	return guest_copy(d->vcpu, &d->access, from, n);
}

static bool is_contributory(u8 vector)
{
	return vector < 32 && (CONTRIBUTORY >> vector & 1) != 0;
}

/* A fault while another event is delivered: #PF goes before contributory ones, all else is a double fault with them. */
static void delivery_failed(struct delivery *d, enum access_outcome outcome)
{
	if (outcome == ACCESS_BROKEN) {
		machine_end(END_SHUTDOWN, d->vcpu, "why=vc-delivery code=0x%lx address=0x%lx gpa=0x%lx rip=0x%lx",
			    d->code_pushed, d->access.address, d->access.broken.raw, d->vmsa->rip);
	}
	if (d->vector == VECTOR_DOUBLE_FAULT) {
		machine_end_shutdown(d->vcpu, "triple-fault");
	}
	if (outcome == ACCESS_PAGE_FAULT && d->vector != VECTOR_PAGE_FAULT) {
		exception_raise_page_fault(d->vcpu, d->access.address, d->access.error_code);
		return;
	}
	if (!is_contributory(d->vector) && d->vector != VECTOR_PAGE_FAULT) {
		u32 gate = (u32)d->vector << GATE_CODE_SHIFT | EXTERNAL_GATE;
		vcpu_inject_exception(d->vcpu, VECTOR_GENERAL_PROTECTION, true, gate);
		return;
	}
	trace(TRACE_REFUSED, d->vcpu, "double-fault", "code=0x%lx rip=0x%lx", d->code_pushed, d->vmsa->rip);
	vcpu_inject_exception(d->vcpu, VECTOR_DOUBLE_FAULT, true, 0);
}

static bool gate_read(struct delivery *d, bool long_mode)
{
	u8 raw[16] = {0};
	u32 size = long_mode ? 16 : 8;
	if ((d->vector + 1U) * size - 1 > d->vmsa->idtr.limit) {
		delivery_failed(d, ACCESS_OK);
		return false;
	}
	enum access_outcome outcome = read_at(d, d->vmsa->idtr.base + (u64)d->vector * size, raw, size);
	if (outcome != ACCESS_OK || (raw[5] & GATE_PRESENT) == 0) {
		delivery_failed(d, outcome);
		return false;
	}
	u32 high = 0;
	__builtin_memcpy(&high, raw + 8, sizeof(high));
	d->gate.offset = (u64)high << 32 | (u64)raw[7] << 24 | (u64)raw[6] << 16 | (u64)raw[1] << 8 | raw[0];
	d->gate.selector = (u16)(raw[3] << 8 | raw[2]);
	d->gate.type = raw[5] & GATE_TYPE;
	d->gate.ist = long_mode ? raw[4] & 7 : 0;
	return true;
}

/* Loads a descriptor of the guest's GDT or LDT as a segment. */
static bool segment_read(struct delivery *d, u16 selector, struct vmsa_segment *segment)
{
	const struct vmsa_segment *table = (selector & 4) != 0 ? &d->vmsa->ldtr : &d->vmsa->gdtr;
	u64 raw = 0;
	u32 offset = selector & 0xFFF8U;
	bool usable = (selector & 0xFFFCU) != 0 && offset + 7 <= table->limit;
	enum access_outcome outcome = usable ? read_at(d, table->base + offset, &raw, sizeof(raw)) : ACCESS_OK;
	if (!usable || outcome != ACCESS_OK || (raw >> 47 & 1) == 0) {
		delivery_failed(d, outcome);
		return false;
	}
	segment->selector = selector;
	segment->attributes = (u16)((raw >> 40 & 0xFF) | (raw >> 52 & 0xF) << 8);
	segment->base = (raw >> 16 & 0xFFFFFF) | (raw >> 56 & 0xFF) << 24;
	segment->limit = (u32)((raw & 0xFFFF) | (raw >> 32 & 0xF0000));
	if ((raw >> 55 & 1) != 0) {
		segment->limit = segment->limit << 12 | 0xFFF;
	}
	return true;
}

static bool code_find(struct delivery *d)
{
	if (!segment_read(d, d->gate.selector, &d->code)) {
		return false;
	}
	u8 dpl = d->code.attributes >> ATTRIBUTE_DPL_SHIFT & 3;
	bool conforming = (d->code.attributes & 4) != 0;
	bool is_code = (d->code.attributes & 0x18) == 0x18;
	if (!is_code || dpl > d->vmsa->cpl) {
		delivery_failed(d, ACCESS_OK);
		return false;
	}
	d->cpl = conforming ? d->vmsa->cpl : dpl;
	d->code.selector = (u16)((d->code.selector & ~3) | d->cpl);
	return true;
}

static bool stack_find_long(struct delivery *d)
{
	d->rsp = d->vmsa->rsp;
	d->stack = d->vmsa->ss;
	enum access_outcome outcome = ACCESS_OK;
	if (d->gate.ist != 0) {
		outcome = read_at(d, d->vmsa->tr.base + TSS64_IST1 + 8U * (d->gate.ist - 1U), &d->rsp, sizeof(d->rsp));
	} else if (d->cpl != d->vmsa->cpl) {
		outcome = read_at(d, d->vmsa->tr.base + TSS64_RSP0 + 8U * d->cpl, &d->rsp, sizeof(d->rsp));
	}
	if (outcome != ACCESS_OK) {
		delivery_failed(d, outcome);
		return false;
	}
	if (d->cpl != d->vmsa->cpl) {
		d->stack.selector = d->cpl;
		/* VMRUN takes the CPL from the DPL of SS. */
		d->stack.attributes = (u16)((d->stack.attributes & ~0x60) | d->cpl << ATTRIBUTE_DPL_SHIFT);
	}
	d->rsp &= ~0xFULL;
	return true;
}

static bool stack_find_32(struct delivery *d)
{
	d->rsp = d->vmsa->rsp;
	d->stack = d->vmsa->ss;
	if (d->cpl == d->vmsa->cpl) {
		return true;
	}
	u32 rsp = 0;
	u16 selector = 0;
	enum access_outcome outcome = read_at(d, d->vmsa->tr.base + TSS32_ESP0 + 8U * d->cpl, &rsp, sizeof(rsp));
	if (outcome == ACCESS_OK) {
		outcome = read_at(d, d->vmsa->tr.base + TSS32_SS0 + 8U * d->cpl, &selector, sizeof(selector));
	}
	if (outcome != ACCESS_OK) {
		delivery_failed(d, outcome);
		return false;
	}
	d->rsp = rsp;
	return segment_read(d, selector, &d->stack);
}

/* Control goes to the handler; the frame stands already. */
static void handler_enter(struct delivery *d)
{
	struct vmsa *vmsa = d->vmsa;
	vmsa->cs = d->code;
	vmsa->ss = d->stack;
	vmsa->rsp = d->rsp;
	vmsa->rip = d->gate.offset;
	vmsa->cpl = d->cpl;
	vmsa->rflags &= ~(RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM);
	if ((d->gate.type & GATE_TYPE_TRAP_BIT) == 0) {
		vmsa->rflags &= ~RFLAGS_IF;
	}
}

static void deliver_long(struct delivery *d)
{
	if (!gate_read(d, true) || !code_find(d) || !stack_find_long(d)) {
		return;
	}
	u64 frame[6] = {d->code_pushed,  d->vmsa->rip, d->vmsa->cs.selector,
			d->vmsa->rflags, d->vmsa->rsp, d->vmsa->ss.selector};
	u32 first = d->has_code ? 0 : 1;
	size_t size = sizeof(frame) - first * sizeof(frame[0]);
	d->rsp -= size;
	enum access_outcome outcome = write_at(d, d->rsp, &frame[first], size);
	if (outcome != ACCESS_OK) {
		delivery_failed(d, outcome);
		return;
	}
	handler_enter(d);
}

/* 16-bit gates push words, 32-bit gates doublewords; SS:ESP only when the privilege changes. */
static void deliver_protected(struct delivery *d)
{
	if (!gate_read(d, false) || !code_find(d) || !stack_find_32(d)) {
		return;
	}
	bool wide = (d->gate.type & GATE_TYPE_32_BIT) != 0;
	u32 values[6] = {(u32)d->code_pushed,  (u32)d->vmsa->rip, d->vmsa->cs.selector,
			 (u32)d->vmsa->rflags, (u32)d->vmsa->rsp, d->vmsa->ss.selector};
	u32 first = d->has_code ? 0 : 1;
	u32 count = (d->cpl != d->vmsa->cpl ? 6 : 4) - first;
	u32 size = wide ? sizeof(u32) : sizeof(u16);
	u8 frame[sizeof(values)];
	for (u32 i = 0; i < count; i++) {
		__builtin_memcpy(frame + i * size, &values[first + i], size);
	}
	bool big_stack = (d->stack.attributes & 0x400) != 0;
	u64 offset = (d->rsp - (u64)count * size) & (big_stack ? 0xFFFFFFFFULL : 0xFFFFULL);
	enum access_outcome outcome = write_at(d, (u32)(d->stack.base + offset), frame, (size_t)count * size);
	if (outcome != ACCESS_OK) {
		delivery_failed(d, outcome);
		return;
	}
	d->rsp = big_stack ? offset : (d->rsp & ~0xFFFFULL) | offset;
	d->gate.offset &= wide ? 0xFFFFFFFFULL : 0xFFFFULL;
	handler_enter(d);
}

/* Through the interrupt vector table, without an error code. */
static void deliver_real(struct delivery *d)
{
	struct vmsa *vmsa = d->vmsa;
	u16 vector[2] = {0, 0};
	u16 frame[3] = {(u16)vmsa->rip, vmsa->cs.selector, (u16)vmsa->rflags};
	u64 offset = (vmsa->rsp - sizeof(frame)) & 0xFFFF;
	enum access_outcome outcome = read_at(d, vmsa->idtr.base + (u64)d->vector * 4, vector, sizeof(vector));
	if (outcome == ACCESS_OK) {
		outcome = write_at(d, vmsa->ss.base + offset, frame, sizeof(frame));
	}
	if (outcome != ACCESS_OK) {
		delivery_failed(d, outcome);
		return;
	}
	vmsa->rsp = (vmsa->rsp & ~0xFFFFULL) | offset;
	vmsa->rip = vector[0];
	vmsa->cs.selector = vector[1];
	vmsa->cs.base = (u64)vector[1] << 4;
	vmsa->rflags &= ~(RFLAGS_IF | RFLAGS_TF | RFLAGS_RF);
}

static void deliver(struct delivery *d)
{
	if ((d->vmsa->efer & EFER_LMA) != 0) {
		deliver_long(d);
	} else if ((d->vmsa->cr0 & CR0_PE) != 0) {
		deliver_protected(d);
	} else {
		deliver_real(d);
	}
}

void exception_raise_vc(struct vcpu *vcpu, u64 exit_code)
{
	struct delivery d = {
		.vcpu = vcpu,
		.vmsa = vcpu_vmsa(vcpu),
		.vector = VECTOR_VC,
		.has_code = true,
		.code_pushed = exit_code,
	};
	vcpu_context(vcpu)->counters.vc_exceptions++;
	trace(TRACE_EXIT, vcpu, "vc", "code=0x%lx rip=0x%lx", exit_code, d.vmsa->rip);
	deliver(&d);
}

void exception_deliver(struct vcpu *vcpu, u64 event)
{
	struct delivery d = {
		.vcpu = vcpu,
		.vmsa = vcpu_vmsa(vcpu),
		.vector = (u8)(event & VECTOR_MASK),
		.has_code = (event & EVENT_ERROR_CODE_VALID) != 0,
		.code_pushed = event >> ERROR_CODE_SHIFT,
	};
	deliver(&d);
}

void exception_raise_page_fault(struct vcpu *vcpu, u64 address, u32 error_code)
{
	vcpu_vmsa(vcpu)->cr2 = address;
	vcpu_inject_exception(vcpu, VECTOR_PAGE_FAULT, true, error_code);
}
