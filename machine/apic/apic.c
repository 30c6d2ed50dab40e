/* SPDX-License-Identifier: MIT */
#include "apic/apic.h"

#define VERSION_VALUE 0x00050014U /* version 0x14, six LVT entries */
#define LVT_TIMER_BITS 0x700FFU
#define LVT_LINT_BITS 0x1A7FFU
#define LVT_OTHER_BITS 0x107FFU
#define SVR_BITS 0x1FFU
#define ICR_LOW_BITS 0x000CCFFFU
#define VECTOR_MIN 16U

static const u32 divide_shift[8] = {1, 2, 3, 4, 5, 6, 7, 0};

void apic_reset(struct apic *apic, u32 id, bool first)
{
	*apic = (struct apic){
		.id = id,
		.base_msr = APIC_BASE_ADDRESS | APIC_BASE_ENABLED | (first ? APIC_BASE_BSP : 0),
	};
	apic_init(apic);
}

void apic_init(struct apic *apic)
{
	bool first = (apic->base_msr & APIC_BASE_BSP) != 0;
	apic->tpr = 0;
	apic->ldr = 0;
	apic->dfr = UINT32_MAX;
	apic->svr = 0xFF;
	apic->esr = 0;
	apic->icr_high = 0;
	apic->icr_low = 0;
	apic->lvt_timer = APIC_LVT_MASKED;
	apic->lvt_thermal = APIC_LVT_MASKED;
	apic->lvt_performance = APIC_LVT_MASKED;
	apic->lvt_lint0 = first ? APIC_LVT_MODE_EXTINT : APIC_LVT_MASKED;
	apic->lvt_lint1 = APIC_LVT_MASKED;
	apic->lvt_error = APIC_LVT_MASKED;
	apic->timer_initial = 0;
	apic->timer_divide = 0;
	apic->deadline = 0;
	apic->external_pending = 0;
	apic->nmi_pending = false;
	apic->nmi_blocked = false;
}

/* Mostly there are none, and every exit asks. */
static bool bits_any(const u32 bits[8])
{
	u32 all = 0;
#pragma GCC unroll 8
	for (u32 i = 0; i < 8; i++) {
		all |= __atomic_load_n(&bits[i], __ATOMIC_ACQUIRE);
	}
	return all != 0;
}

static u32 bits_highest(const u32 bits[8])
{
	if (!bits_any(bits)) {
		return APIC_NO_VECTOR;
	}
	for (u32 i = 8; i > 0; i--) {
		u32 word = __atomic_load_n(&bits[i - 1], __ATOMIC_ACQUIRE);
		if (word != 0) {
			return (i - 1) * 32 + 31 - (u32)__builtin_clz(word);
		}
	}
	return APIC_NO_VECTOR;
}

static bool bits_test(const u32 bits[8], u32 vector)
{
	return (__atomic_load_n(&bits[vector / 32], __ATOMIC_ACQUIRE) >> vector % 32 & 1U) != 0;
}

/* True when it was not set before. */
static bool bits_set(u32 bits[8], u32 vector)
{
	u32 bit = 1U << vector % 32;
	return (__atomic_fetch_or(&bits[vector / 32], bit, __ATOMIC_ACQ_REL) & bit) == 0;
}

static void bits_clear(u32 bits[8], u32 vector)
{
	__atomic_fetch_and(&bits[vector / 32], ~(1U << vector % 32), __ATOMIC_ACQ_REL);
}

u32 apic_drop(struct apic *apic, bool in_service, bool *level)
{
	u32 *bits = in_service ? apic->isr : apic->irr;
	u32 vector = bits_highest(bits);
	if (vector != APIC_NO_VECTOR) {
		bits_clear(bits, vector);
		*level = bits_test(apic->tmr, vector);
	}
	return vector;
}

static u32 processor_priority(const struct apic *apic)
{
	u32 serviced = bits_highest(apic->isr);
	if (serviced == APIC_NO_VECTOR || apic->tpr >> 4 >= serviced >> 4) {
		return apic->tpr;
	}
	return serviced & 0xF0;
}

static bool apic_enabled(const struct apic *apic)
{
	return (apic->base_msr & APIC_BASE_ENABLED) != 0 && (apic->svr & APIC_SVR_ENABLED) != 0;
}

