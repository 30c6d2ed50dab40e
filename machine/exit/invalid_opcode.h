/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/cpu.h"

/* An invalid opcode, among them the instructions that this processor lacks. */
void exit_invalid_opcode(struct cpu *cpu);
