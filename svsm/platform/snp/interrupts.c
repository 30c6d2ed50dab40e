/* SPDX-License-Identifier: MIT */
#include "platform/snp/interrupts.h"

#include "base/compiler.h"
#include "cpu/per_cpu.h"
#include "platform/platform.h"
#include "platform/snp/doorbell.h"
#include "platform/snp/own_apic.h"

#define NANOSECONDS 1000U

static const struct {
	u8 vector;
	u32 event;
} vectors[] = {
	{OWN_APIC_TIMER_VECTOR, PLATFORM_EVENT_TIMER},
	{OWN_APIC_KICK_VECTOR, PLATFORM_EVENT_KICK},
};

static bool offered;

void interrupts_begin(void)
{
	offered = cpu_current()->doorbell != NULL && own_apic_init() == ERR_OK;
}

err_t interrupts_join(void)
{
	return offered ? own_apic_init() : ERR_OK;
}

bool platform_interrupts(void)
{
	return offered;
}

/* A vector from the doorbell page becomes an event. False: not one of the SVSM's. */
static bool take(struct cpu *cpu, u8 vector)
{
	for (u32 i = 0; offered && i < ARRAY_SIZE(vectors); i++) {
		if (vector == vectors[i].vector) {
			cpu->events |= vectors[i].event;
			return true;
		}
	}
	return false;
}

/* What worked when the CPU started cannot fail later. */
static void expect(enum err error)
{
	if (error != ERR_OK) {
		platform_terminate(TERMINATE_GHCB_RESPONSE);
	}
}

u32 platform_events_take(void)
{
	struct cpu *cpu = cpu_current();
	bool signalled = (*doorbell_flags() & HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL) != 0;
	u8 vector = signalled ? doorbell_drain() : 0;
	if (vector != 0 && !take(cpu, vector)) {
		cpu->vectors_dropped++;
	} else if (vector != 0 && doorbell_wants_end()) {
		expect(own_apic_end());
	}
	u32 events = cpu->events;
	cpu->events = 0;
	return events;
}

const volatile u8 *platform_events_signal(void)
{
	return doorbell_flags();
}

void platform_timer_arm(u32 microseconds)
{
	if (offered) {
		expect(own_apic_timer(microseconds < UINT32_MAX / NANOSECONDS ? microseconds * NANOSECONDS
									      : UINT32_MAX));
	}
}

/* An interrupt that was on its way stays there: it comes as an event that nobody waits for. */
void platform_timer_stop(void)
{
	if (offered) {
		expect(own_apic_timer(0));
		cpu_current()->events &= ~PLATFORM_EVENT_TIMER;
	}
}

void platform_cpu_kick(u32 apic_id)
{
	if (offered) {
		expect(own_apic_kick(apic_id));
	}
}
