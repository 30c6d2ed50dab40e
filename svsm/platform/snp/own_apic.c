/* SPDX-License-Identifier: MIT */
#include "platform/snp/own_apic.h"

#include <copra/sev.h>

#include "platform/snp/ghcb.h"

#define MSR_WRITE 1U
#define MSR_APIC_BASE 0x1BU
#define APIC_BASE_X2APIC (1ULL << 10)
#define APIC_BASE_ENABLED (1ULL << 11)

#define X2APIC_EOI 0x80BU
#define X2APIC_SPURIOUS 0x80FU
#define X2APIC_LVT_TIMER 0x832U
#define X2APIC_TIMER_INITIAL 0x838U
#define X2APIC_TIMER_DIVIDE 0x83EU

#define SPURIOUS_ENABLED 0x1FFU
#define DIVIDE_BY_ONE 0xBU
#define ICR_ASSERT (1ULL << 14)
#define ICR_DESTINATION_SHIFT 32U

static err_t msr_read_by_host(u32 msr, u64 *value)
{
	struct ghcb_call call = {.code = SVM_EXIT_MSR, .rcx = msr, .pass = GHCB_PASS_RCX};
	enum err error = ghcb_exchange(&call);
	*value = call.rdx << 32 | (u32)call.rax;
	return error;
}

static err_t msr_write_by_host(u32 msr, u64 value)
{
	struct ghcb_call call = {
		.code = SVM_EXIT_MSR,
		.info1 = MSR_WRITE,
		.rax = (u32)value,
		.rcx = msr,
		.rdx = value >> 32,
		.pass = GHCB_PASS_RAX | GHCB_PASS_RCX | GHCB_PASS_RDX,
	};
	return ghcb_exchange(&call);
}

err_t own_apic_init(void)
{
	static const struct {
		u32 msr, value;
	} registers[] = {
		{X2APIC_SPURIOUS, SPURIOUS_ENABLED},
		{X2APIC_TIMER_INITIAL, 0},
		{X2APIC_TIMER_DIVIDE, DIVIDE_BY_ONE},
		{X2APIC_LVT_TIMER, OWN_APIC_TIMER_VECTOR},
	};
	u64 base;
	enum err error = msr_read_by_host(MSR_APIC_BASE, &base);
	if (error == ERR_OK) {
		error = msr_write_by_host(MSR_APIC_BASE, base | APIC_BASE_X2APIC | APIC_BASE_ENABLED);
	}
	for (u32 i = 0; error == ERR_OK && i < sizeof(registers) / sizeof(registers[0]); i++) {
		error = msr_write_by_host(registers[i].msr, registers[i].value);
	}
	return error;
}

err_t own_apic_end(void)
{
	return msr_write_by_host(X2APIC_EOI, 0);
}

/* Hosts count at 1 GHz (Linux, arch/x86/kvm/lapic.h). One that does not only makes slices of another length. */
err_t own_apic_timer(u32 nanoseconds)
{
	return msr_write_by_host(X2APIC_TIMER_INITIAL, nanoseconds);
}

err_t own_apic_kick(u32 apic_id)
{
	struct ghcb_call call = {
		.code = GHCB_NAE_HV_IPI,
		.info1 = (u64)apic_id << ICR_DESTINATION_SHIFT | ICR_ASSERT | OWN_APIC_KICK_VECTOR,
	};
	return ghcb_exchange(&call);
}
