/* SPDX-License-Identifier: MIT */
#include "end/end.h"

#include "base/text.h"
#include "cpu/vcpu.h"
#include "end/counters.h"
#include "end/dump.h"
#include "fault/fault.h"
#include "options.h"
#include "trace/trace.h"
#include "x86/instructions.h"

#define DEBUG_EXIT_PORT 0xF4U
#define END_DETAILS_MAX 256U

struct end_name {
	const char *name;
	u8 exit_value; /* QEMU ends with status 2 * value + 1 */
};

static const struct end_name end_names[] = {
	[END_POWEROFF] = {"poweroff", 0x10},
	[END_RESET] = {"reset", 0x11},
	[END_TERMINATE] = {"terminate", 0x01},
	[END_SHUTDOWN] = {"shutdown", 0x02},
	[END_LOAD_ERROR] = {"load-error", 0x03},
	[END_OPTION_ERROR] = {"option-error", 0x04},
	[END_UNSUPPORTED] = {"unsupported", 0x05},
	[END_FAULT] = {"fault", 0x06},
	[END_EXIT] = {"exit", 0x00}, /* the guest's own value */
};

static bool end_announced, end_written;
static const struct vcpu *end_writer;

static void end_record(enum end_reason reason, const struct vcpu *vcpu, const char *details, va_list arguments)
	printf_like(3, 0);

/* Another CPU has come first: QEMU must not end before that one has written why. If it is this CPU that fails while it writes, nobody would. */
static void end_wait(const struct vcpu *vcpu)
{
	while (!__atomic_load_n(&end_written, __ATOMIC_ACQUIRE) &&
	       __atomic_load_n(&end_writer, __ATOMIC_ACQUIRE) != vcpu) {
		cpu_pause();
	}
}

static void end_record(enum end_reason reason, const struct vcpu *vcpu, const char *details, va_list arguments)
{
	if (__atomic_exchange_n(&end_announced, true, __ATOMIC_ACQ_REL)) {
		end_wait(vcpu);
		return;
	}
	__atomic_store_n(&end_writer, vcpu, __ATOMIC_RELEASE);
	fault_plan_end();
	char bytes[END_DETAILS_MAX];
	struct text text = text_of(bytes, sizeof(bytes));
	if (details != NULL) {
		text_format(&text, " ");
		text_vformat(&text, details, arguments);
	}
	trace(TRACE_ALWAYS, vcpu, "end", "reason=%s%.*s", end_names[reason].name, (int)text.n, bytes);
	if (options_get()->counters) {
		counters_write();
	}
	dump_write();
	__atomic_store_n(&end_written, true, __ATOMIC_RELEASE);
}

void end_announce(enum end_reason reason, const struct vcpu *vcpu, const char *details, ...)
{
	va_list arguments;
	va_start(arguments, details);
	end_record(reason, vcpu, details, arguments);
	va_end(arguments);
}

void machine_end(enum end_reason reason, const struct vcpu *vcpu, const char *details, ...)
{
	va_list arguments;
	va_start(arguments, details);
	end_record(reason, vcpu, details, arguments);
	va_end(arguments);
	port_out8(DEBUG_EXIT_PORT, end_names[reason].exit_value);
	for (;;) {
		cpu_halt();
	}
}

void machine_end_shutdown(struct vcpu *vcpu, const char *why)
{
	const struct vmsa *vmsa = vcpu_vmsa(vcpu);
	if (vmsa == NULL) {
		machine_end(END_SHUTDOWN, vcpu, "vmpl=%u why=\"%s\"", vcpu->vmpl, why);
	}
	machine_end(END_SHUTDOWN, vcpu, "vmpl=%u why=\"%s\" rip=0x%llx cr0=0x%llx exitcode=0x%llx", vcpu->vmpl, why,
		    (unsigned long long)vmsa->rip, (unsigned long long)vmsa->cr0,
		    (unsigned long long)vmsa->guest_exitcode);
}
