/* SPDX-License-Identifier: MIT */
#include "boot/others.h"

#include <copra/sev.h>
#include <copra/vmsa.h>

#include "cpu/cpu_vmsa.h"
#include "cpu/instructions.h"
#include "cpu/per_cpu.h"
#include "cpu/random.h"
#include "guest/prepare.h"
#include "guest/request.h"
#include "guest/require.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "platform/snp/apic_ids.h"
#include "platform/snp/host.h"

#define AREA_PAGES (BOOT_CPU_SIZE / PAGE_SIZE)

/* Whole pages, in this order; the guard pages below the stacks included. */
struct other_cpu {
	struct cpu cpu;
	struct request_cpu request;
	struct vmsa vmsa aligned_to(PAGE_SIZE);
	struct ghcb ghcb;
	u8 doorbell[PAGE_SIZE];
	u8 stacks[STACKS_SIZE];
};
_Static_assert(sizeof(struct other_cpu) <= BOOT_CPU_SIZE, "an area holds what a CPU needs");
_Static_assert(offsetof(struct other_cpu, stacks) % PAGE_SIZE == 0, "stacks are whole pages");

static struct {
	u32 count; /* without the boot CPU */
	struct other_cpu *cpus[BOOT_MAX_CPUS];
} others;

static struct host_pages shared_pages(struct other_cpu *other)
{
	return (struct host_pages){&other->ghcb, (struct hv_doorbell *)other->doorbell};
}

static struct other_cpu *area_make(void)
{
	void *memory = NULL;
	require(frames_take(AREA_PAGES, &memory), TERMINATE_NO_MEMORY, "memory of another CPU");
	struct other_cpu *other = memory;
	host_share(shared_pages(other));
	stacks_carve(other->cpu.stacks, other->stacks);
	for (u32 i = 0; i < STACK_COUNT; i++) {
		own_map_remove(other->cpu.stacks[i].guard);
	}
	return other;
}

/* On the other CPU, from its first instruction on. */
static noreturn_fn void other_main(struct other_cpu *other)
{
	host_join(&other->cpu, shared_pages(other));
	log_debug("CPU %u, APIC ID %u, is there", other->cpu.index, other->cpu.apic_id);
	guest_serve(&other->request);
}

static void cpu_fill(struct cpu *cpu, u32 index, u32 apic_id)
{
	cpu->self = cpu;
	cpu->index = index;
	cpu->apic_id = apic_id;
	cpu->stack_guard = random_take();
	descriptors_fill(cpu);
}

static void vmsa_make(struct other_cpu *other, const struct boot_layout *layout)
{
	struct cpu *cpu = &other->cpu;
	struct cpu_start start = {
		.entry = (u64)other_main,
		.argument = (u64)other,
		.stack = (u64)cpu->stacks[STACK_MAIN].top,
		.gs_base = (u64)cpu,
		.cr3 = layout->page_tables | own_map_cbit(),
		.cr4 = cr4_read(),
		.sev_features = host_own_features(),
		.gdt = descriptors_gdt(&cpu->descriptors),
		.idt = descriptors_idt(),
		.tss = &cpu->descriptors.tss,
	};
	cpu_vmsa_fill(&other->vmsa, &start);
}

/* The first area's GHCB page carries the list while it is nobody's GHCB yet. */
static void list_fill(struct cpu_list *list, u32 own)
{
	u32 apic_ids[BOOT_MAX_CPUS];
	enum err error = ERR_UNSUPPORTED;
	if (others.count > 0) {
		error = apic_ids_ask(&others.cpus[0]->ghcb, apic_ids, list->count);
	}
	if (error == ERR_OK) {
		error = cpu_list_take(list, apic_ids, own);
	} else if (error == ERR_UNSUPPORTED) {
		error = list->count > 1 ? cpu_list_number(list, own) : cpu_list_take(list, &own, own);
	}
	require(error, TERMINATE_CPU_LIST, "the host's list of CPUs");
}

void others_prepare(const struct boot_layout *layout, struct cpu_list *list)
{
	u32 own = cpu_current()->apic_id;
	u32 vp_count = *(const volatile u32 *)own_address(gpa(layout->host_info));
	if (cpu_list_init(list, vp_count, layout->max_vcpus) != ERR_OK) {
		log_error("the host has %u CPUs, the image is made for 1 to %u", vp_count, layout->max_vcpus);
		platform_terminate(TERMINATE_CPU_LIST);
	}
	others.count = list->count - 1;
	for (u32 i = 0; i < others.count; i++) {
		others.cpus[i] = area_make();
	}
	list_fill(list, own);
	for (u32 i = 0; i < others.count; i++) {
		cpu_fill(&others.cpus[i]->cpu, i + 1, list->apic_ids[i + 1]);
		vmsa_make(others.cpus[i], layout);
	}
}

/* From the VMSA bit on the host can run it, asked or not: so that comes when all is ready, and nobody changes the page tables any more. */
static void cpu_run(struct other_cpu *other)
{
	u32 code = platform_permit(&other->vmsa, PAGE_4K, 1, 0, true);
	require(code == RMP_SUCCESS ? ERR_OK : ERR_HARDWARE, TERMINATE_VALIDATION, "VMSA of another CPU");
	require(platform_vcpu_register(other->cpu.apic_id, 0, own_gpa(&other->vmsa), host_own_features()),
		TERMINATE_CPU_START, "another CPU");
}

void others_start(void)
{
	for (u32 i = 0; i < others.count; i++) {
		cpu_run(others.cpus[i]);
	}
}
