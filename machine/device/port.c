/* SPDX-License-Identifier: MIT */
#include "device/port.h"

#include "device/cmos.h"
#include "device/fw_cfg_guest.h"
#include "device/pic.h"
#include "device/port_rules.h"
#include "device/power.h"
#include "mm/memory.h"
#include "trace/trace.h"
#include "x86/instructions.h"
#include "x86/lock.h"

static struct lock cmos_lock;
static u8 cmos_index;
static struct port_state state;
static struct lock state_lock;
static struct pic pics[2];
static struct lock pic_lock;

/* Besides the hidden ports: an access that only grazes fw_cfg, part of which QEMU might hand on. */
static bool is_hidden(const struct vcpu *vcpu, u16 port, u32 size)
{
	return port_is_hidden(vcpu->vmpl, port, size) ||
	       port_straddles(port, size, FW_CFG_FIRST_PORT, FW_CFG_LAST_PORT);
}

static bool write_permitted(const struct vcpu *vcpu, u16 port, u32 size, u32 *value)
{
	lock_take(&state_lock);
	bool permitted = port_write_permitted(&state, power_watched_base(), port, size, value);
	lock_release(&state_lock);
	if (!permitted) {
		trace(TRACE_REFUSED, vcpu, "port-refused", "port=0x%x size=%u value=0x%x", port, size, *value);
	}
	return permitted;
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

static void port_out(u16 port, u32 size, u32 value)
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

/* PCI configuration moves devices. */
static void device_out(u16 port, u32 size, u32 value)
{
	memory_device_lock();
	port_out(port, size, value);
	memory_device_unlock();
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

/* Exits are handled with interrupts off, so nothing comes from the controller between the words. */
static enum pic_write pic_write(u16 base, struct pic *pic, u16 port, u8 value)
{
	enum pic_write what = pic_take(pic, port == base, value);
	if (what == PIC_PASS) {
		device_out(port, 1, value);
	}
	for (u32 i = 0; what == PIC_SEND && i < pic->count; i++) {
		device_out(i == 0 ? base : (u16)(base + 1U), 1, pic->words[i]);
	}
	return what;
}

static void pic_port_write(struct vcpu *vcpu, u16 port, u32 size, u32 value)
{
	enum pic_write what = PIC_REFUSED;
	if (size == 1) {
		bool second = port >= PIC_SECOND_BASE;
		lock_take(&pic_lock);
		what = pic_write(second ? PIC_SECOND_BASE : PIC_FIRST_BASE, &pics[second ? 1 : 0], port, (u8)value);
		lock_release(&pic_lock);
	}
	if (what == PIC_REFUSED) {
		trace(TRACE_REFUSED, vcpu, "port-refused", "port=0x%x size=%u value=0x%x", port, size, value);
	}
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
	if (is_hidden(vcpu, port, size) || !write_permitted(vcpu, port, size, &value)) {
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
	} else if (pic_is_port(port, size)) {
		pic_port_write(vcpu, port, size, value);
	} else {
		device_out(port, size, value);
	}
}
