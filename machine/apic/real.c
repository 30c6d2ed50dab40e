/* SPDX-License-Identifier: MIT */
#include "apic/real.h"

#include "apic/apic.h"
#include "mm/memory.h"
#include "x86/instructions.h"

#define MSR_APIC_BASE 0x1BU

#define REAL_EOI 0xB0U
#define REAL_LDR 0xD0U
#define REAL_DFR 0xE0U
#define REAL_SVR 0xF0U
#define REAL_TPR 0x80U
#define REAL_ISR 0x100U
#define REAL_TMR 0x180U
#define REAL_ICR_LOW 0x300U
#define REAL_ICR_HIGH 0x310U
#define ICR_BUSY (1U << 12)
#define ICR_DESTINATION_SHIFT 24U
#define REAL_LVT_TIMER 0x320U
#define REAL_LVT_LINT0 0x350U
#define REAL_LVT_LINT1 0x360U
#define REAL_LVT_ERROR 0x370U
#define REAL_TIMER_INITIAL 0x380U
#define REAL_TIMER_DIVIDE 0x3E0U
#define REAL_DIVIDE_BY_ONE 0xBU

static volatile u32 *register_at(u32 offset)
{
	static volatile u8 *page;
	if (page == NULL) {
		page = memory_device(gpa(APIC_BASE_ADDRESS), sizeof(u32));
	}
	return (volatile u32 *)(volatile void *)(page + offset);
}

u32 real_apic_read(u32 offset)
{
	memory_device_lock();
	u32 value = *register_at(offset);
	memory_device_unlock();
	return value;
}

void real_apic_write(u32 offset, u32 value)
{
	memory_device_lock();
	*register_at(offset) = value;
	memory_device_unlock();
}

void real_apic_send(u32 apic_id, u32 command)
{
	while ((real_apic_read(REAL_ICR_LOW) & ICR_BUSY) != 0) {
		cpu_pause();
	}
	real_apic_write(REAL_ICR_HIGH, apic_id << ICR_DESTINATION_SHIFT);
	real_apic_write(REAL_ICR_LOW, command);
}

void real_apic_start(void)
{
	/* From x2APIC mode, which firmware may have left on, the only way to xAPIC mode is through off. */
	if ((msr_read(MSR_APIC_BASE) & APIC_BASE_X2APIC) != 0) {
		msr_write(MSR_APIC_BASE, msr_read(MSR_APIC_BASE) & ~(APIC_BASE_X2APIC | APIC_BASE_ENABLED));
	}
	msr_write(MSR_APIC_BASE, (msr_read(MSR_APIC_BASE) & APIC_BASE_BSP) | APIC_BASE_ADDRESS | APIC_BASE_ENABLED);
	real_apic_write(REAL_TPR, 0);
	real_apic_write(REAL_SVR, APIC_SVR_ENABLED | INTERRUPT_VECTOR_SPURIOUS);
	real_apic_write(REAL_LVT_TIMER, APIC_LVT_MASKED | INTERRUPT_VECTOR_TIMER);
	real_apic_write(REAL_LVT_LINT0, APIC_LVT_MASKED | APIC_LVT_MODE_EXTINT);
	real_apic_write(REAL_LVT_LINT1, APIC_LVT_MASKED);
	real_apic_write(REAL_LVT_ERROR, APIC_LVT_MASKED);
	real_apic_write(REAL_TIMER_DIVIDE, REAL_DIVIDE_BY_ONE);
	real_apic_write(REAL_TIMER_INITIAL, 0);
}

static bool real_bit(u32 set, u32 vector)
{
	return (real_apic_read(set + vector / 32 * 16) >> vector % 32 & 1U) != 0;
}

bool real_apic_in_service(u32 vector)
{
	return real_bit(REAL_ISR, vector);
}

bool real_apic_is_level(u32 vector)
{
	return real_bit(REAL_TMR, vector);
}

u32 real_apic_top(void)
{
	for (u32 i = 8; i > 0; i--) {
		u32 word = real_apic_read(REAL_ISR + (i - 1) * 16);
		if (word != 0) {
			return (i - 1) * 32 + 31 - (u32)__builtin_clz(word);
		}
	}
	return APIC_NO_VECTOR;
}

void real_apic_end(void)
{
	real_apic_write(REAL_EOI, 0);
}

void real_apic_arm(u32 counts)
{
	real_apic_write(REAL_LVT_TIMER, INTERRUPT_VECTOR_TIMER);
	real_apic_write(REAL_TIMER_INITIAL, counts);
}

void real_apic_route(const struct apic *apic)
{
	if (apic_is_x2apic(apic)) {
		real_apic_write(REAL_DFR, UINT32_MAX);
		real_apic_write(REAL_LDR, 1U << (24 + (apic->id & 7U)));
	} else {
		real_apic_write(REAL_DFR, apic->dfr);
		real_apic_write(REAL_LDR, apic->ldr);
	}
	bool off = (apic->base_msr & APIC_BASE_ENABLED) == 0;
	bool external = (apic->lvt_lint0 & (APIC_LVT_MASKED | APIC_LVT_MODE_MASK)) == APIC_LVT_MODE_EXTINT;
	real_apic_write(REAL_LVT_LINT0, APIC_LVT_MODE_EXTINT | (off || external ? 0 : APIC_LVT_MASKED));
}
