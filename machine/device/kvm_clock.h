/* SPDX-License-Identifier: MIT */
/* The two MSRs of KVM's paravirtual clock (KVM documentation, msr). */
#pragma once

#include <copra/types.h>

/* What is written is the address of a page: false when it is not shared memory. */
bool kvm_clock_write_wall(u64 address);
bool kvm_clock_write_system(u64 value);
