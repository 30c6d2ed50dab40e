/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/cpu.h"

/* RDMSR and WRMSR. */
void exit_msr(struct cpu *cpu);
