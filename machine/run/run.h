/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/cpu.h"

/* Runs contexts of this CPU's vCPU until vcpu->stop. */
void cpu_run(struct cpu *cpu);
