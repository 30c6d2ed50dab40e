/* SPDX-License-Identifier: MIT */
/* What CPUID says in ring 3: the table, without features whose state is not saved or that ring 3 is not given. */
#pragma once

#include "cpu/cpuid.h"

/* xcr0: as in cpu/vectors.h, 0 without XSAVE. */
struct cpuid_result user_cpuid(u32 leaf, u32 subleaf, u64 xcr0);
