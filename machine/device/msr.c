/* SPDX-License-Identifier: MIT */
#include "device/msr.h"

#include "device/kvm_clock.h"
#include "interrupts/registers.h"
#include "x86/instructions.h"

#define MSR_TSC 0x10U
#define MSR_MICROCODE 0x8BU
#define MSR_MTRR_CAPABILITY 0xFEU
#define MSR_MCG_CAPABILITY 0x179U
#define MSR_MCG_STATUS 0x17AU
#define MSR_MCG_CONTROL 0x17BU
#define MSR_MTRR_VARIABLE 0x200U
#define MSR_MTRR_VARIABLE_LAST 0x20FU
#define MSR_MTRR_FIXED_64K 0x250U
#define MSR_MTRR_FIXED_16K_80000 0x258U
#define MSR_MTRR_FIXED_16K_A0000 0x259U
#define MSR_MTRR_FIXED_4K 0x268U
#define MSR_MTRR_FIXED_4K_LAST 0x26FU
#define MSR_MTRR_DEFAULT 0x2FFU
#define MSR_MC_FIRST 0x400U
#define MSR_MC_LAST 0x427U
#define MSR_TSC_AUX 0xC0000103U
#define MSR_SYSCFG 0xC0010010U
#define MSR_HWCR 0xC0010015U
#define MSR_NB_CFG 0xC001001FU
#define MSR_OSVW_LENGTH 0xC0010140U
#define MSR_OSVW_STATUS 0xC0010141U
#define MSR_DE_CFG 0xC0011029U
#define MSR_KVM_WALL_CLOCK 0x4B564D00U
#define MSR_KVM_SYSTEM_TIME 0x4B564D01U

#define MTRR_CAPABILITY 0x508U    /* eight variable ranges, fixed ones, write combining */
#define MTRR_DEFAULT_START 0xC06U /* on, fixed on, write back */
#define MTRR_FIXED_WRITE_BACK 0x0606060606060606ULL
#define MCG_BANKS 10U
#define HWCR_TSC_AT_P0 (1ULL << 24)
#define DE_CFG_LFENCE_SERIALIZES (1ULL << 1)
#define MICROCODE_LEVEL 0x01000065ULL

#define FIXED_COUNT 11U

/* Registers that only keep what was written. */
struct msr_store {
	bool ready;
	u64 mtrr_variable[16];
	u64 mtrr_fixed[FIXED_COUNT];
	u64 mtrr_default;
	u64 machine_check[MSR_MC_LAST - MSR_MC_FIRST + 1];
	u64 mcg_status, mcg_control;
	u64 nb_cfg, de_cfg, hwcr;
};

static struct msr_store msr_stores[VCPU_MAX];

static struct msr_store *store_of(const struct vcpu *vcpu)
{
	struct msr_store *store = &msr_stores[vcpu->index];
	if (!store->ready) {
		store->ready = true;
		store->mtrr_default = MTRR_DEFAULT_START;
		store->de_cfg = DE_CFG_LFENCE_SERIALIZES;
		store->hwcr = HWCR_TSC_AT_P0;
		for (u32 i = 0; i < FIXED_COUNT; i++) {
			store->mtrr_fixed[i] = i == 2 ? 0 : MTRR_FIXED_WRITE_BACK; /* 2: video memory, uncached */
		}
	}
	return store;
}

/* Where a register that is plain storage is kept; NULL when it is none. */
static u64 *stored(struct msr_store *store, u32 msr)
{
	if (msr >= MSR_MTRR_VARIABLE && msr <= MSR_MTRR_VARIABLE_LAST) {
		return &store->mtrr_variable[msr - MSR_MTRR_VARIABLE];
	}
	if (msr >= MSR_MTRR_FIXED_4K && msr <= MSR_MTRR_FIXED_4K_LAST) {
		return &store->mtrr_fixed[msr - MSR_MTRR_FIXED_4K + 3];
	}
	if (msr >= MSR_MC_FIRST && msr <= MSR_MC_LAST) {
		return &store->machine_check[msr - MSR_MC_FIRST];
	}
	switch (msr) {
	case MSR_MTRR_FIXED_64K:
		return &store->mtrr_fixed[0];
	case MSR_MTRR_FIXED_16K_80000:
		return &store->mtrr_fixed[1];
	case MSR_MTRR_FIXED_16K_A0000:
		return &store->mtrr_fixed[2];
	case MSR_MTRR_DEFAULT:
		return &store->mtrr_default;
	case MSR_MCG_STATUS:
		return &store->mcg_status;
	case MSR_MCG_CONTROL:
		return &store->mcg_control;
	case MSR_HWCR:
		return &store->hwcr;
	case MSR_NB_CFG:
		return &store->nb_cfg;
	case MSR_DE_CFG:
		return &store->de_cfg;
	default:
		return NULL;
	}
}

static bool is_interrupt_msr(u32 msr)
{
	return msr == MSR_APIC_BASE || msr == MSR_TSC_DEADLINE || (msr >= MSR_X2APIC_FIRST && msr <= MSR_X2APIC_LAST);
}

static bool constant_read(const struct vcpu *vcpu, u32 msr, u64 *value)
{
	switch (msr) {
	case MSR_TSC:
		*value = tsc_read();
		return true;
	case MSR_MICROCODE:
		*value = MICROCODE_LEVEL;
		return true;
	case MSR_MTRR_CAPABILITY:
		*value = MTRR_CAPABILITY;
		return true;
	case MSR_MCG_CAPABILITY:
		*value = MCG_BANKS;
		return true;
	case MSR_SYSCFG:
	case MSR_OSVW_LENGTH:
	case MSR_OSVW_STATUS:
		*value = 0;
		return true;
	default:
		return false;
	}
}

bool msr_guest_read(struct vcpu *vcpu, u32 msr, u64 *value)
{
	if (is_interrupt_msr(msr)) {
		return interrupts_msr_read(vcpu, msr, value);
	}
	if (msr == MSR_TSC_AUX) {
		*value = vcpu_vmsa(vcpu)->tsc_aux;
		return true;
	}
	const u64 *kept = stored(store_of(vcpu), msr);
	if (kept != NULL) {
		*value = *kept;
		return true;
	}
	return constant_read(vcpu, msr, value);
}

bool msr_guest_write(struct vcpu *vcpu, u32 msr, u64 value)
{
	if (is_interrupt_msr(msr)) {
		return interrupts_msr_write(vcpu, msr, value);
	}
	u64 *kept = stored(store_of(vcpu), msr);
	if (kept != NULL) {
		*kept = value;
		return true;
	}
	switch (msr) {
	case MSR_TSC_AUX:
		if (value <= UINT32_MAX) {
			vcpu_vmsa(vcpu)->tsc_aux = (u32)value;
		}
		return value <= UINT32_MAX;
	case MSR_KVM_WALL_CLOCK:
		return kvm_clock_write_wall(value);
	case MSR_KVM_SYSTEM_TIME:
		return kvm_clock_write_system(value);
	case MSR_TSC:
	case MSR_MICROCODE:
		return true; /* the guest's TSC is the processor's; there is no microcode to load */
	default:
		return false;
	}
}
