/* SPDX-License-Identifier: MIT */
#include "cpu/cpu.h"

#include "apic/real.h"
#include "boot/layout.h"
#include "cpu/fpu.h"
#include "mm/own_memory.h"
#include "x86/control.h"

#define MSR_VM_CR_SVMDIS (1ULL << 4)
#define CPUID_EXTENDED_SVM (1U << 2)
#define CPUID_SVM_NESTED_PAGING (1U << 0)
#define TSS_AVAILABLE 0x89ULL
#define ICR_NMI 0x400U
#define TRAP_STACKS 3U
#define TRAP_STACK_PAGES 2U

static struct cpu *cpus[CPU_MAX];
static u32 started;

u32 cpu_count(void)
{
	return __atomic_load_n(&started, __ATOMIC_ACQUIRE);
}

struct cpu *cpu_at(u32 index)
{
	return cpus[index];
}

static void descriptors_set(struct cpu *cpu)
{
	u64 base = (u64)&cpu->task_state;
	cpu->gdt[SELECTOR_CODE / 8] = 0x00AF9B000000FFFFULL;
	cpu->gdt[SELECTOR_DATA / 8] = 0x00CF93000000FFFFULL;
	cpu->gdt[SELECTOR_TSS / 8] = (sizeof(cpu->task_state) - 1) | (base & 0xFFFFFF) << 16 | TSS_AVAILABLE << 40 |
				     (base >> 24 & 0xFF) << 56;
	cpu->gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
	cpu->task_state.io_map = sizeof(cpu->task_state);
}

static void descriptors_load(struct cpu *cpu)
{
	struct table_pointer pointer = {sizeof(cpu->gdt) - 1, (u64)cpu->gdt};
	gdt_load(&pointer);
	data_segments_load(SELECTOR_DATA);
	task_register_load(SELECTOR_TSS);
	msr_write(MSR_GS_BASE, (u64)cpu);
	msr_write(MSR_FS_BASE, (u64)cpu);
}

/* AMD64 APM volume 2 (24593), section 15.4. */
static enum err svm_enable(void)
{
	bool offered = cpuid_read(0x80000000U, 0).eax >= 0x8000000AU &&
		       (cpuid_read(0x80000001U, 0).ecx & CPUID_EXTENDED_SVM) != 0 &&
		       (cpuid_read(0x8000000AU, 0).edx & CPUID_SVM_NESTED_PAGING) != 0;
	if (!offered || (msr_read(MSR_VM_CR) & MSR_VM_CR_SVMDIS) != 0) {
		return ERR_UNSUPPORTED;
	}
	u8 *save = memory_own_pages(1);
	if (save == NULL) {
		return ERR_NO_MEMORY;
	}
	msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SVME);
	msr_write(MSR_VM_HSAVE_PA, memory_own_physical(save));
	return ERR_OK;
}

static struct cpu *cpu_make(u32 index)
{
	struct cpu *cpu = memory_own_pages((sizeof(struct cpu) + PAGE_SIZE - 1) / PAGE_SIZE);
	u8 *stacks = memory_own_pages(TRAP_STACKS * (u64)TRAP_STACK_PAGES);
	if (cpu == NULL || stacks == NULL) {
		return NULL;
	}
	cpu->self = cpu;
	cpu->index = index;
	cpu->vmcb = memory_own_pages(1);
	cpu->host_vmcb = memory_own_pages(1);
	for (u32 i = 0; i < TRAP_STACKS; i++) {
		cpu->task_state.ist[i] = (u64)(stacks + (u64)(i + 1) * TRAP_STACK_PAGES * PAGE_SIZE);
	}
	if (!random_read(&cpu->canary)) {
		cpu->canary = tsc_read();
	}
	if (cpu->vmcb == NULL || cpu->host_vmcb == NULL) {
		return NULL;
	}
	cpu->vmcb_physical = memory_own_physical(cpu->vmcb);
	cpu->host_vmcb_physical = memory_own_physical(cpu->host_vmcb);
	return cpu;
}

enum err cpu_start(u32 index)
{
	struct cpu *cpu = cpu_make(index);
	if (cpu == NULL) {
		return ERR_NO_MEMORY;
	}
	descriptors_set(cpu);
	descriptors_load(cpu);
	fpu_enable();
	enum err error = svm_enable();
	if (error != ERR_OK) {
		return error;
	}
	cpu->apic_id = cpuid_read(1, 0).ebx >> 24;
	vmsave(cpu->host_vmcb_physical);
	cpus[index] = cpu;
	__atomic_store_n(&started, index + 1, __ATOMIC_RELEASE);
	return ERR_OK;
}

void cpu_kick(const struct cpu *cpu)
{
	real_apic_send(cpu->apic_id, ICR_NMI);
}

void cpu_leave_guests(void)
{
	const struct cpu *own = cpu_current();
	for (u32 i = 0; i < cpu_count(); i++) {
		const struct cpu *cpu = cpus[i];
		u64 run = __atomic_load_n(&cpu->in_guest, __ATOMIC_SEQ_CST);
		if (cpu == own || run == 0) {
			continue;
		}
		cpu_kick(cpu);
		while (__atomic_load_n(&cpu->in_guest, __ATOMIC_SEQ_CST) == run) {
			cpu_pause();
		}
	}
}
