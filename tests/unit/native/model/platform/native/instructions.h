/* SPDX-License-Identifier: MIT */
/* Stands in for svsm/platform/native/instructions.h: a processor and a serial port of the test's. */
#pragma once

#include "cpu/cpuid.h"

struct cpuid_result cpuid_execute(u32 leaf, u32 subleaf);
u8 port_read_u8(u16 port);
void port_write_u8(u16 port, u8 value);
