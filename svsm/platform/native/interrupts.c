/* SPDX-License-Identifier: MIT */
/* The kernel runs with interrupts off, and here nothing else could tell it of one: there are none. */
#include "platform/platform.h"
#include "platform/start.h"

bool platform_interrupts(void)
{
	return false;
}

const char *platform_interrupts_text(void)
{
	return "none on the native platform";
}

u32 platform_events_take(void)
{
	return 0;
}

const volatile u8 *platform_events_signal(void)
{
	static u8 nothing;
	return &nothing;
}

void platform_timer_arm(u32 microseconds)
{
	/* It never runs out: platform_interrupts says so. */
}

void platform_timer_stop(void)
{
	/* None runs. */
}

void platform_cpu_kick(u32 apic_id)
{
	/* No other CPU runs the kernel. */
}
