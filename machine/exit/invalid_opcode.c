/* SPDX-License-Identifier: MIT */
/*
 * PVALIDATE, RMPADJUST, RMPQUERY, INVLPGB, TLBSYNC: invalid opcodes for the processor under us. AMD64 APM volume 3 (24594).
 * Everything up to the guest-physical address is here, the rest in rmp/instructions.c.
 */
#include "exit/invalid_opcode.h"

#include "base/align.h"
#include "cpu/vcpu.h"
#include "exit/decode.h"
#include "exit/exception.h"
#include "exit/nested_fault.h"
#include "psp/cpuid.h"
#include "rmp/nested.h"
#include "rmp/rmp.h"
#include "trace/trace.h"
#include "x86/control.h"

#define VECTOR_UD 6U
#define VECTOR_GP 13U
#define RFLAGS_CF (1ULL << 0)
#define RFLAGS_RESULT 0x8D5ULL /* OF, SF, ZF, AF, PF, CF */
#define RFLAGS_ZF (1ULL << 6)
#define RFLAGS_VM (1ULL << 17)

struct operation {
	struct cpu *cpu;
	struct vmsa *vmsa;
	struct decoded decoded;
	enum page_size size;
	gpa_t page;
	bool small_mapping; /* the guest maps it in pieces of 4 KiB */
	u32 code;
	bool carry;
};

static void finish(struct operation *op)
{
	op->vmsa->rax = op->code;
	op->vmsa->rflags &= ~RFLAGS_RESULT;
	op->vmsa->rflags |= (op->code == RMP_SUCCESS ? RFLAGS_ZF : 0) | (op->carry ? RFLAGS_CF : 0);
	instruction_advance(op->cpu, op->decoded.length);
}

/* The operand: a linear address that the guest must have mapped with C-bit. False when something was raised instead. */
static bool operand_find(struct operation *op)
{
	struct access access = {.address = op->vmsa->rax};
	enum access_outcome outcome = guest_translate(op->cpu->vcpu, &access);
	if (outcome == ACCESS_PAGE_FAULT) {
		exception_raise_page_fault(op->cpu->vcpu, access.address, access.error_code);
		return false;
	}
	if (outcome == ACCESS_BROKEN) {
		exit_report_violation(op->cpu, "rmp-operand-walk", access.broken, 0);
	}
	if (!access.private_view) {
		exit_report_violation(op->cpu, "rmp-operand-shared", access.gpa, 0);
	}
	op->page = access.gpa;
	op->small_mapping = access.size == PAGE_4K;
	if (rmp_find(gpa_page(op->page)) == NULL) {
		exception_raise_vc(op->cpu->vcpu, SVM_EXIT_NPF);
		return false;
	}
	return true;
}

/*
 * The host does not have the page private: it gives way, as hosts do on the nested fault, and the instruction starts again. Where part
 * of 2 MiB is private already, only the page that faulted follows. A page that is private by now was a VMSA that another CPU ran:
 * it cannot be touched before that one has left.
 */
static void host_backs(struct operation *op)
{
	gpa_t page = gpa(align_down(op->page.raw, page_bytes(op->size)));
	enum err error = rmp_imply_private(page, op->size);
	if (error == ERR_EXISTS && op->size == PAGE_2M) {
		error = rmp_imply_private(page, PAGE_4K);
	}
	if (error == ERR_EXISTS) {
		cpu_leave_guests();
		return;
	}
	trace(TRACE_ALWAYS, op->cpu->vcpu, "implicit-private", "gpa=0x%lx access=rmp rip=0x%lx result=\"%s\"", page.raw,
	      op->vmsa->rip, err_name(error));
	if (error != ERR_OK) {
		exit_report_violation(op->cpu, "rmp-operand", page, 0);
	}
}

static void conclude(struct operation *op, enum rmp_outcome outcome)
{
	switch (outcome) {
	case RMP_DONE:
		finish(op);
		return;
	case RMP_NESTED_FAULT:
		host_backs(op);
		return;
	case RMP_VC_NOT_VALIDATED:
		exception_raise_vc(op->cpu->vcpu, SVM_EXIT_PAGE_NOT_VALIDATED);
		return;
	}
}

static void pvalidate(struct operation *op)
{
	struct vmsa *vmsa = op->vmsa;
	struct vcpu *vcpu = op->cpu->vcpu;
	op->size = (vmsa->rcx & 1) != 0 ? PAGE_2M : PAGE_4K;
	bool aligned_operand = op->size == PAGE_4K || is_aligned(vmsa->rax, LARGE_PAGE_SIZE);
	if (!aligned_operand || ((u32)vmsa->rcx & ~1U) != 0 || ((u32)vmsa->rdx & ~1U) != 0) {
		op->code = RMP_FAIL_INPUT;
		finish(op);
		return;
	}
	if (!operand_find(op)) {
		return;
	}
	vcpu_context(vcpu)->counters.pvalidates++;
	enum rmp_outcome outcome = RMP_DONE;
	if (op->size == PAGE_2M && op->small_mapping) {
		op->code = RMP_FAIL_SIZE_MISMATCH;
	} else {
		gpa_t page = op->size == PAGE_2M ? op->page : gpa_page(op->page);
		outcome = rmp_pvalidate(page, op->size, (vmsa->rdx & 1) != 0, &op->code, &op->carry);
	}
	trace(TRACE_RMP, vcpu, "pvalidate", "gpa=0x%lx size=%u validate=%u code=%u carry=%u", op->page.raw,
	      (u32)op->size, (u32)vmsa->rdx & 1, op->code, op->carry);
	conclude(op, outcome);
}

