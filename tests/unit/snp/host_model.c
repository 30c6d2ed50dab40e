/* SPDX-License-Identifier: MIT */
#include "snp/host_model.h"

#include <stdlib.h>
#include <string.h>

#include <copra/sev.h>

#include "cpu/per_cpu.h"
#include "mm/own_map.h"
#include "platform/snp/doorbell.h"

#define VALID_ANSWER ((1ULL << (0x398 / 8 - 64)) | (1ULL << (0x3A0 / 8 - 64)))

#define VALID_RAX (1ULL << (0x1F8 / 8))
#define VALID_RDX (1ULL << (0x310 / 8 - 64))
struct model model;
u32 trap_hopeless_reason;
static struct cpu cpu;
static struct boot_layout layout;
static u8 memory[MODEL_SIZE] aligned_to(MODEL_SIZE);

static u64 *table_at(u64 offset)
{
	return (u64 *)(memory + offset);
}

/* Four levels for all of `memory`, at whatever address this program has it. */
static void tables_build(void)
{
	u64 start = (u64)memory;
	memset(memory, 0, 0x8000);
	table_at(0)[start >> 39 & 511] = (MODEL_BASE + 0x1000) | MODEL_CBIT | 3;
	table_at(0x1000)[start >> 30 & 511] = (MODEL_BASE + 0x2000) | MODEL_CBIT | 3;
	table_at(0x2000)[start >> 21 & 511] = (MODEL_BASE + 0x3000) | MODEL_CBIT | 3;
	for (u64 i = 0; i < 512; i++) {
		table_at(0x3000)[i] = (MODEL_BASE + i * PAGE_SIZE) | MODEL_CBIT | 3;
	}
}

void model_reset(void)
{
	u64 all = GHCB_FEATURE_SNP | GHCB_FEATURE_AP_CREATION | GHCB_FEATURE_RESTRICTED_INJECTION |
		  GHCB_FEATURE_APIC_ID_LIST | GHCB_FEATURE_MULTI_VMPL;
	memset(&model, 0, sizeof(model));
	memset(&cpu, 0, sizeof(cpu));
	model.features = all;
	model.apic_base = 0xFEE00900;
	model.sev_status = 7 | SEV_FEATURE_RESTRICTED_INJECTION << 2 | SEV_FEATURE_DEBUG_SWAP << 2;
	cpu.self = &cpu;
	tables_build();
	layout = (struct boot_layout){
		.base = MODEL_BASE,
		.size = MODEL_SIZE,
		.virtual_base = (u64)memory,
		.page_tables = MODEL_BASE,
		.page_table_pages = 6,
		.window_base = BOOT_WINDOW_BASE,
		.window_directory = MODEL_BASE + 0x4000,
		.window_table = MODEL_BASE + 0x5000,
		.serial_port = 0x2F8,
	};
	own_map_init(&layout, MODEL_CBIT);
}

struct boot_layout *model_layout(void)
{
	return &layout;
}

u64 model_termination(enum terminate_reason reason)
{
	return GHCB_MSR_TERMINATE_REQUEST | (u64)PLATFORM_TERMINATE_SET << 12 | (u64)reason << 16;
}

void *model_cpu(void)
{
	return &cpu;
}

void model_relax(void)
{
	if (model.relax != NULL) {
		model.relax();
	}
}

u64 model_msr_read(u32 msr)
{
	return msr == MSR_SEV_STATUS ? model.sev_status : model.ghcb_msr;
}

void model_msr_write(u32 msr, u64 value)
{
	model.ghcb_msr = msr == MSR_GHCB ? value : model.ghcb_msr;
}

void model_halt(void)
{
	abort();
}

u32 model_pvalidate(const void *address, u32 size, u32 validate, bool *unchanged)
{
	*unchanged = model.pvalidate_unchanged;
	return model.pvalidate_code;
}

u32 model_rmpadjust(const void *address, u32 size, u64 attributes)
{
	return RMP_SUCCESS;
}

static u64 msr_answer(u64 request)
{
	switch (request & GHCB_MSR_INFO_MASK) {
	case GHCB_MSR_SEV_INFO_REQUEST:
		return GHCB_MSR_SEV_INFO | 51ULL << 24 | 1ULL << 32 | 2ULL << 48;
	case GHCB_MSR_CPUID_REQUEST:
		return GHCB_MSR_CPUID_RESPONSE | (request & 0xC0000000U);
	case GHCB_MSR_REGISTER_REQUEST:
		model.registered = request & ~GHCB_MSR_INFO_MASK;
		return GHCB_MSR_REGISTER_RESPONSE | model.registered;
	case GHCB_MSR_PAGE_STATE_REQUEST:
		model.pages_changed++;
		return GHCB_MSR_PAGE_STATE_RESPONSE;
	case GHCB_MSR_FEATURES_REQUEST:
		return GHCB_MSR_FEATURES_RESPONSE | model.features << 12;
	default:
		return request;
	}
}

