/* SPDX-License-Identifier: MIT */
#include "device/port.h"

#include "cpu/instructions.h"
#include "cpu/lock.h"
#include "device/cmos.h"
#include "device/fw_cfg_guest.h"
#include "device/power.h"
#include "trace/trace.h"

#define TRACE_PORT 0xE9U
#define DEBUG_EXIT_PORT 0xF4U
/* The second serial port is VMPL0's: the SVSM's last words must not be mixed with what a guest prints. */
#define SVSM_SERIAL_FIRST 0x2F8U
#define SVSM_SERIAL_LAST 0x2FFU

static struct lock cmos_lock;
static u8 cmos_index;

static bool touches(u16 port, u32 size, u32 hidden)
{
	return port <= hidden && hidden < port + size;
}

static bool is_hidden(const struct vcpu *vcpu, u16 port, u32 size)
{
	bool serial = port + size > SVSM_SERIAL_FIRST && port <= SVSM_SERIAL_LAST;
	return touches(port, size, TRACE_PORT) || touches(port, size, DEBUG_EXIT_PORT) || (serial && vcpu->vmpl != 0);
}

static bool is_fw_cfg(u16 port)
{
	return port >= FW_CFG_FIRST_PORT && port <= FW_CFG_LAST_PORT;
}

static u32 device_in(u16 port, u32 size)
{
	switch (size) {
	case 1:
		return port_in8(port);
	case 2:
		return port_in16(port);
	default:
		return port_in32(port);
	}
}

static void device_out(u16 port, u32 size, u32 value)
{
	switch (size) {
	case 1:
		port_out8(port, (u8)value);
		break;
	case 2:
		port_out16(port, (u16)value);
		break;
	default:
		port_out32(port, value);
		break;
	}
}

u32 port_read(struct vcpu *vcpu, u16 port, u32 size)
{
	u32 value;
	if (is_hidden(vcpu, port, size)) {
		value = UINT32_MAX >> (32 - size * 8);
	} else if (is_fw_cfg(port)) {
		value = fw_cfg_guest_read(port, size);
	} else if (port == CMOS_PORT_DATA && size == 1) {
		lock_take(&cmos_lock);
		value = cmos_guest_read(cmos_index);
		lock_release(&cmos_lock);
	} else {
		value = device_in(port, size);
	}
	trace(TRACE_IO, vcpu, "in", "port=0x%x size=%u value=0x%x", port, size, value);
	return value;
}

/* The index is kept here, because the machine reads the clock, too. */
static void cmos_write(u16 port, u8 value)
{
	lock_take(&cmos_lock);
	if (port == CMOS_PORT_INDEX) {
		cmos_index = value;
	}
	port_out8(CMOS_PORT_INDEX, cmos_index);
	if (port == CMOS_PORT_DATA) {
		port_out8(CMOS_PORT_DATA, value);
	}
	lock_release(&cmos_lock);
}

/* QEMU ends when its main loop comes round; until then nothing must happen that contradicts the end record. */
static noreturn_fn void halt_for_ever(void)
{
	for (;;) {
		cpu_halt();
	}
}

void port_write(struct vcpu *vcpu, u16 port, u32 size, u32 value)
{
	trace(TRACE_IO, vcpu, "out", "port=0x%x size=%u value=0x%x", port, size, value);
	if (is_hidden(vcpu, port, size)) {
		return;
	}
	enum power_write power = power_watch_write(vcpu, port, size, value);
	if (power == POWER_REFUSED) {
		return;
	}
	if (power == POWER_END) {
		device_out(port, size, value);
		halt_for_ever();
	}
	if (is_fw_cfg(port)) {
		fw_cfg_guest_write(vcpu, port, size, value);
	} else if ((port == CMOS_PORT_INDEX || port == CMOS_PORT_DATA) && size == 1) {
		cmos_write(port, (u8)value);
	} else {
		device_out(port, size, value);
	}
}
