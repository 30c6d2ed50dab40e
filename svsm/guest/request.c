/* SPDX-License-Identifier: MIT */
#include "guest/request.h"

#include <copra/sev.h>

#include "guest/calling_area.h"
#include "guest/rights.h"
#include "platform/platform.h"
#include "protocol/protocol.h"

/* Maps what the vCPU has now. Only while it is served: nobody changes it then. */
static void cpu_map(struct request_cpu *cpu)
{
	const struct vcpu *vcpu = cpu->vcpu;
	if (cpu->mapped) {
		platform_window_close(WINDOW_SLOT_VMSA);
		platform_window_close(WINDOW_SLOT_CALLING_AREA);
	}
	cpu->vmsa = platform_window_open(WINDOW_SLOT_VMSA, vcpu->vmsa, PAGE_4K, WINDOW_PRIVATE);
	cpu->calling_area = platform_window_open(WINDOW_SLOT_CALLING_AREA, vcpu->calling_area, PAGE_4K, WINDOW_PRIVATE);
	cpu->generation = vcpu->generation;
	cpu->mapped = true;
}

static void cpu_answer(struct request_cpu *cpu)
{
	struct vmsa *vmsa = cpu->vmsa;
	struct request request = {
		.rax = vmsa->rax,
		.rcx = vmsa->rcx,
		.rdx = vmsa->rdx,
		.r8 = vmsa->r8,
		.r9 = vmsa->r9,
		.vcpu = cpu->vcpu,
		.scratch = cpu->scratch,
	};
	protocol_dispatch(&request);
	vmsa->rax = request.rax;
	vmsa->rcx = request.rcx;
	vmsa->rdx = request.rdx;
	vmsa->r8 = request.r8;
	vmsa->r9 = request.r9;
}

/*
 * The guest may have come back without a call: the host resumes us when it likes. SVME is clear while its registers are read and
 * written, so that the host cannot run the VMSA elsewhere, and is set last. The exit code is overwritten so that it counts
 * once.
 */
static void cpu_serve(struct request_cpu *cpu)
{
	if (!cpu->mapped || cpu->generation != cpu->vcpu->generation) {
		cpu_map(cpu);
	}
	__atomic_and_fetch(&cpu->vmsa->efer, ~EFER_SVME, __ATOMIC_SEQ_CST);
	if (cpu->vmsa->guest_exitcode == SVM_EXIT_VMGEXIT && calling_area_take(cpu->calling_area)) {
		cpu->vmsa->guest_exitcode = SVM_EXIT_INTR;
		cpu_answer(cpu);
	}
	__atomic_or_fetch(&cpu->vmsa->efer, EFER_SVME, __ATOMIC_SEQ_CST);
}

/*
 * One turn. A vCPU that the guest created it also registers with the host, later than with us and as it likes: that the host cannot
 * run it is not the end.
 */
static enum err cpu_turn(struct request_cpu *cpu)
{
	if (!vcpu_is_ready(cpu->vcpu)) {
		platform_idle();
		return ERR_OK;
	}
	enum err error = platform_guest_run(rights_guest_vmpl());
	if (error != ERR_OK) {
		bool ours = cpu->vcpu->registered && vcpu_is_ready(cpu->vcpu);
		if (!ours) {
			platform_idle();
		}
		return ours ? error : ERR_OK;
	}
	if (vcpu_serve_begin(cpu->vcpu)) {
		cpu_serve(cpu);
		vcpu_serve_end(cpu->vcpu);
	}
	return ERR_OK;
}

enum err request_loop(struct request_cpu *cpu)
{
	enum err error = vcpu_current(&cpu->vcpu);
	while (error == ERR_OK) {
		error = cpu_turn(cpu);
	}
	return error;
}
