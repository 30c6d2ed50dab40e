/* SPDX-License-Identifier: MIT */
#include "device/power.h"

#include "device/port_rules.h"
#include "end/end.h"
#include "trace/trace.h"
#include "x86/instructions.h"

#define PCI_ADDRESS_PORT 0xCF8U
#define PCI_DATA_PORT 0xCFCU
#define PCI_ICH9_LPC 0x8000F800U /* bus 0, device 31, function 0 */
#define ICH9_PMBASE 0x40U
#define ICH9_PMBASE_MASK 0xFF80U
#define PM_BASE_DEFAULT 0x600U

#define PM1_CONTROL 0x04U
#define PM_TIMER 0x08U
#define SLEEP_ENABLE (1U << 13)
#define SLEEP_TYPE(value) ((value) >> 10 & 7U)
#define SLEEP_TYPE_OFF 0U /* \_S5 of QEMU's q35 */

static u16 pm_base_read(void)
{
	u32 address = port_in32(PCI_ADDRESS_PORT);
	port_out32(PCI_ADDRESS_PORT, PCI_ICH9_LPC | ICH9_PMBASE);
	u16 base = (u16)(port_in32(PCI_DATA_PORT) & ICH9_PMBASE_MASK);
	port_out32(PCI_ADDRESS_PORT, address);
	return base != 0 ? base : PM_BASE_DEFAULT;
}

/* One byte of the write, shifted to its place in the register at base; 0 when the write does not touch it. */
static u32 written_bits(u16 port, u32 size, u32 value, u32 base)
{
	if (port < base) {
		u32 skipped = base - port;
		return skipped < size ? value >> 8 * skipped : 0;
	}
	return port - base < 2 ? value << 8 * (port - base) : 0;
}

static enum power_write sleep_watch(struct vcpu *vcpu, u32 control)
{
	if ((control & SLEEP_ENABLE) == 0) {
		return POWER_NOTHING;
	}
	if (SLEEP_TYPE(control) != SLEEP_TYPE_OFF) {
		trace(TRACE_REFUSED, vcpu, "sleep-refused", "type=%u", SLEEP_TYPE(control));
		return POWER_REFUSED;
	}
	end_announce(END_POWEROFF, vcpu, NULL);
	return POWER_END;
}

u16 power_watched_base(void)
{
	static u16 pm_base;
	if (pm_base == 0) {
		pm_base = pm_base_read();
	}
	return pm_base;
}

u16 power_pm_timer(void)
{
	return (u16)(power_watched_base() + PM_TIMER);
}

enum power_write power_watch_write(struct vcpu *vcpu, u16 port, u32 size, u32 value)
{
	if (port_write_resets(port, value)) {
		end_announce(END_RESET, vcpu, NULL);
		return POWER_END;
	}
	u32 control = power_watched_base() + PM1_CONTROL;
	if (port + size <= control || port >= control + 2) {
		return POWER_NOTHING;
	}
	return sleep_watch(vcpu, written_bits(port, size, value, control));
}
