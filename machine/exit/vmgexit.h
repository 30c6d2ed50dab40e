/* SPDX-License-Identifier: MIT */
/* VMGEXIT: to this processor it is a VMMCALL with a prefix. */
#pragma once

#include "cpu/cpu.h"

/* A VMMCALL: carries out a VMGEXIT, and raises #VC for any other. */
void exit_vmmcall(struct cpu *cpu);

/*
 * After a write to the GHCB MSR: when a VMGEXIT comes next, as it nearly always does, it is carried out at once. The guest cannot
 * tell, and an entry and an exit are saved.
 */
void exit_follow_vmgexit(struct cpu *cpu);
