/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

/* Starts all other CPUs that QEMU has; each then waits for a context to run. ERR_RANGE: there are more than VCPU_MAX; ERR_HARDWARE: one does not come up. */
err_t cpu_start_others(void);