enum apic_arrival apic_post(struct apic *apic, u32 vector, bool level)
{
	if (!apic_enabled(apic) || vector < VECTOR_MIN || vector > 255) {
		return APIC_LOST;
	}
	if (level) {
		(void)bits_set(apic->tmr, vector);
	} else {
		bits_clear(apic->tmr, vector);
	}
	return bits_set(apic->irr, vector) ? APIC_POSTED : APIC_MERGED;
}

u32 apic_deliverable(const struct apic *apic)
{
	u32 vector = bits_highest(apic->irr);
	if (vector == APIC_NO_VECTOR || !apic_enabled(apic)) {
		return APIC_NO_VECTOR;
	}
	return vector >> 4 > processor_priority(apic) >> 4 ? vector : APIC_NO_VECTOR;
}

void apic_present(struct apic *apic, u32 vector)
{
	bits_clear(apic->irr, vector);
}

void apic_accept(struct apic *apic, u32 vector)
{
	(void)bits_set(apic->isr, vector);
}

enum apic_arrival apic_withdraw(struct apic *apic, u32 vector)
{
	return bits_set(apic->irr, vector) ? APIC_POSTED : APIC_MERGED;
}

u32 apic_logical_id(const struct apic *apic)
{
	return apic_is_x2apic(apic) ? (apic->id >> 4) << 16 | 1U << (apic->id & 0xF) : apic->ldr;
}

static bool logical_matches(const struct apic *apic, u32 destination)
{
	u32 own = apic_logical_id(apic);
	if (apic_is_x2apic(apic)) {
		return own >> 16 == destination >> 16 && (own & destination & 0xFFFF) != 0;
	}
	own >>= 24;
	if (apic->dfr >> 28 == 0xF) {
		return (own & destination & 0xFF) != 0;
	}
	return own >> 4 == (destination >> 4 & 0xF) && (own & destination & 0xF) != 0;
}

bool apic_matches(const struct apic *apic, u64 icr, bool sender_x2apic)
{
	u32 destination = (u32)(icr >> 32);
	if (destination == (sender_x2apic ? UINT32_MAX : 0xFFU)) {
		return true;
	}
	return (icr & APIC_ICR_LOGICAL) != 0 ? logical_matches(apic, destination) : destination == apic->id;
}

static bool is_deadline_mode(u32 lvt_timer)
{
	return (lvt_timer & APIC_LVT_TIMER_MODE_MASK) == APIC_LVT_TIMER_DEADLINE;
}

static u64 timer_shift(const struct apic *apic)
{
	return divide_shift[(apic->timer_divide & 3U) | (apic->timer_divide >> 1 & 4U)];
}

/* TSC ticks that the timer takes for its initial count. */
static u64 timer_period(const struct apic *apic, u64 khz)
{
	return ((u64)apic->timer_initial << timer_shift(apic)) * khz / APIC_BUS_KHZ;
}

static u32 timer_current(const struct apic *apic, u64 now, u64 khz)
{
	if (apic->deadline <= now || apic->timer_initial == 0 || is_deadline_mode(apic->lvt_timer)) {
		return 0;
	}
	return (u32)(((apic->deadline - now) * APIC_BUS_KHZ / khz) >> timer_shift(apic));
}

void apic_timer_restart(struct apic *apic, u32 number, u64 now, u64 khz)
{
	if (is_deadline_mode(apic->lvt_timer)) {
		return;
	}
	if (number == APIC_TIMER_INITIAL || number == APIC_TIMER_DIVIDE) {
		apic->timer_started = now;
		u64 period = timer_period(apic, khz);
		apic->deadline = apic->timer_initial == 0 ? 0 : now + (period == 0 ? 1 : period);
	}
}

u32 apic_timer_poll(struct apic *apic, u64 now, u64 khz)
{
	if (apic->deadline == 0 || now < apic->deadline) {
		return APIC_NO_VECTOR;
	}
	bool periodic = (apic->lvt_timer & APIC_LVT_TIMER_MODE_MASK) == APIC_LVT_TIMER_PERIODIC;
	if (periodic) {
		u64 period = timer_period(apic, khz);
		period = period == 0 ? 1 : period;
		apic->deadline += ((now - apic->deadline) / period + 1) * period;
	} else {
		apic->deadline = 0;
	}
	return (apic->lvt_timer & APIC_LVT_MASKED) == 0 ? apic->lvt_timer & 0xFF : APIC_NO_VECTOR;
}

