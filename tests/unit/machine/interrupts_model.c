/* SPDX-License-Identifier: MIT */
#include "interrupts_model.h"
#include "context/attach.h"

#include "apic/clock.h"
#include "apic/real.h"
#include "base/align.h"
#include "machine.h"
#include "rmp/rmp.h"
#include "rmp/view.h"

#define PAGES 8U

u64 model_tsc;
u32 model_kicks[MODEL_CPUS];
u32 model_real_arms;
u32 model_real_ends;
bool model_real_level;
u32 model_real_service;

static struct vcpu cpus[MODEL_CPUS];
static u8 memory[PAGES][PAGE_SIZE];
static struct rmp_entry entries[PAGES];
static struct vmsa vmsas[MODEL_CPUS];

struct rmp_table rmp_table = {.low = entries, .low_end = sizeof(memory)};

static void vmpl0_start(struct vcpu *cpu)
{
	struct vmpl_context *context = &cpu->context[0];
	struct apic_effect effect;
	context->state = CONTEXT_READY;
	context->registers = &vmsas[cpu->index];
	context->sev_features = SEV_FEATURE_SNP_ACTIVE | SEV_FEATURE_RESTRICTED_INJECTION;
	context->doorbell = MODEL_DOORBELL + cpu->index * PAGE_SIZE;
	assert_true(apic_base_write(&context->apic, context->apic.base_msr | APIC_BASE_X2APIC));
	assert_true(apic_write(&context->apic, APIC_SVR, APIC_SVR_ENABLED | 0xFF, &effect));
}

static void vmpl2_start(struct vcpu *cpu)
{
	struct vmpl_context *context = &cpu->context[2];
	struct apic_effect effect;
	context->state = CONTEXT_READY;
	context->registers = &vmsas[cpu->index];
	context->sev_features = SEV_FEATURE_SNP_ACTIVE;
	context->doorbell = VCPU_GHCB_NONE;
	assert_true(apic_write(&context->apic, APIC_SVR, APIC_SVR_ENABLED | 0xFF, &effect));
}

void model_reset(void)
{
	memset(cpus, 0, sizeof(cpus));
	memset(memory, 0, sizeof(memory));
	memset(entries, 0, sizeof(entries));
	memset(model_kicks, 0, sizeof(model_kicks));
	entries[MODEL_PRIVATE / PAGE_SIZE].assigned = 1;
	model_tsc = 1000;
	model_real_ends = 0;
	model_real_level = false;
	model_real_service = 0;
	for (u32 i = 0; i < MODEL_CPUS; i++) {
		cpus[i].index = i;
		cpus[i].apic_id = i;
		for (u32 vmpl = 0; vmpl < VMPL_COUNT; vmpl++) {
			apic_reset(&cpus[i].context[vmpl].apic, i, i == 0);
		}
		vmpl0_start(&cpus[i]);
		vmpl2_start(&cpus[i]);
	}
}

struct vcpu *model_cpu(u32 index)
{
	return &cpus[index];
}

struct hv_doorbell *model_doorbell(u32 index)
{
	return (struct hv_doorbell *)(void *)memory[MODEL_DOORBELL / PAGE_SIZE + index];
}

/* What the code under test asks of the rest of the machine. */

u32 vcpu_count(void)
{
	return MODEL_CPUS;
}

struct vcpu *vcpu_at(u32 index)
{
	return &cpus[index];
}

enum err vcpu_switch(struct vcpu *vcpu, u32 vmpl)
{
	vcpu->vmpl = vmpl;
	return ERR_OK;
}

void vcpu_kick(struct vcpu *vcpu)
{
	model_kicks[vcpu->index]++;
}

void *memory_page(gpa_t page)
{
	return page.raw / PAGE_SIZE < PAGES ? memory[page.raw / PAGE_SIZE] : NULL;
}

u64 clock_tsc_khz(void)
{
	return APIC_BUS_KHZ;
}

u32 clock_apic_counts(u64 tsc_ticks)
{
	return (u32)tsc_ticks;
}

void real_apic_start(void)
{
}

void real_apic_arm(u32 counts)
{
	(void)counts;
	model_real_arms++;
}

void real_apic_route(const struct apic *apic)
{
	(void)apic;
}

bool real_apic_in_service(u32 vector)
{
	return vector == model_real_service;
}

bool real_apic_is_level(u32 vector)
{
	(void)vector;
	return model_real_level;
}

u32 real_apic_top(void)
{
	return model_real_service != 0 ? model_real_service : APIC_NO_VECTOR;
}

void real_apic_end(void)
{
	model_real_ends++;
	model_real_service = 0;
}