static void rmpadjust(struct operation *op)
{
	struct vmsa *vmsa = op->vmsa;
	struct vcpu *vcpu = op->cpu->vcpu;
	op->size = (vmsa->rcx & 1) != 0 ? PAGE_2M : PAGE_4K;
	vcpu_context(vcpu)->counters.rmpadjusts++;
	op->code = is_aligned(vmsa->rax, page_bytes(op->size)) && ((u32)vmsa->rcx & ~1U) == 0
			   ? rmp_adjust_check(op->size, vcpu->vmpl, vmsa->rdx)
			   : RMP_FAIL_INPUT;
	if (op->code != RMP_SUCCESS) { /* before the page is looked at: guests find out so that they are not VMPL0 */
		trace(TRACE_RMP, vcpu, "rmpadjust", "linear=0x%lx size=%u operand=0x%lx code=%u", vmsa->rax,
		      (u32)op->size, vmsa->rdx, op->code);
		finish(op);
		return;
	}
	if (!operand_find(op)) {
		return;
	}
	enum rmp_outcome outcome = RMP_DONE;
	if (op->size == PAGE_2M && op->small_mapping) {
		op->code = RMP_FAIL_SIZE_MISMATCH;
	} else {
		outcome = rmp_adjust(op->page, op->size, vcpu->vmpl, vmsa->rdx, &op->code);
	}
	trace(TRACE_RMP, vcpu, "rmpadjust", "gpa=0x%lx size=%u operand=0x%lx code=%u", op->page.raw, (u32)op->size,
	      vmsa->rdx, op->code);
	conclude(op, outcome);
}

static void rmpquery(struct operation *op)
{
	struct vcpu *vcpu = op->cpu->vcpu;
	if (!operand_find(op)) {
		return;
	}
	vcpu_context(vcpu)->counters.rmpqueries++;
	struct rmp_query_result result;
	u32 target = (u32)(op->vmsa->rdx & RMPADJUST_VMPL_MASK);
	enum rmp_outcome outcome = rmp_query(gpa_page(op->page), vcpu->vmpl, target, &result);
	op->code = result.code;
	if (outcome == RMP_DONE && op->code == RMP_SUCCESS) {
		op->vmsa->rdx = result.rdx;
		op->vmsa->rcx = result.rcx;
	}
	conclude(op, outcome);
}

/* All five are for CPL 0 in protected mode; PVALIDATE for VMPL0. #UD and #GP come before everything else. */
static bool privilege_checked(struct operation *op)
{
	struct vcpu *vcpu = op->cpu->vcpu;
	if ((op->vmsa->cr0 & CR0_PE) == 0 || (op->vmsa->rflags & RFLAGS_VM) != 0) {
		vcpu_inject_exception(vcpu, VECTOR_UD, false, 0);
		return false;
	}
	if (op->vmsa->cpl != 0 || (op->decoded.kind == INSTRUCTION_PVALIDATE && vcpu->vmpl != 0)) {
		vcpu_inject_exception(vcpu, VECTOR_GP, true, 0);
		return false;
	}
	return true;
}

static void flush_all(struct operation *op)
{
	if (!cpuid_has_invlpgb()) {
		vcpu_inject_exception(op->cpu->vcpu, VECTOR_UD, false, 0);
	} else if (privilege_checked(op)) {
		nested_flush_all();
		instruction_advance(op->cpu, op->decoded.length);
	}
}

void exit_invalid_opcode(struct cpu *cpu)
{
	struct operation op = {.cpu = cpu, .vmsa = vcpu_vmsa(cpu->vcpu)};
	instruction_decode(cpu->vcpu, &op.decoded);
	switch (op.decoded.kind) {
	case INSTRUCTION_PVALIDATE:
		if (privilege_checked(&op)) {
			pvalidate(&op);
		}
		return;
	case INSTRUCTION_RMPADJUST:
		if (privilege_checked(&op)) {
			rmpadjust(&op);
		}
		return;
	case INSTRUCTION_RMPQUERY:
		if (privilege_checked(&op)) {
			rmpquery(&op);
		}
		return;
	case INSTRUCTION_INVLPGB:
	case INSTRUCTION_TLBSYNC:
		flush_all(&op);
		return;
	default:
		vcpu_inject_exception(cpu->vcpu, VECTOR_UD, false, 0);
	}
}
