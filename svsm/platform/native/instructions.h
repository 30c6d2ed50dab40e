/* SPDX-License-Identifier: MIT */
/* Instructions that only an ordinary virtual machine lets the kernel execute itself. AMD64 APM volume 3. */
#pragma once

#include <copra/types.h>

#include "cpu/cpuid.h"

static inline struct cpuid_result cpuid_execute(u32 leaf, u32 subleaf)
{
	struct cpuid_result result;
	__asm__ volatile("cpuid"
			 : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx)
			 : "a"(leaf), "c"(subleaf));
	return result;
}

static inline u8 port_read_u8(u16 port)
{
	u8 value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void port_write_u8(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void port_write_u32(u16 port, u32 value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}
