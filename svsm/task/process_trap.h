/* SPDX-License-Identifier: MIT */
/* What ring 3 stopped for. */
#pragma once

#include "task/process.h"

/* Deals with process->user.frame. True when the program goes on; else *stop says why not. */
bool process_trap(struct process *process, enum process_stop *stop);