void model_answer(struct ghcb *ghcb, u64 info1, u64 info2)
{
	ghcb->sw_exitinfo1 = info1;
	ghcb->sw_exitinfo2 = info2;
	ghcb->valid_bitmap[0] = 0;
	ghcb->valid_bitmap[1] = VALID_ANSWER;
}

void model_page_state_change(struct ghcb *ghcb)
{
	struct psc_header *header = (struct psc_header *)ghcb->shared_buffer;
	const u64 *entries = (const u64 *)(ghcb->shared_buffer + sizeof(*header));
	for (u32 i = header->current_entry; i <= header->end_entry; i++) {
		model.pages_changed += (entries[i] & PSC_ENTRY_LARGE) != 0 ? 512 : 1;
		model.last_operation = entries[i] >> PSC_ENTRY_OP_SHIFT & PSC_ENTRY_OP_MASK;
	}
	header->current_entry = (u16)(header->end_entry + 1);
	model_answer(ghcb, 0, 0);
}

static void console_take(struct ghcb *ghcb)
{
	size_t n = (ghcb->sw_exitinfo1 & IOIO_STRING) != 0 ? (size_t)ghcb->sw_exitinfo2 : 0;
	if (n > MODEL_CONSOLE_MAX - model.console_bytes) {
		n = MODEL_CONSOLE_MAX - model.console_bytes;
	}
	memcpy(model.console + model.console_bytes, ghcb->shared_buffer, n);
	model.console_bytes += n;
	model_answer(ghcb, 0, 0);
}

static void msr_event(struct ghcb *ghcb)
{
	u64 value = ghcb->rdx << 32 | (u32)ghcb->rax;
	bool write = ghcb->sw_exitinfo1 != 0;
	switch (ghcb->rcx) {
	case 0x1B:
		model.apic_base = write ? value : model.apic_base;
		break;
	case 0x80B:
		model.apic_ends++;
		break;
	case 0x832:
		model.apic_lvt_timer = value;
		break;
	case 0x838:
		model.apic_timer = value;
		break;
	default:
		break;
	}
	model_answer(ghcb, model.x2apic_refused ? GHCB_RESULT_EXCEPTION : 0, 0);
	if (!write) {
		ghcb->rax = (u32)model.apic_base;
		ghcb->rdx = model.apic_base >> 32;
		ghcb->valid_bitmap[0] = VALID_RAX;
		ghcb->valid_bitmap[1] |= VALID_RDX;
	}
}

static void event_answer(struct ghcb *ghcb)
{
	switch (ghcb->sw_exitcode) {
	case GHCB_NAE_PAGE_STATE_CHANGE:
		model_page_state_change(ghcb);
		return;
	case SVM_EXIT_IOIO:
		console_take(ghcb);
		return;
	case SVM_EXIT_MSR:
		msr_event(ghcb);
		return;
	case GHCB_NAE_HV_IPI:
		model.last_ipi = ghcb->sw_exitinfo1;
		model_answer(ghcb, 0, 0);
		return;
	case GHCB_NAE_HV_DOORBELL:
		model.doorbell = ghcb->sw_exitinfo2;
		model_answer(ghcb, 0, model.doorbell);
		return;
	default:
		model_answer(ghcb, 0, 0);
	}
}

void model_vmgexit(void)
{
	u64 request = model.ghcb_msr;
	model.exits++;
	if ((request & GHCB_MSR_INFO_MASK) == 0) {
		struct ghcb *ghcb = own_address(gpa(model.registered));
		if (model.event == NULL || !model.event(ghcb)) {
			event_answer(ghcb);
		}
		return;
	}
	if ((request & GHCB_MSR_INFO_MASK) == GHCB_MSR_TERMINATE_REQUEST) {
		model.termination = request;
		longjmp(model.terminated, 1);
	}
	if (model.request == NULL || !model.request(request, &model.ghcb_msr)) {
		model.ghcb_msr = msr_answer(request);
	}
}

bool doorbell_vmgexit(const volatile u8 *flags)
{
	if ((*flags & HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL) != 0) {
		return false;
	}
	model_vmgexit();
	return true;
}

bool doorbell_halt(const volatile u8 *flags)
{
	return (*flags & HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL) == 0;
}
