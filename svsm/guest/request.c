/* SPDX-License-Identifier: MIT */
#include "guest/request.h"

#include <copra/sev.h>

#include "dev/log.h"
#include "guest/calling_area.h"
#include "guest/rights.h"
#include "platform/platform.h"
#include "protocol/protocol.h"

/* Maps what the vCPU has now. Only while it is served: nobody changes it then. */
static void cpu_map(struct request_cpu *cpu)
{
	const struct vcpu *vcpu = cpu->vcpu;
	if (cpu->generation != 0) {
		platform_window_close(WINDOW_SLOT_VMSA);
		platform_window_close(WINDOW_SLOT_CALLING_AREA);
	}
	cpu->vmsa = platform_window_open(WINDOW_SLOT_VMSA, vcpu->vmsa, PAGE_4K, WINDOW_PRIVATE);
	cpu->calling_area = platform_window_open(WINDOW_SLOT_CALLING_AREA, vcpu->calling_area, PAGE_4K, WINDOW_PRIVATE);
	cpu->generation = vcpu->generation;
}

/* RCX and RDX, R8 and R9 are neighbours in both, and copied as such. */
#define PAIR (2 * sizeof(u64))
_Static_assert(offsetof(struct request, rdx) == offsetof(struct request, rcx) + sizeof(u64), "a pair in a request");
_Static_assert(offsetof(struct request, r9) == offsetof(struct request, r8) + sizeof(u64), "a pair in a request");
_Static_assert(offsetof(struct vmsa, rdx) == offsetof(struct vmsa, rcx) + sizeof(u64), "a pair in a VMSA");
_Static_assert(offsetof(struct vmsa, r9) == offsetof(struct vmsa, r8) + sizeof(u64), "a pair in a VMSA");

static err_t registers_read(const struct vmsa *vmsa, struct request *request)
{
	enum err error = platform_window_read(&request->rax, &vmsa->rax, sizeof(u64));
	if (error == ERR_OK) {
		error = platform_window_read(&request->rcx, &vmsa->rcx, PAIR);
	}
	return error == ERR_OK ? platform_window_read(&request->r8, &vmsa->r8, PAIR) : error;
}

static err_t registers_write(struct vmsa *vmsa, const struct request *request)
{
	enum err error = platform_window_write(&vmsa->rax, &request->rax, sizeof(u64));
	if (error == ERR_OK) {
		error = platform_window_write(&vmsa->rcx, &request->rcx, PAIR);
	}
	return error == ERR_OK ? platform_window_write(&vmsa->r8, &request->r8, PAIR) : error;
}

/* Each doubling of the longest absence is in the log. */
static void absence_note(struct request_cpu *cpu, u32 spent)
{
	if (spent / 2 > cpu->longest) {
		log_debug("CPU %u: a call of %u units, of %u", platform_cpu_index(), spent, BUDGET_CALL);
	}
	cpu->longest = spent > cpu->longest ? spent : cpu->longest;
}

/* pending: call_pending, as the guest has set it. */
static err_t cpu_answer(struct request_cpu *cpu, u8 pending)
{
	struct request request = {.vcpu = cpu->vcpu, .scratch = cpu->scratch};
	enum err error = registers_read(cpu->vmsa, &request);
	if (error != ERR_OK) {
		return error;
	}
	if (pending == SVSM_CALL_PENDING) {
		protocol_dispatch(&request);
	} else {
		request.rax = SVSM_ERR_INVALID_FORMAT;
	}
	absence_note(cpu, request.budget.spent);
	return registers_write(cpu->vmsa, &request);
}

/* Whether the guest left by VMGEXIT. The exit code is overwritten so that it counts once, call or not. */
static err_t vmgexit_take(struct vmsa *vmsa, bool *vmgexit)
{
	const u64 no_call = SVM_EXIT_INTR;
	u64 exit_code = 0;
	enum err error = platform_window_read(&exit_code, &vmsa->guest_exitcode, sizeof(exit_code));
	*vmgexit = exit_code == SVM_EXIT_VMGEXIT;
	return *vmgexit ? platform_window_write(&vmsa->guest_exitcode, &no_call, sizeof(no_call)) : error;
}

/*
 * The guest may have come back without a call: the host resumes us when it likes. SVME is clear while its registers are read and
 * written, so that the host cannot run the VMSA elsewhere, and is set last. ERR_LOST when the host has taken the VMSA away.
 */
static err_t cpu_serve(struct request_cpu *cpu)
{
	bool vmgexit = false;
	u8 pending;
	if (cpu->generation != cpu->vcpu->generation) {
		cpu_map(cpu);
	}
	enum err error = platform_window_and(&cpu->vmsa->efer, ~EFER_SVME);
	if (error == ERR_OK) {
		error = vmgexit_take(cpu->vmsa, &vmgexit);
	}
	if (error == ERR_OK && vmgexit && calling_area_take(cpu->calling_area, &pending)) {
		error = cpu_answer(cpu, pending);
	}
	return error == ERR_OK ? platform_window_or(&cpu->vmsa->efer, EFER_SVME) : error;
}

/*
 * Runs the guest, or waits where there is none. A vCPU that the guest created it also registers with the host, later than with us and
 * as it likes: that the host cannot run it is not the end. While we wait, the host runs it directly, so that a call may wake
 * us, too.
 */
static enum err cpu_leave(const struct request_cpu *cpu)
{
	if (vcpu_leave(cpu->vcpu)) {
		enum err error = platform_guest_run(rights_guest_vmpl());
		bool registered = __atomic_load_n(&cpu->vcpu->registered, __ATOMIC_RELAXED);
		if (error == ERR_OK || (registered && vcpu_is_ready(cpu->vcpu))) {
			return error;
		}
	}
	platform_idle();
	return ERR_OK;
}

/* There is no vCPU to serve, or another CPU is changing it: that comes to an end, and then it may have a call for us still. */
static void cpu_wait(const struct request_cpu *cpu)
{
	if (!vcpu_leave(cpu->vcpu) && !vcpu_is_changing(cpu->vcpu)) {
		platform_idle();
	}
}

/*
 * Serves, then runs the guest: it never runs with a call that it has made and that nobody has looked at. A VMSA of its that the host has
 * taken away is not the end: nobody can run that.
 */
static enum err cpu_turn(struct request_cpu *cpu)
{
	enum err error = ERR_OK;
	if (vcpu_serve_begin(cpu->vcpu)) {
		enum err lost = cpu_serve(cpu);
		vcpu_serve_end(cpu->vcpu);
		if (lost != ERR_OK) {
			platform_idle();
		}
		error = cpu_leave(cpu);
	} else {
		cpu_wait(cpu);
	}
	vcpu_enter(cpu->vcpu);
	(void)platform_events_take(); /* a kick has done its work when this CPU is here */
	return error;
}

enum err request_loop(struct request_cpu *cpu)
{
	enum err error = vcpu_current(&cpu->vcpu);
	while (error == ERR_OK) {
		error = cpu_turn(cpu);
	}
	return error;
}
