/* SPDX-License-Identifier: MIT */
#include "device/mmio.h"

#include "base/range.h"
#include "device/ioapic_rules.h"
#include "device/mmio_rules.h"
#include "interrupts/registers.h"
#include "mm/memory.h"
#include "trace/trace.h"
#include "x86/lock.h"

#define TPM_START 0xFED40000ULL
#define TPM_SIZE 0x5000ULL

static u64 register_read(volatile void *at, u32 size)
{
	switch (size) {
	case 1:
		return *(volatile u8 *)at;
	case 2:
		return *(volatile u16 *)at;
	case 4:
		return *(volatile u32 *)at;
	default:
		return *(volatile u64 *)at;
	}
}

static u64 device_read(volatile void *at, u32 size)
{
	memory_device_lock();
	u64 value = register_read(at, size);
	memory_device_unlock();
	return value;
}

static void register_write(volatile void *at, u32 size, u64 value)
{
	switch (size) {
	case 1:
		*(volatile u8 *)at = (u8)value;
		break;
	case 2:
		*(volatile u16 *)at = (u16)value;
		break;
	case 4:
		*(volatile u32 *)at = (u32)value;
		break;
	default:
		*(volatile u64 *)at = value;
		break;
	}
}

static void device_write(volatile void *at, u32 size, u64 value)
{
	memory_device_lock();
	register_write(at, size, value);
	memory_device_unlock();
}

/* The largest access that the address, the bytes left and a page's end allow. */
static u32 step_size(u64 address, u32 left)
{
	u32 size = 8;
	while (size > left ||
	       (size > 1 && (address & (size - 1)) != 0 && (address & (PAGE_SIZE - 1)) + size > PAGE_SIZE)) {
		size /= 2;
	}
	return size;
}

/* Where there is no TPM the bus floats high, which is how firmware finds out; QEMU's empty space reads as zeros. */
static bool tpm_is_absent(gpa_t address)
{
	if (!range_within(address.raw, 1, TPM_START, TPM_SIZE)) {
		return false;
	}
	volatile void *access = memory_device(gpa(TPM_START), 1);
	return access == NULL || device_read(access, 1) == 0 || device_read(access, 1) == 0xFF;
}

/* False, and traced: nobody may access it. */
static bool access_permitted(const struct vcpu *vcpu, gpa_t address, u32 size)
{
	bool permitted = !mmio_touches_messages(address, size);
	for (u32 done = 0; permitted && done < size;) {
		u32 step = step_size(address.raw + done, size - done);
		permitted = memory_device(gpa(address.raw + done), step) != NULL;
		done += step;
	}
	if (!permitted) {
		trace(TRACE_REFUSED, vcpu, "mmio-refused", "gpa=0x%llx size=%u", (unsigned long long)address.raw, size);
	}
	return permitted;
}

enum err mmio_read(struct vcpu *vcpu, gpa_t address, u32 size, u64 *value)
{
	*value = 0;
	if (mmio_is_apic(address)) {
		*value = interrupts_mmio_read(vcpu, (u32)(address.raw & (PAGE_SIZE - 1)));
		return ERR_OK;
	}
	if (!access_permitted(vcpu, address, size)) {
		return ERR_RANGE;
	}
	bool absent = tpm_is_absent(address);
	for (u32 done = 0; done < size;) {
		u32 step = step_size(address.raw + done, size - done);
		volatile void *at = memory_device(gpa(address.raw + done), step);
		*value |= (absent ? UINT64_MAX >> (64 - step * 8) : device_read(at, step)) << done * 8;
		done += step;
	}
	trace(TRACE_IO, vcpu, "mmio-read", "gpa=0x%llx size=%u value=0x%llx", (unsigned long long)address.raw, size,
	      (unsigned long long)*value);
	return ERR_OK;
}

/* Selecting and writing are one step towards the device, or two CPUs could get a forbidden entry past the check. */
static void ioapic_write(const struct vcpu *vcpu, gpa_t address, u32 size, u32 value)
{
	static struct lock lock;
	static u8 selected;
	u32 offset = (u32)(address.raw - IOAPIC_ADDRESS);
	u8 *page = (u8 *)(uintptr_t)memory_device(gpa(IOAPIC_ADDRESS), sizeof(u32));
	bool permitted = size == sizeof(u32) && page != NULL;
	lock_take(&lock);
	if (permitted && offset == IOAPIC_SELECT) {
		selected = (u8)value;
		device_write(page + IOAPIC_SELECT, sizeof(u32), selected);
	} else if (permitted && offset == IOAPIC_DATA) {
		permitted = ioapic_entry_permitted(selected, &value);
		device_write(page + IOAPIC_SELECT, sizeof(u32), selected);
		device_write(page + IOAPIC_DATA, sizeof(u32), value);
	} else if (permitted && offset == IOAPIC_END) {
		device_write(page + IOAPIC_END, sizeof(u32), value);
	} else {
		permitted = false;
	}
	lock_release(&lock);
	if (!permitted) {
		trace(TRACE_REFUSED, vcpu, "ioapic-refused", "gpa=0x%llx size=%u value=0x%x",
		      (unsigned long long)address.raw, size, value);
	}
}

enum err mmio_write(struct vcpu *vcpu, gpa_t address, u32 size, u64 value)
{
	if (mmio_is_apic(address)) {
		interrupts_mmio_write(vcpu, (u32)(address.raw & (PAGE_SIZE - 1)), (u32)value);
		return ERR_OK;
	}
	if (!access_permitted(vcpu, address, size)) {
		return ERR_RANGE;
	}
	trace(TRACE_IO, vcpu, "mmio-write", "gpa=0x%llx size=%u value=0x%llx", (unsigned long long)address.raw, size,
	      (unsigned long long)value);
	if (mmio_touches_ioapic(address, size)) {
		ioapic_write(vcpu, address, size, (u32)value);
		return ERR_OK;
	}
	for (u32 done = 0; done < size;) {
		u32 step = step_size(address.raw + done, size - done);
		volatile void *at = memory_device(gpa(address.raw + done), step);
		device_write(at, step, value >> done * 8);
		done += step;
	}
	return ERR_OK;
}
