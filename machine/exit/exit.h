/* SPDX-License-Identifier: MIT */
/* What follows an exit on the processor's side. Each handler works on the current context's VMSA, into which all registers went. */
#pragma once

#include "cpu/cpu.h"

/* Hands the exit that the control block describes to its handler. */
void exit_handle(struct cpu *cpu);
