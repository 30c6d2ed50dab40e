/* SPDX-License-Identifier: MIT */
/* Starts the other CPUs, one after the other: INIT, start-up IPI, trampoline.S, other_main. */
#include "run/others.h"

#include "apic/real.h"
#include "base/mem.h"
#include "boot/fw_cfg.h"
#include "boot/layout.h"
#include "cpu/cpu.h"
#include "cpu/state.h"
#include "cpu/vcpu.h"
#include "interrupts/interrupts.h"
#include "mm/own_memory.h"
#include "mm/own_tables.h"
#include "run/run.h"
#include "run/traps.h"
#include "x86/control.h"

#define FW_CFG_CPUS 0x05
#define ICR_INIT 0x4500U
#define ICR_START 0x4600U
#define START_WAIT_TICKS 60000000000ULL /* of the TSC: half a minute; the computer below may be busy */
#define INIT_WAIT_TICKS 20000000ULL
#define APIC_ID_LIMIT 255U

extern char trampoline_start[], trampoline_end[];
/* Parameters inside the trampoline, read by the new CPU. */
extern char trampoline_cr3[], trampoline_cr4[], trampoline_stack[];

static u64 own_root;

noreturn_fn void other_main(void);

static void ticks_wait(u64 ticks)
{
	u64 start = tsc_read();
	while (tsc_read() - start < ticks) {
		cpu_pause();
	}
}

static u64 *parameter(const char *label)
{
	return own_pointer(TRAMPOLINE + (u64)(label - trampoline_start));
}

/* The new CPU is in long mode, on its own stack, with the start tables. */
void other_main(void)
{
	cr3_write(own_root);
	u32 index = cpu_count();
	traps_load();
	if (cpu_start(index) != ERR_OK || state_setup(cpu_at(index)) != ERR_OK) {
		for (;;) {
			cpu_halt();
		}
	}
	struct cpu *cpu = cpu_at(index);
	vcpu_start(cpu);
	interrupts_start(cpu->vcpu);
	cpu_run(cpu);
	for (;;) {
		cpu_halt();
	}
}

static enum err start_one(u32 apic_id)
{
	u8 *stack = memory_own_pages(CPU_STACK_SIZE / PAGE_SIZE);
	if (stack == NULL) {
		return ERR_NO_MEMORY;
	}
	*parameter(trampoline_stack) = (u64)(stack + CPU_STACK_SIZE);
	u32 before = vcpu_count();
	real_apic_send(apic_id, ICR_INIT);
	ticks_wait(INIT_WAIT_TICKS);
	real_apic_send(apic_id, ICR_START | TRAMPOLINE >> PAGE_SHIFT);
	u64 start = tsc_read();
	while (vcpu_count() == before) {
		if (tsc_read() - start > START_WAIT_TICKS) {
			return ERR_HARDWARE;
		}
		cpu_pause();
	}
	return ERR_OK;
}

static enum err start_all(u32 others)
{
	enum err error = ERR_OK;
	u32 found = 0;
	for (u32 apic_id = 0; error == ERR_OK && found < others && apic_id < APIC_ID_LIMIT; apic_id++) {
		if (apic_id != cpu_at(0)->apic_id) {
			error = start_one(apic_id);
			found++;
		}
	}
	return error;
}

enum err cpu_start_others(void)
{
	u16 cpus = 0;
	fw_cfg_read(FW_CFG_CPUS, &cpus, sizeof(cpus));
	if (cpus <= 1) {
		return ERR_OK;
	}
	if (cpus > VCPU_MAX) {
		return ERR_RANGE;
	}
	size_t size = (size_t)(trampoline_end - trampoline_start);
	u8 *saved = memory_own_pages(1);
	u64 root = own_tables_for_start();
	if (saved == NULL || root == 0) {
		return ERR_NO_MEMORY;
	}
	u8 *place = own_pointer(TRAMPOLINE);
	memcpy(saved, place, PAGE_SIZE);
	memcpy(place, trampoline_start, size);
	own_root = cr3_read();
	*parameter(trampoline_cr3) = root;
	*parameter(trampoline_cr4) = CR4_PAE | (cr4_read() & CR4_LA57);
	enum err error = start_all(cpus - 1U);
	memcpy(place, saved, PAGE_SIZE);
	return error;
}