void apic_deadline_write(struct apic *apic, u64 value)
{
	if (is_deadline_mode(apic->lvt_timer)) {
		apic->deadline = value;
	}
}

u64 apic_deadline_read(const struct apic *apic)
{
	return is_deadline_mode(apic->lvt_timer) ? apic->deadline : 0;
}

bool apic_base_write(struct apic *apic, u64 value)
{
	const u64 flags = APIC_BASE_ENABLED | APIC_BASE_X2APIC;
	u64 old = apic->base_msr & flags, new = value &flags;
	if ((value & ~flags & ~APIC_BASE_BSP) != APIC_BASE_ADDRESS || new == APIC_BASE_X2APIC) {
		return false;
	}
	/* From x2APIC mode the only way is off; from off only xAPIC mode (SDM 11.12.5). */
	if ((old == flags && new == APIC_BASE_ENABLED) || (old == 0 && new == flags)) {
		return false;
	}
	apic->base_msr = APIC_BASE_ADDRESS | (apic->base_msr & APIC_BASE_BSP) | new;
	if (new == 0) {
		apic->svr &= ~APIC_SVR_ENABLED;
	}
	return true;
}

static const u32 *lvt_find(const struct apic *apic, u32 number)
{
	switch (number) {
	case APIC_LVT_TIMER:
		return &apic->lvt_timer;
	case APIC_LVT_THERMAL:
		return &apic->lvt_thermal;
	case APIC_LVT_PERFORMANCE:
		return &apic->lvt_performance;
	case APIC_LVT_LINT0:
		return &apic->lvt_lint0;
	case APIC_LVT_LINT1:
		return &apic->lvt_lint1;
	case APIC_LVT_ERROR:
		return &apic->lvt_error;
	default:
		return NULL;
	}
}

static bool read_plain(const struct apic *apic, u32 number, u64 *value)
{
	bool x2apic = apic_is_x2apic(apic);
	switch (number) {
	case APIC_ID:
		*value = x2apic ? apic->id : apic->id << 24;
		return true;
	case APIC_VERSION:
		*value = VERSION_VALUE;
		return true;
	case APIC_TPR:
		*value = apic->tpr;
		return true;
	case APIC_PPR:
		*value = processor_priority(apic);
		return true;
	case APIC_LDR:
		*value = apic_logical_id(apic);
		return true;
	case APIC_DFR:
		*value = apic->dfr;
		return !x2apic;
	case APIC_SVR:
		*value = apic->svr;
		return true;
	case APIC_ESR:
		*value = apic->esr;
		return true;
	case APIC_ICR:
		*value = x2apic ? (u64)apic->icr_high << 32 | apic->icr_low : apic->icr_low;
		return true;
	case APIC_ICR_HIGH:
		*value = apic->icr_high;
		return !x2apic;
	default:
		return false;
	}
}

bool apic_read(const struct apic *apic, u32 number, u64 now, u64 khz, u64 *value)
{
	const u32 *lvt = lvt_find(apic, number);
	if (lvt != NULL) {
		*value = *lvt;
		return true;
	}
	if (number >= APIC_ISR && number < APIC_IRR + 8) {
		const u32 *sets[3] = {apic->isr, apic->tmr, apic->irr};
		*value = sets[(number - APIC_ISR) / 8][number % 8];
		return true;
	}
	switch (number) {
	case APIC_TIMER_INITIAL:
		*value = apic->timer_initial;
		return true;
	case APIC_TIMER_CURRENT:
		*value = timer_current(apic, now, khz);
		return true;
	case APIC_TIMER_DIVIDE:
		*value = apic->timer_divide;
		return true;
	default:
		return read_plain(apic, number, value);
	}
}

