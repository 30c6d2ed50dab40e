/* SPDX-License-Identifier: MIT */
/* The machine, from the first C, at the place where QEMU loaded it, to the run loop. */
#include "apic/clock.h"
#include "boot/boot.h"
#include "boot/memory_map.h"
#include "context/attach.h"
#include "cpu/cpu.h"
#include "cpu/state.h"
#include "cpu/vcpu.h"
#include "device/power.h"
#include "end/end.h"
#include "fault/fault.h"
#include "interrupts/interrupts.h"
#include "load/load.h"
#include "mm/memory_setup.h"
#include "mm/own_memory.h"
#include "mm/own_tables.h"
#include "options.h"
#include "rmp/nested.h"
#include "rmp/rmp_setup.h"
#include "run/others.h"
#include "run/run.h"
#include "run/traps.h"
#include "trace/trace.h"

static struct memory_plan plan;

/* This CPU is ready to run contexts. */
static void processor_make(u32 index)
{
	traps_load();
	enum err error = cpu_start(index);
	if (error == ERR_UNSUPPORTED) {
		machine_end(END_UNSUPPORTED, NULL,
			    "text=\"the processor lacks SVM with nested paging: use -cpu EPYC-v3,+svm\"");
	}
	if (error != ERR_OK) {
		machine_end(END_FAULT, NULL, "why=cpu-start text=\"%s\"", err_name(error));
	}
}

static void options_apply(void)
{
	static struct options options;
	if (options_read(&options) != ERR_OK || fault_plan_parse(options.faults) != ERR_OK) {
		machine_end(END_OPTION_ERROR, NULL, NULL);
	}
	enum err error = memory_cbit_choose(options.cbit);
	if (error == ERR_OK) {
		error = nested_setup();
	}
	if (error == ERR_NO_MEMORY || (error != ERR_OK && options.cbit == 0)) {
		machine_end(END_UNSUPPORTED, NULL, "text=\"nested paging cannot be set up: %s\"", err_name(error));
	}
	if (error != ERR_OK) {
		machine_end(END_OPTION_ERROR, NULL, "text=\"the processor cannot have its C-bit at %u\"", options.cbit);
	}
}

static void others_start(void)
{
	enum err error = cpu_start_others();
	if (error == ERR_RANGE) {
		machine_end(END_UNSUPPORTED, NULL, "text=\"QEMU has more processors than %u: lower -smp\"", VCPU_MAX);
	}
	if (error != ERR_OK) {
		machine_end(END_FAULT, NULL, "why=cpu-start text=\"a processor did not start: %s\"", err_name(error));
	}
}

static void load_and_attach(void)
{
	struct load_result loaded;
	if (load_igvm(options_get()->igvm, &loaded) != ERR_OK) {
		machine_end(END_LOAD_ERROR, NULL, NULL);
	}
	struct vcpu *vcpu = vcpu_at(0);
	enum err error = vcpu_attach(vcpu, 0, loaded.vmsa, loaded.sev_features, CONTEXT_READY);
	if (error == ERR_OK) {
		error = vcpu_switch(vcpu, 0);
	}
	if (error != ERR_OK) {
		machine_end(END_LOAD_ERROR, NULL, "text=\"the launch VMSA cannot be run: %s\"", err_name(error));
	}
}

static noreturn_fn void machine_main(void)
{
	memory_setup(&plan);
	processor_make(0);
	trace(TRACE_ALWAYS, NULL, "start", "guest_low=0x%lx own=0x%lx", plan.low_end, plan.own_end - plan.own_start);
	options_apply();
	struct cpu *cpu = cpu_at(0);
	if (rmp_setup() != ERR_OK || state_setup(cpu) != ERR_OK) {
		machine_end(END_OPTION_ERROR, NULL, "text=\"the machine's own memory is too small\"");
	}
	vcpu_start(cpu);
	interrupts_start(cpu->vcpu);
	clock_calibrate(power_pm_timer());
	trace(TRACE_ALWAYS, cpu->vcpu, "clock", "tsc_khz=%llu", (unsigned long long)clock_tsc_khz());
	others_start();
	load_and_attach();
	trace(TRACE_ALWAYS, cpu->vcpu, "first-entry", "vmsa=0x%lx", vcpu_context(cpu->vcpu)->vmsa.raw);
	cpu_run(cpu);
	machine_end(END_FAULT, cpu->vcpu, "why=run-loop-left");
}

void boot_main(void)
{
	const char *why = NULL;
	if (memory_plan_make(&plan, &why) != ERR_OK) {
		machine_end(END_OPTION_ERROR, NULL, "text=\"%s\"", why);
	}
	u64 size = (u64)(image_end - image_start);
	u64 root = own_tables_build(&plan, size);
	boot_move(own_pointer(plan.own_start), size, root, machine_main);
}
