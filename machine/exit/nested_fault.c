/* SPDX-License-Identifier: MIT */
/*
 * Nested page faults: what hardware checks after the nested walk (AMD64 APM volume 2, 24593, section 15.36.10), and the host's
 * answer. RAM is mapped as far as the RMP allows; all else is MMIO, #VC 0x400 for the guest.
 */
#include "exit/nested_fault.h"

#include "cpu/vcpu.h"
#include "end/end.h"
#include "exit/exception.h"
#include "fault/fault.h"
#include "mm/memory.h"
#include "rmp/nested.h"
#include "rmp/rmp.h"
#include "trace/trace.h"
#include "x86/instructions.h"

#define FAULT_WRITE (1ULL << 1)
#define FAULT_FETCH (1ULL << 4)
#define FAULT_WALK (1ULL << 33)

static const char *access_name(u64 error_code)
{
	if ((error_code & FAULT_WALK) != 0) {
		return "walk";
	}
	if ((error_code & FAULT_FETCH) != 0) {
		return "fetch";
	}
	return (error_code & FAULT_WRITE) != 0 ? "write" : "read";
}

void exit_report_violation(struct cpu *cpu, const char *what, gpa_t address, u64 error_code)
{
	const struct vmsa *vmsa = vcpu_vmsa(cpu->vcpu);
	machine_end(END_FAULT, cpu->vcpu, "why=%s gpa=0x%lx access=%s rip=0x%lx cpl=%u cr3=0x%lx", what, address.raw,
		    access_name(error_code), vmsa->rip, vmsa->cpl, vmsa->cr3);
}

/* The right that an access needs in the VMPL mask of the page. */
static u8 right_needed(const struct vmsa *vmsa, u64 error_code)
{
	if ((error_code & FAULT_WALK) != 0) {
		/* This processor counts every walk as a write; the table cannot be mapped without the right. */
		return RMP_PERM_READ | RMP_PERM_WRITE;
	}
	if ((error_code & FAULT_FETCH) != 0) {
		return vmsa->cpl == 3 ? RMP_PERM_EXEC_USER : RMP_PERM_EXEC_SUPERVISOR;
	}
	return (error_code & FAULT_WRITE) != 0 ? RMP_PERM_WRITE : RMP_PERM_READ;
}

/* What came of a change that the access asked for: ERR_OK, too, when another CPU was quicker. */
static enum err implied(const struct cpu *cpu, const char *event, gpa_t page, u64 error_code, enum err error)
{
	if (error == ERR_EXISTS) {
		return ERR_OK;
	}
	trace(TRACE_ALWAYS, cpu->vcpu, event, "gpa=0x%lx access=%s rip=0x%lx", page.raw, access_name(error_code),
	      vcpu_vmsa(cpu->vcpu)->rip);
	return error;
}

/*
 * The RMP's checks of a private access, in the order of hardware. A page that the host holds shared becomes private, as hosts
 * do on such a fault, and is then not validated. True when the access may go on.
 */
static bool private_access_allowed(struct cpu *cpu, gpa_t page, u64 error_code)
{
	struct vcpu *vcpu = cpu->vcpu;
	const struct rmp_entry *entry = rmp_find(page);
	if (!entry->assigned &&
	    implied(cpu, "implicit-private", page, error_code, rmp_imply_private(page, PAGE_4K)) != ERR_OK) {
		exit_report_violation(cpu, "private-access", page, error_code);
	}
	if (!entry->validated) {
		exception_raise_vc(vcpu, SVM_EXIT_PAGE_NOT_VALIDATED);
		return false;
	}
	u8 needed = right_needed(vcpu_vmsa(vcpu), error_code);
	if (vcpu->vmpl != 0 && (entry->permissions[vcpu->vmpl - 1] & needed) != needed) {
		/* The host lets the CPU try again until it has the right; one that keeps to no plan ends the virtual machine. */
		if (fault_lasts(FAULT_RIGHTS_WAIT, vcpu)) {
			cpu_pause();
			return false;
		}
		exit_report_violation(cpu, "vmpl-violation", page, error_code);
	}
	return true;
}

/* The guest reaches for its own private page without C-bit. Only writes are checked against the RMP; OVMF looks for flash so. */
static void ciphertext_access(struct cpu *cpu, gpa_t page, u64 error_code)
{
	if ((error_code & FAULT_WRITE) != 0 || nested_show_ciphertext(cpu->vcpu->vmpl, page) != ERR_OK) {
		exit_report_violation(cpu, "shared-access", page, error_code);
	}
	trace(TRACE_REFUSED, cpu->vcpu, "ciphertext-read", "gpa=0x%lx rip=0x%lx", page.raw, vcpu_vmsa(cpu->vcpu)->rip);
}

/* A data access without C-bit. A page that the guest has given up may become shared by it, as hosts do. */
static void shared_access(struct cpu *cpu, gpa_t page, u64 error_code)
{
	const struct rmp_entry *entry = rmp_find(page);
	if (entry->assigned && entry->validated) {
		ciphertext_access(cpu, page, error_code);
		return;
	}
	if (entry->assigned && implied(cpu, "implicit-shared", page, error_code, rmp_imply_shared(page)) != ERR_OK) {
		exit_report_violation(cpu, "shared-access", page, error_code);
	}
	nested_fill(cpu->vcpu->vmpl, NESTED_SHARED, page);
}

void exit_nested_fault(struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->vcpu;
	u64 error_code = cpu->vmcb->exitinfo1;
	bool flat = cpu->vmcb->nested_cr3 == nested_root(vcpu->vmpl, NESTED_FLAT);
	bool cbit = (cpu->vmcb->exitinfo2 & memory_cbit_mask()) != 0;
	gpa_t page = gpa_page(gpa(cpu->vmcb->exitinfo2 & ~memory_cbit_mask()));
	vcpu_context(vcpu)->counters.nested_faults++;
	trace(TRACE_NPF, vcpu, "npf", "gpa=0x%lx private=%u error=0x%lx rip=0x%lx", page.raw, cbit || flat, error_code,
	      vcpu_vmsa(vcpu)->rip);
	if (flat != cpu_wants_flat_root(vcpu_vmsa(vcpu))) {
		return; /* paging went on or off since the entry; the next one takes the other root */
	}
	if (rmp_find(page) == NULL) {
		exception_raise_vc(vcpu, SVM_EXIT_NPF);
		return;
	}
	bool always_private = (error_code & (FAULT_WALK | FAULT_FETCH)) != 0;
	if (!cbit && !flat && !always_private) {
		shared_access(cpu, page, error_code);
		return;
	}
	if (!private_access_allowed(cpu, page, error_code)) {
		return;
	}
	if (cbit || flat) {
		nested_fill(vcpu->vmpl, NESTED_PRIVATE, page);
	} else {
		nested_alias(vcpu->vmpl, page);
	}
}
