/* SPDX-License-Identifier: MIT */
/* Tests of ring 3, one group per matter. */
#pragma once

#include "mm/frames.h"
#include "mm/own_map.h"
#include "unit.h"

int test_space(void);
int test_loader(void);
int test_syscalls(void);
int test_cpuid(void);
int test_service(void);