static void write_lvt(struct apic *apic, u32 number, u32 value, struct apic_effect *effect)
{
	u32 bits = number == APIC_LVT_TIMER                               ? LVT_TIMER_BITS
		   : number == APIC_LVT_LINT0 || number == APIC_LVT_LINT1 ? LVT_LINT_BITS
									  : LVT_OTHER_BITS;
	value &= bits;
	if ((apic->svr & APIC_SVR_ENABLED) == 0) {
		value |= APIC_LVT_MASKED; /* SDM 11.4.7.2 */
	}
	if (number == APIC_LVT_TIMER && is_deadline_mode(value) != is_deadline_mode(apic->lvt_timer)) {
		apic->timer_initial = 0; /* SDM 11.5.4.1: the change disarms the timer */
		apic->deadline = 0;
	}
	*(u32 *)(uintptr_t)lvt_find(apic, number) = value;
	effect->routing = number == APIC_LVT_LINT0;
}

static void write_svr(struct apic *apic, u32 value, struct apic_effect *effect)
{
	apic->svr = value & SVR_BITS;
	if ((value & APIC_SVR_ENABLED) == 0) {
		apic->lvt_timer |= APIC_LVT_MASKED;
		apic->lvt_thermal |= APIC_LVT_MASKED;
		apic->lvt_performance |= APIC_LVT_MASKED;
		apic->lvt_lint0 |= APIC_LVT_MASKED;
		apic->lvt_lint1 |= APIC_LVT_MASKED;
		apic->lvt_error |= APIC_LVT_MASKED;
	}
	effect->routing = true;
}

static void write_eoi(struct apic *apic, struct apic_effect *effect)
{
	u32 vector = bits_highest(apic->isr);
	if (vector != APIC_NO_VECTOR) {
		bits_clear(apic->isr, vector);
		effect->ended_level = bits_test(apic->tmr, vector);
		effect->vector = vector;
	}
}

static void write_icr(struct apic *apic, u64 value, struct apic_effect *effect)
{
	apic->icr_low = (u32)value & ICR_LOW_BITS;
	if (apic_is_x2apic(apic)) {
		apic->icr_high = (u32)(value >> 32);
		effect->icr = (u64)apic->icr_high << 32 | apic->icr_low;
	} else {
		effect->icr = (u64)(apic->icr_high >> 24) << 32 | apic->icr_low;
	}
	effect->send = true;
}

static bool write_plain(struct apic *apic, u32 number, u64 value, struct apic_effect *effect)
{
	bool x2apic = apic_is_x2apic(apic);
	switch (number) {
	case APIC_TPR:
		if (value <= 0xFF) {
			apic->tpr = (u32)value;
		}
		return value <= 0xFF;
	case APIC_EOI:
		write_eoi(apic, effect);
		return true;
	case APIC_LDR:
	case APIC_DFR:
		if (x2apic) {
			return false;
		}
		effect->routing = true;
		if (number == APIC_LDR) {
			apic->ldr = (u32)value & 0xFF000000U;
		} else {
			apic->dfr = (u32)value | 0x0FFFFFFFU;
		}
		return true;
	case APIC_ESR:
		apic->esr = 0; /* no errors are ever found */
		return true;
	case APIC_ICR:
		write_icr(apic, value, effect);
		return true;
	case APIC_ICR_HIGH:
		if (!x2apic) {
			apic->icr_high = (u32)value;
		}
		return !x2apic;
	case APIC_SELF_IPI:
		effect->send = x2apic;
		effect->icr = (value & 0xFF) | (u64)APIC_SHORTHAND_SELF << 18 | APIC_ICR_ASSERT;
		return x2apic;
	default:
		return false;
	}
}

bool apic_write(struct apic *apic, u32 number, u64 value, struct apic_effect *effect)
{
	*effect = (struct apic_effect){0};
	if (apic_is_x2apic(apic) && number != APIC_ICR && value > UINT32_MAX) {
		return false;
	}
	if (apic_is_x2apic(apic) && number == APIC_EOI && value != 0) {
		return false;
	}
	if (lvt_find(apic, number) != NULL) {
		write_lvt(apic, number, (u32)value, effect);
		return true;
	}
	switch (number) {
	case APIC_SVR:
		write_svr(apic, (u32)value, effect);
		return true;
	case APIC_TIMER_INITIAL:
		if (!is_deadline_mode(apic->lvt_timer)) {
			apic->timer_initial = (u32)value;
		}
		return true;
	case APIC_TIMER_DIVIDE:
		apic->timer_divide = (u32)value & 0xB;
		return true;
	default:
		return write_plain(apic, number, value, effect);
	}
}
