/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/cpu.h"

/* Any exit of a guest of the native platform. Ends the machine when it asks for more than such a guest has. */
void exit_plain(struct cpu *cpu);
